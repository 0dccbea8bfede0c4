"""The words a prompt may use for instruments, moods and sections, in English, some Chinese and some Russian."""

from __future__ import annotations

INSTRUMENTS = {
    # a prompt's word → the instruments it may mean, the likeliest first; roles stand for everyone who plays them
    "drums": ("role:drums",), "drum": ("role:drums",), "percussion": ("role:drums",), "drumming": ("role:drums",),
    "beat": ("role:drums",), "beats": ("role:drums",), "drum machine": ("role:drums",),
    "bass": ("role:bass",), "bassline": ("role:bass",), "bass line": ("role:bass",), "bass guitar": ("round_bass",),
    "electric bass": ("round_bass",), "upright bass": ("upright_bass",), "double bass": ("upright_bass",),
    "acoustic bass": ("upright_bass",), "contrabass": ("upright_bass",), "sub bass": ("sub_bass",), "sub-bass": ("sub_bass",),
    "808": ("sub_bass",), "synth bass": ("sub_bass",),
    "piano": ("piano",), "grand piano": ("piano",), "upright piano": ("piano",), "felt piano": ("piano",),
    "rhodes": ("rhodes",), "electric piano": ("rhodes",), "e-piano": ("rhodes",), "wurlitzer": ("rhodes",), "keys": ("rhodes", "piano"),
    "guitar": ("steel_guitar", "nylon_guitar"), "guitars": ("steel_guitar", "nylon_guitar"),
    "acoustic guitar": ("steel_guitar", "nylon_guitar"), "steel guitar": ("steel_guitar",), "electric guitar": ("steel_guitar",),
    "nylon guitar": ("nylon_guitar",), "classical guitar": ("nylon_guitar",), "spanish guitar": ("nylon_guitar",),
    "ukulele": ("nylon_guitar",),
    "pad": ("warm_pad", "glass_pad"), "pads": ("warm_pad", "glass_pad"), "warm pad": ("warm_pad",), "glass pad": ("glass_pad",),
    "strings": ("strings",), "string section": ("strings",), "violin": ("strings",), "violins": ("strings",),
    "cello": ("strings",), "orchestra": ("strings",), "string quartet": ("strings",),
    "synth": ("soft_lead", "pluck_lead", "warm_pad"), "synths": ("soft_lead", "pluck_lead", "warm_pad"),
    "synthesizer": ("soft_lead", "pluck_lead", "warm_pad"), "pluck": ("pluck_lead",), "plucks": ("pluck_lead",),
    "lead": ("role:lead",), "melody": ("role:lead",), "flute": ("flute",), "flutes": ("flute",), "bamboo flute": ("flute",),
    "bells": ("bells",), "bell": ("bells",), "glockenspiel": ("bells",), "celesta": ("bells",), "music box": ("bells",),
    "chimes": ("bells",), "vibes": ("vibes",), "vibraphone": ("vibes",), "marimba": ("vibes",), "xylophone": ("vibes",),
    "鼓": ("role:drums",), "打击乐": ("role:drums",), "贝斯": ("role:bass",), "钢琴": ("piano",), "电钢琴": ("rhodes",),
    "吉他": ("steel_guitar", "nylon_guitar"), "弦乐": ("strings",), "小提琴": ("strings",), "笛子": ("flute",),
    "长笛": ("flute",), "铃": ("bells",), "барабаны": ("role:drums",), "барабанов": ("role:drums",), "ударных": ("role:drums",),
    "бас": ("role:bass",), "баса": ("role:bass",), "пианино": ("piano",), "фортепиано": ("piano",), "гитара": ("steel_guitar", "nylon_guitar"),
    "гитары": ("steel_guitar", "nylon_guitar"), "гитарой": ("steel_guitar", "nylon_guitar"), "скрипка": ("strings",),
    "скрипки": ("strings",), "флейта": ("flute",), "флейты": ("flute",), "колокольчики": ("bells",),
}  # fmt: skip

