"""The words a prompt may use, in English, Chinese and Russian: a file for each kind, small words here."""

from __future__ import annotations

from musicgen_web.engines.sketch.vocabulary.drums import DRUMS
from musicgen_web.engines.sketch.vocabulary.eras import ERAS
from musicgen_web.engines.sketch.vocabulary.inflection import key, words
from musicgen_web.engines.sketch.vocabulary.instruments import INSTRUMENTS, STAND_INS
from musicgen_web.engines.sketch.vocabulary.measures import METRE_WORDS, MODES, PACES
from musicgen_web.engines.sketch.vocabulary.moods import MOODS
from musicgen_web.engines.sketch.vocabulary.voices import PEOPLE, QUALIFIERS, VOICES

__all__ = [
    "ALSO_NO", "DRUMS", "ERAS", "INSTRUMENTS", "METRE_WORDS", "MODES", "MOODS", "NO", "NOT", "ONLY", "PACES", "PEOPLE",
    "QUALIFIERS", "SECTIONS", "SMALL", "STAND_INS", "VOICES", "key", "words",
]  # fmt: skip

ONLY = frozenset({"only", "solo", "just", "alone", "unaccompanied", "独奏", "только", "соло"})
NOT = frozenset(words("not, never, не, 不太, 不是"))  # says that something is otherwise, of what it is said
NO = NOT | frozenset(
    words("no, without, minus, w/o, zero, 没有, 无, 不要, 不带, 不含, 不用, 去掉, 别用, 没, без, нет, ни, кроме")
)
ALSO_NO = frozenset({"or", "nor", "и", "или", "和", "或", "ни", "或者"})

_SECTIONS = {
    # kind of section: the words a lyrics tag has for it
    "intro": "intro, start, 前奏, вступление, интро",
    "verse": "verse, 主歌, куплет",
    "pre-chorus": "pre-chorus, prechorus, pre chorus, build, 预副歌, 导歌, предприпев",
    "chorus": "chorus, hook, refrain, drop, 副歌, припев",
    "bridge": "bridge, breakdown, middle 8, 桥段, бридж",
    "solo": "solo, 独奏, соло",
    "inst": "inst, instrumental, interlude, break, 间奏, проигрыш",
    "outro": "outro, coda, 尾奏, концовка, аутро",
    "ending": "ending, end, 结尾",
}
SECTIONS = {word: kind for kind, listed in _SECTIONS.items() for word in words(listed)}

SMALL = frozenset(
    words(
        "a, an, the, of, in, on, at, to, by, for, from, and, or, but, with, some, any, is, are, be, it, its, as, my, "
        "was, were, been, has, have, had, "
        "over, under, into, through, your, his, her, our, their, this, that, these, those, very, really, please, use, "
        "song, music, track, key, keys, about, like, sound, sounds, sounding, style, feel, feeling, vibe, time, tempo, "
        "и, в, на, с, со, под, для, о, у, к, из, это, песня, песню, песни, музыка, музыку, трек, где, темп, темпе, "
        "стиль, стиле, 的, 在, 和, 与, 一, 一首, 首, 一段, 的歌, 歌, 歌曲, 的歌曲, 的音乐, 音乐, 曲, 曲子, 的曲子, 请, "
        "用, 带, 带有, 有, 加, 加上, 以及, 风格, 风格的, 速度, 调, 感觉, 的感觉, 伴着, 配, 配上"
    )
)
"""Words too small to be told that nothing was made of them."""
