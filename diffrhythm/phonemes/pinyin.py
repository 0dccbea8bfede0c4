"""Pinyin to bopomofo: every syllable the model knows, by initial and final. ü is written v."""

from __future__ import annotations

_INITIALS = dict(
    zip(
        "b p m f d t n l g k h j q x zh ch sh r z c s".split(),
        "ㄅㄆㄇㄈㄉㄊㄋㄌㄍㄎㄏㄐㄑㄒㄓㄔㄕㄖㄗㄘㄙ",
        strict=True,
    )
)

_FINALS = {
    "a": ("ㄚ", "b c ch d f g h k l m n p s sh t z zh"),
    "ai": ("ㄞ", "b c ch d g h k l m n p s sh t z zh"),
    "an": ("ㄢ", "b c ch d f g h k l m n p r s sh t z zh"),
    "ang": ("ㄤ", "b c ch d f g h k l m n p r s sh t z zh"),
    "ao": ("ㄠ", "b c ch d g h k l m n p r s sh t z zh"),
    "e": ("ㄜ", "c ch d g h k l m n r s sh t z zh"),
    "ei": ("ㄟ", "b d f g h k l m n p sh t z zh"),
    "en": ("ㄣ", "b c ch d f g h k m n p r s sh z zh"),
    "eng": ("ㄥ", "b c ch d f g h k l m n p r s sh t z zh"),
    "o": ("ㄛ", "b f l m p"),
    "ong": ("ㄨㄥ", "c ch d g h k l n r s t z zh"),
    "ou": ("ㄡ", "c ch d f g h k l m n p r s sh t z zh"),
    "i": ("ㄧ", "b d j l m n p q t x"),
    "ia": ("ㄧㄚ", "d j l q x"),
    "ian": ("ㄧㄢ", "b d j l m n p q t x"),
    "iang": ("ㄧㄤ", "b j l n q x"),
    "iao": ("ㄧㄠ", "b d j l m n p q t x"),
    "ie": ("ㄧㄝ", "b d j l m n p q t x"),
    "in": ("ㄧㄣ", "b d j l m n p q x"),
    "ing": ("ㄧㄥ", "b d j l m n p q t x"),
    "iong": ("ㄩㄥ", "j q x"),
    "iu": ("ㄧㄡ", "d j l m n q x"),
    "u": ("ㄨ", "b c ch d f g h k l m n p r s sh t z zh"),
    "ua": ("ㄨㄚ", "ch g h k r sh zh"),
    "uai": ("ㄨㄞ", "ch g h k sh zh"),
    "uan": ("ㄨㄢ", "c ch d g h k l n r s sh t z zh"),
    "uang": ("ㄨㄤ", "ch g h k sh zh"),
    "ui": ("ㄨㄟ", "c ch d g h k r s sh t z zh"),
    "un": ("ㄨㄣ", "c ch d g h k l n r s sh t z zh"),
    "uo": ("ㄨㄛ", "c ch d g h k l n r s sh t z zh"),
    "ue": ("ㄩㄝ", "j l n q x"),
    "v": ("ㄩ", "j l n"),
    "van": ("ㄩㄢ", "j q"),
    "ve": ("ㄩㄝ", "j l n"),
}

_U_MEANS_V = {"u": "ㄩ", "uan": "ㄩㄢ", "un": "ㄩㄣ"}  # behind j, q and x

_ALONE = dict(
    word.split(":")
    for word in (
        "a:ㄚ ai:ㄞ an:ㄢ ang:ㄤ ao:ㄠ e:ㄜ ei:ㄟ en:ㄣ eng:ㄥ er:ㄦ o:ㄛ ou:ㄡ "
        "wa:ㄨㄚ wai:ㄨㄞ wan:ㄨㄢ wang:ㄨㄤ wei:ㄨㄟ wen:ㄨㄣ weng:ㄨㄥ wo:ㄨㄛ wong:ㄨㄥ wu:ㄨ "
        "ya:ㄧㄚ yai:ㄧㄞ yan:ㄧㄢ yang:ㄧㄤ yao:ㄧㄠ ye:ㄧㄝ yi:ㄧ yin:ㄧㄣ ying:ㄧㄥ yo:ㄧㄛ you:ㄧㄡ "
        "yong:ㄩㄥ yu:ㄩ yuan:ㄩㄢ yue:ㄩㄝ yve:ㄩㄝ yun:ㄩㄣ "
        "m:ㄇㄨ n:ㄣ ng:ㄣ hm:ㄏㄇ tsuo:ㄘㄨㄛ tzan:ㄗㄢ"  # grunts, and two spellings that are not pinyin
    ).split()
)


def _table() -> dict[str, str]:
    rows = dict(_ALONE)
    for final, (sound, initials) in _FINALS.items():
        rows |= {initial + final: _INITIALS[initial] + sound for initial in initials.split()}
    for initial in "jqx":
        rows |= {initial + final: _INITIALS[initial] + sound for final, sound in _U_MEANS_V.items()}
    return rows | {initial + "i": _INITIALS[initial] for initial in "zh ch sh r z c s".split()}


BOPOMOFO: dict[str, str] = _table()

_TONE_MARKS = {"1": "", "2": "ˊ", "3": "ˇ", "4": "ˋ", "5": "˙", "0": "˙"}


def to_bopomofo(syllable: str) -> str | None:
    """Write a syllable such as `zhong1` in bopomofo with its tone mark; None where the model knows no such syllable."""
    sound, mark = BOPOMOFO.get(syllable[:-1]), _TONE_MARKS.get(syllable[-1:])
    return None if sound is None or mark is None else sound + mark