MOODS = {
    # word → (tempo −1…1, brightness −1…1, energy −1…1)
    "slow": (-1.0, 0.0, -0.2), "slower": (-1.0, 0.0, -0.2), "fast": (1.0, 0.1, 0.3), "faster": (1.0, 0.1, 0.3),
    "quick": (0.8, 0.1, 0.2), "uptempo": (0.9, 0.2, 0.3), "up-tempo": (0.9, 0.2, 0.3), "midtempo": (0.0, 0.0, 0.0),
    "sad": (-0.5, -1.0, -0.3), "melancholic": (-0.4, -0.9, -0.2), "melancholy": (-0.4, -0.9, -0.2), "dark": (-0.2, -1.0, 0.0),
    "gloomy": (-0.4, -1.0, -0.2), "lonely": (-0.5, -0.8, -0.4), "moody": (-0.2, -0.7, 0.0), "bittersweet": (-0.2, -0.4, 0.0),
    "heartbreak": (-0.4, -0.8, -0.1), "mysterious": (-0.2, -0.8, -0.1), "tense": (0.2, -0.9, 0.2), "haunting": (-0.3, -0.9, -0.2),
    "happy": (0.4, 1.0, 0.3), "bright": (0.2, 1.0, 0.1), "cheerful": (0.5, 1.0, 0.3), "joyful": (0.5, 1.0, 0.3), "sunny": (0.3, 1.0, 0.2),
    "uplifting": (0.3, 0.9, 0.3), "hopeful": (0.1, 0.7, 0.1), "playful": (0.4, 0.8, 0.2), "warm": (0.0, 0.4, 0.0), "sweet": (0.0, 0.6, -0.1),
    "romantic": (-0.3, 0.3, -0.1), "dreamy": (-0.3, 0.3, -0.2), "calm": (-0.6, 0.2, -0.5), "quiet": (-0.4, 0.0, -0.6), "soft": (-0.2, 0.1, -0.4),
    "gentle": (-0.4, 0.3, -0.5), "peaceful": (-0.6, 0.4, -0.5), "relaxing": (-0.5, 0.2, -0.4), "relaxed": (-0.4, 0.2, -0.3), "sparse": (0.0, 0.0, -0.5),
    "minimal": (0.0, 0.0, -0.4), "intimate": (-0.3, 0.0, -0.4), "sleepy": (-0.7, 0.0, -0.5), "energetic": (0.6, 0.4, 0.7), "powerful": (0.2, 0.0, 0.7),
    "epic": (0.0, 0.0, 0.7), "intense": (0.3, -0.3, 0.7), "driving": (0.5, 0.0, 0.5), "upbeat": (0.6, 0.7, 0.5), "groovy": (0.1, 0.2, 0.2),
    "ballad": (-1.0, -0.1, -0.4), "lullaby": (-0.9, 0.5, -0.7), "anthemic": (0.1, 0.5, 0.6), "big": (0.0, 0.0, 0.4), "loud": (0.1, 0.0, 0.5),
    "慢": (-1.0, 0.0, -0.2), "快": (1.0, 0.1, 0.3), "悲伤": (-0.5, -1.0, -0.3), "忧伤": (-0.5, -1.0, -0.3), "快乐": (0.4, 1.0, 0.3),
    "欢快": (0.6, 1.0, 0.4), "安静": (-0.4, 0.0, -0.6), "温暖": (0.0, 0.4, 0.0), "медленно": (-1.0, 0.0, -0.2), "медленная": (-1.0, 0.0, -0.2),
    "быстро": (1.0, 0.1, 0.3), "быстрая": (1.0, 0.1, 0.3), "грустно": (-0.5, -1.0, -0.3), "грустная": (-0.5, -1.0, -0.3),
    "весело": (0.5, 1.0, 0.3), "весёлая": (0.5, 1.0, 0.3), "веселая": (0.5, 1.0, 0.3), "спокойная": (-0.6, 0.2, -0.5), "тихо": (-0.4, 0.0, -0.6),
}  # fmt: skip

MODES = {
    "major": "major", "maj": "major", "minor": "minor", "min": "minor", "dorian": "dorian", "mixolydian": "mixolydian", "lydian": "lydian",
    "phrygian": "phrygian", "大调": "major", "小调": "minor", "мажор": "major", "мажоре": "major", "минор": "minor", "миноре": "minor",
}  # fmt: skip

VOICES = frozenset({
    "vocal", "vocals", "voice", "singing", "singer", "sung", "choir", "人声", "вокал", "вокала", "голос", "голоса",
})  # fmt: skip
WORDLESS = frozenset({"instrumental", "纯音乐", "伴奏", "инструментал"})
ONLY = frozenset({"only", "solo", "just", "alone", "unaccompanied", "独奏", "только", "соло"})
NO = frozenset({"no", "without", "minus", "not", "never", "w/o", "zero", "没有", "无", "不要", "без", "не"})
ALSO_NO = frozenset({"or", "nor", "и", "или", "和", "或"})

SECTIONS = {
    # a lyrics tag's word → kind of section
    "intro": "intro", "verse": "verse", "pre-chorus": "pre-chorus", "prechorus": "pre-chorus", "pre chorus": "pre-chorus", "build": "pre-chorus",
    "chorus": "chorus", "hook": "chorus", "refrain": "chorus", "drop": "chorus", "bridge": "bridge", "breakdown": "bridge", "middle 8": "bridge",
    "solo": "solo", "inst": "inst", "instrumental": "inst", "interlude": "inst", "break": "inst", "outro": "outro", "coda": "outro",
    "ending": "ending", "end": "ending", "start": "intro", "前奏": "intro", "主歌": "verse", "预副歌": "pre-chorus", "导歌": "pre-chorus",
    "副歌": "chorus", "桥段": "bridge", "间奏": "inst", "独奏": "solo", "尾奏": "outro", "结尾": "ending", "вступление": "intro", "интро": "intro",
    "куплет": "verse", "предприпев": "pre-chorus", "припев": "chorus", "бридж": "bridge", "соло": "solo", "проигрыш": "inst",
    "концовка": "outro", "аутро": "outro",
}  # fmt: skip
