"""Bopomofo to the phones of the model: ordered substitutions, as it was trained."""

from __future__ import annotations

import re
from functools import lru_cache


def _pairs(letters: str, sounds: str, prefix: str = "") -> list[tuple[str, str]]:
    return [(letter, prefix + sound) for letter, sound in zip(letters.split(), sounds.split(), strict=True)]


TO_IPA: tuple[tuple[str, str], ...] = (
    # whole syllables, then finals of two letters; a bar begins a new phone
    *_pairs("ㄅㄛ ㄆㄛ ㄇㄛ ㄈㄛ", "p⁼wo pʰwo mwo fwo"),
    *_pairs("ㄧㄢ ㄩㄢ ㄧㄣ ㄩㄣ ㄧㄥ ㄨㄥ ㄩㄥ", "jɛn ɥæn in ɥn iŋ ʊŋ jʊŋ", "|"),
    *_pairs("ㄧㄚ ㄧㄝ ㄧㄠ ㄧㄡ ㄧㄤ", "ia iɛ iɑʊ ioʊ iɑŋ", "|"),
    *_pairs("ㄨㄚ ㄨㄛ ㄨㄞ ㄨㄟ ㄨㄢ ㄨㄣ ㄨㄤ ㄩㄝ", "ua uo uaɪ ueɪ uan uən uɑŋ ɥɛ", "|"),
    # initials
    *_pairs("ㄅ ㄆ ㄇ ㄈ ㄉ ㄊ ㄋ ㄌ ㄍ ㄎ ㄏ ㄐ ㄑ ㄒ", "p⁼ pʰ m f t⁼ tʰ n l k⁼ kʰ x tʃ⁼ tʃʰ ʃ"),
    *_pairs("ㄓ ㄔ ㄕ ㄖ ㄗ ㄘ ㄙ", "ts`⁼ ts`ʰ s` ɹ` ts⁼ tsʰ |s"),
    # finals of one letter
    *_pairs("ㄚ ㄛ ㄜ ㄝ ㄞ ㄟ ㄠ ㄡ ㄢ ㄣ ㄤ ㄥ", "a o ə ɛ aɪ eɪ ɑʊ oʊ an ən ɑŋ əŋ", "|"),
    ("ㄦ", "əɹ"),
    *_pairs("ㄧ ㄨ ㄩ", "i u ɥ", "|"),
    # tones, which end a phone
    *_pairs("ˉ ˊ ˇ ˋ ˙", "→| ↑| ↓↑| ↓| |"),
)

_UNTONED = re.compile(r"[\u3105-\u312f]$")
_APICAL = re.compile(r"([sɹ]`[⁼ʰ]?|s[⁼ʰ]?)(?=[→↓↑])")  # shi, si, ri and their kin have a vowel of their own
_UNKNOWN = re.compile(r"[^\w|→↓↑⁼ʰ`]")


@lru_cache(maxsize=4_096)
def to_phones(syllable: str) -> tuple[str, ...]:
    """Turn one syllable, tone mark last, into phones. What is no bopomofo comes through as it is."""
    ipa = syllable + "ˉ" if _UNTONED.search(syllable) else syllable
    for letters, sound in TO_IPA:
        ipa = ipa.replace(letters, sound)
    ipa = _UNKNOWN.sub("", _APICAL.sub(r"\1ɹ", ipa))
    return tuple(phone for phone in ipa.split("|") if phone)
