"""Writing systems that are not sung, and how their words could be written in Latin letters so that they are."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NAMES = {
    "HIRAGANA": "Japanese kana",
    "KATAKANA": "Japanese kana",
    "KATAKANA-HIRAGANA": "Japanese kana",
    "HANGUL": "Korean",
    "CYRILLIC": "Cyrillic",
    "GREEK": "Greek",
    "ARABIC": "Arabic",
    "HEBREW": "Hebrew",
    "DEVANAGARI": "Devanagari",
    "THAI": "Thai",
    "BOPOMOFO": "Bopomofo",
    "ARMENIAN": "Armenian",
    "GEORGIAN": "Georgian",
    "CJK": "rare Han characters",
    "IDEOGRAPHIC": "rare Han characters",
}
RARE_HAN = "rare Han characters"

_KANA_ROWS = (
    ("あいうえお", "a i u e o"),
    ("かきくけこ", "ka ki ku ke ko"),
    ("がぎぐげご", "ga gi gu ge go"),
    ("さしすせそ", "sa shi su se so"),
    ("ざじずぜぞ", "za ji zu ze zo"),
    ("たちつてと", "ta chi tsu te to"),
    ("だぢづでど", "da ji zu de do"),
    ("なにぬねの", "na ni nu ne no"),
    ("はひふへほ", "ha hi fu he ho"),
    ("ばびぶべぼ", "ba bi bu be bo"),
    ("ぱぴぷぺぽ", "pa pi pu pe po"),
    ("まみむめも", "ma mi mu me mo"),
    ("やゆよ", "ya yu yo"),
    ("らりるれろ", "ra ri ru re ro"),
    ("わゐゑをんゔ", "wa i e o n vu"),
    ("ぁぃぅぇぉゃゅょゎ", "a i u e o ya yu yo wa"),
)
_KANA = {kana: latin for row, sounds in _KANA_ROWS for kana, latin in zip(row, sounds.split(), strict=True)}
_SMALL = frozenset("ゃゅょぁぃぅぇぉ")

_SILENT = "."  # holds the place of a letter without a sound
_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў",
        "a b v g d ye yo zh z i y k l m n o p r s t u f kh ts ch sh shch . y . e yu ya i yi ye g w".split(),
        strict=True,
    )
)
_SOFT_E = re.compile(r"(?<=[бвгджзклмнпрстфхцчшщ])е")
_GREEK = dict(
    zip("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t i f h ps o".split(), strict=True)
)

_LEADS = "g kk n d tt r m b pp s ss . j jj ch k t p h".split()
_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_TAILS = ". k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split()


@lru_cache(maxsize=4_096)
def script_of(char: str) -> str | None:
    """Name the writing system of a letter that is neither Latin nor a common Han character; None for all else."""
    if not char.isalpha() or char.isascii() or _is_han(char):
        return None
    name = unicodedata.name(char, "")
    words = name.removeprefix("HALFWIDTH ").removeprefix("FULLWIDTH ").split(" ")
    if "LATIN" in words or unicodedata.normalize("NFKC", char).isascii():
        return None
    return _NAMES.get(words[0], "foreign letters")


def is_wide(char: str) -> bool:
    """Is this a Latin letter in the width of a Han character, such as Ａ?"""
    plain = unicodedata.normalize("NFKC", char)
    return char.isalpha() and not char.isascii() and len(plain) == 1 and plain.isascii()


def is_accented(char: str) -> bool:
    return char.isalpha() and not char.isascii() and not is_wide(char) and script_of(char) is None and not _is_han(char)


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fa5"


def foreign_scripts(text: str) -> tuple[str, ...]:
    """List the writing systems in a text that are not sung, each once, in order."""
    return tuple(dict.fromkeys(script for char in text if (script := script_of(char))))


def romanised(text: str) -> str | None:
    """Write kana, Korean, Cyrillic and Greek in Latin letters as they sound; None where other letters are left."""
    plain = unicodedata.normalize("NFKC", text) if foreign_scripts(text) or any(map(is_wide, text)) else text
    written = "".join(_latin(run) for run in re.split(r"(\s+)", plain))
    return None if foreign_scripts(written) else written


def _latin(word: str) -> str:
    written = ""
    characters = _SOFT_E.sub("э", word.lower()) if foreign_scripts(word) else word
    doubled = False
    for char in map(_hiragana, characters):
        if char == "っ":
            doubled = True
            continue
        sound = _KANA.get(char) or _CYRILLIC.get(char) or _GREEK.get(_unaccented(char)) or _hangul(char)
        if char in _SMALL and written and written[-1] in "iue":
            written, sound = _contracted(written, sound or "")
        elif char == "ー" and written:
            sound = ""
        elif sound is None:
            sound = char
        written += (sound[:1] if doubled else "") + ("" if sound == _SILENT else sound)
        doubled = False
    return written.capitalize() if word[:1].isupper() and written != word else written


def _contracted(before: str, small: str) -> tuple[str, str]:
    """Join a small kana to the sound before it: ki + ya is kya, shi + ya is sha, fu + a is fa."""
    stem = before[:-1]
    if small.startswith("y") and stem.endswith(("sh", "ch", "j")):
        return stem, small[1:]
    return stem, small


def _hiragana(char: str) -> str:
    return chr(ord(char) - 0x60) if "\u30a1" <= char <= "\u30f4" else char


def _unaccented(char: str) -> str:
    return unicodedata.normalize("NFD", char)[0]


def _hangul(char: str) -> str | None:
    place = ord(char) - 0xAC00
    if not 0 <= place < 11_172:
        return None
    lead, vowel, tail = _LEADS[place // 588], _VOWELS[place % 588 // 28], _TAILS[place % 28]
    return (lead + vowel + tail).replace(_SILENT, "")
