"""The words a prompt may use for instruments, moods and sections, in English, some Chinese and some Russian."""

from __future__ import annotations


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",")]


_INSTRUMENTS = {
    # what may be meant, the likeliest first (a role stands for everyone who plays it): its words
    ("role:drums",): (
        "drums, drum, percussion, drumming, beat, beats, drum machine, 鼓, 打击乐, барабаны, барабанов, ударных"
    ),
    ("role:bass",): "bass, bassline, bass line, 贝斯, бас, баса",
    ("round_bass",): "bass guitar, electric bass",
    ("upright_bass",): "upright bass, double bass, acoustic bass, contrabass",
    ("sub_bass",): "sub bass, sub-bass, 808",
    ("sub_bass", "saw_bass"): "synth bass",
    ("saw_bass",): "saw bass, analog bass, analogue bass",
    ("organ_bass",): "organ bass",
    ("piano",): "piano, grand piano, upright piano, felt piano, 钢琴, пианино, фортепиано",
    ("rhodes",): "rhodes, electric piano, e-piano, wurlitzer, 电钢琴",
    ("rhodes", "piano"): "keys",
    ("steel_guitar", "nylon_guitar"): "guitar, guitars, acoustic guitar, 吉他, гитара, гитары, гитарой",
    ("steel_guitar",): "steel guitar, electric guitar",
    ("nylon_guitar",): "nylon guitar, classical guitar, spanish guitar, ukulele",
    ("warm_pad", "glass_pad", "saw_pad"): "pad, pads",
    ("warm_pad",): "warm pad",
    ("glass_pad",): "glass pad",
    ("saw_pad",): "saw pad, supersaw, brass pad, synth brass",
    ("strings",): (
        "strings, string section, violin, violins, cello, orchestra, string quartet, 弦乐, 小提琴, скрипка, скрипки"
    ),
    ("soft_lead", "pluck_lead", "warm_pad", "saw_lead", "saw_pad"): "synth, synths, synthesizer",
    ("pluck_lead",): "pluck, plucks",
    ("saw_lead",): "saw lead, synth lead",
    ("role:lead",): "lead, melody",
    ("flute",): "flute, flutes, bamboo flute, 笛子, 长笛, флейта, флейты",
    ("bells",): "bells, bell, glockenspiel, celesta, music box, chimes, 铃, колокольчики",
    ("vibes",): "vibes, vibraphone, marimba, xylophone",
}
INSTRUMENTS = {word: meant for meant, words in _INSTRUMENTS.items() for word in _words(words)}

_MOODS = {
    # leanings of tempo, brightness and energy, each −1 to 1: their words
    (-1.0, 0.0, -0.2): "slow, slower, 慢, медленно, медленная",
    (1.0, 0.1, 0.3): "fast, faster, 快, быстро, быстрая",
    (0.8, 0.1, 0.2): "quick",
    (0.9, 0.2, 0.3): "uptempo, up-tempo",
    (0.0, 0.0, 0.0): "midtempo",
    (-0.5, -1.0, -0.3): "sad, 悲伤, 忧伤, грустно, грустная",
    (-0.4, -0.9, -0.2): "melancholic, melancholy",
    (-0.2, -1.0, 0.0): "dark",
    (-0.4, -1.0, -0.2): "gloomy",
    (-0.5, -0.8, -0.4): "lonely",
    (-0.2, -0.7, 0.0): "moody",
    (-0.2, -0.4, 0.0): "bittersweet, homesick",
    (-0.4, -0.8, -0.1): "heartbreak",
    (-0.2, -0.8, -0.1): "mysterious",
    (0.2, -0.9, 0.2): "tense",
    (-0.3, -0.9, -0.2): "haunting",
    (0.4, 1.0, 0.3): "happy, 快乐",
    (0.2, 1.0, 0.1): "bright",
    (0.5, 1.0, 0.3): "cheerful, joyful, весело, весёлая, веселая",
    (0.3, 1.0, 0.2): "sunny",
    (0.3, 0.9, 0.3): "uplifting",
    (0.1, 0.7, 0.1): "hopeful",
    (0.4, 0.8, 0.2): "playful",
    (0.0, 0.4, 0.0): "warm, 温暖",
    (0.0, 0.6, -0.1): "sweet",
    (-0.3, 0.3, -0.1): "romantic",
    (-0.3, 0.3, -0.2): "dreamy",
    (-0.6, 0.2, -0.5): "calm, спокойная",
    (-0.4, 0.0, -0.6): "quiet, 安静, тихо",
    (-0.2, 0.1, -0.4): "soft",
    (-0.4, 0.3, -0.5): "gentle, tender",
    (-0.6, 0.4, -0.5): "peaceful",
    (-0.5, 0.2, -0.4): "relaxing",
    (-0.4, 0.2, -0.3): "relaxed",
    (0.0, 0.0, -0.5): "sparse",
    (0.0, 0.0, -0.4): "minimal",
    (-0.3, 0.0, -0.4): "intimate",
    (-0.7, 0.0, -0.5): "sleepy",
    (0.6, 0.4, 0.7): "energetic",
    (0.2, 0.0, 0.7): "powerful",
    (0.0, 0.0, 0.7): "epic",
    (0.3, -0.3, 0.7): "intense",
    (0.5, 0.0, 0.5): "driving",
    (0.6, 0.7, 0.5): "upbeat",
    (0.1, 0.2, 0.2): "groovy",
    (-0.5, -0.1, -0.3): "ballad",
    (-0.9, 0.5, -0.7): "lullaby",
    (0.1, 0.5, 0.6): "anthemic",
    (0.0, 0.0, 0.4): "big",
    (0.1, 0.0, 0.5): "loud",
    (0.6, 1.0, 0.4): "欢快",
}
MOODS = {word: leaning for leaning, words in _MOODS.items() for word in _words(words)}

_MODES = {
    # mode: its words
    "major": "major, maj, 大调, мажор, мажоре",
    "minor": "minor, min, 小调, минор, миноре",
    "dorian": "dorian",
    "mixolydian": "mixolydian",
    "lydian": "lydian",
    "phrygian": "phrygian",
}
MODES = {word: mode for mode, words in _MODES.items() for word in _words(words)}

VOICES = frozenset(
    {
        "vocal",
        "vocals",
        "voice",
        "singing",
        "singer",
        "sung",
        "choir",
        "人声",
        "вокал",
        "вокала",
        "голос",
        "голоса",
    }
)
WORDLESS = frozenset({"instrumental", "纯音乐", "伴奏", "инструментал"})
ONLY = frozenset({"only", "solo", "just", "alone", "unaccompanied", "独奏", "только", "соло"})
NO = frozenset({"no", "without", "minus", "not", "never", "w/o", "zero", "没有", "无", "不要", "без", "не"})
ALSO_NO = frozenset({"or", "nor", "и", "или", "和", "或"})

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
SECTIONS = {word: kind for kind, words in _SECTIONS.items() for word in _words(words)}

SMALL = frozenset(
    _words(
        "a, an, the, of, in, on, at, to, by, for, from, and, or, but, with, some, any, is, are, be, it, its, as, my, "
        "was, were, been, has, have, had, "
        "over, under, into, through, your, his, her, our, their, this, that, these, those, very, really, please, use, "
        "song, music, track, key, keys, "
        "и, в, на, с, под, для, о, у, к, из, 的, 在, 和, 与, 一"
    )
)
"""Words too small to be told that nothing was made of them."""
