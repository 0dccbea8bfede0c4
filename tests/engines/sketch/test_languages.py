"""Prompts as people write them, in English, Chinese and Russian, and what is understood of each."""

from __future__ import annotations

import pytest

from musicgen_web.engines.sketch.wishes import read

Facts = dict[str, object]

ENGLISH: list[tuple[str, Facts]] = [
    ("rainy lo-fi with piano, 78 bpm, A minor, no drums",
     {"style": "lo-fi", "bpm": 78, "tonic": 9, "mode": "minor", "plays": ["piano"], "without": ["role:drums"]}),
    ("Upbeat pop song with a female singer, around 118", {"style": "pop", "bpm": 118, "voice": "high"}),
    ("a slow pop song sung by a man, C sharp minor", {"voice": "low", "tonic": 1, "mode": "minor"}),
    ("lo-fi meets bossa nova", {"style": "lo-fi", "blend": "bossa nova"}),
    ("house with a touch of bossa nova, 122 bpm", {"style": "house", "blend": "bossa nova", "bpm": 122}),
    ("bossa nova house", {"style": "house", "blend": "bossa nova"}),
    ("synthwave-tinged indie folk, banjo", {"style": "indie folk", "blend": "synthwave", "plays": ["banjo"]}),
    ("a hint of lo-fi in a bossa nova tune", {"style": "bossa nova", "blend": "lo-fi"}),
    ("pop, not house", {"style": "pop", "blend": None}),
    ("pop with rainy dusty coffee vibes", {"style": "pop", "blend": None}),
    ("an 80s pop song", {"style": "pop", "era": "80s", "blend": None}),
    ("1960s folk with organ and tambourine", {"style": "indie folk", "era": "60s", "plays": ["organ", "role:drums"]}),
    ("retro house, modern? no: retro", {"style": "house", "era": "vintage"}),
    ("six eight pop ballad, Eb major", {"metre": "6/8", "tonic": 3, "mode": "major"}),
    ("folk in waltz time, accordion and fiddle", {"metre": "3/4", "plays": ["accordion", "fiddle"]}),
    ("a waltz in 4/4", {"metre": "4/4"}),
    ("ambient, adagio, harp and choir, F# dorian",
     {"style": "ambient", "pace": (56, 72), "plays": ["harp", "choir"], "voice": "choir", "tonic": 6,
      "mode": "dorian"}),
    ("allegro pop, no vocals", {"pace": (122, 148), "voice": "none"}),
    ("lo-fi, presto but 84 bpm", {"bpm": 84, "pace": None}),
    ("no loud drums, please", {"without": ["role:drums"]}),
    ("no female vocals", {"voice": "none"}),
    ("no female vocals, male baritone instead", {"voice": "low"}),
    ("pop, vocals", {"voice": "any"}),
    ("a song about a girl", {"voice": None}),
    ("instrumental indie folk, no strings, no bells",
     {"voice": "none", "without": ["strings", "bells"], "style": "indie folk"}),
    ("distorted guitars, slap bass and a trumpet", {"plays": ["crunch_guitar", "slap_bass", "trumpet"]}),
    ("muted trumpet, upright bass, vibraphone", {"plays": ["muted_trumpet", "upright_bass", "vibes"]}),
    ("808s, dark bells, vocal chops", {"plays": ["bass_808", "dark_bell", "vocal_chop"], "voice": None}),
    ("harpsichord, string quartet, oboe and clarinet",
     {"plays": ["harpsichord", "string_quartet", "oboe", "clarinet"]}),
    ("erhu, pipa, bamboo flute and guzheng", {"plays": ["erhu", "pipa", "bamboo_flute", "guzheng"]}),
    ("lofi hip hop beats to study to, tempo: 72", {"style": "lo-fi", "bpm": 72}),
]  # fmt: skip

CHINESE: list[tuple[str, Facts]] = [
    ("一首温柔的低保真歌曲，A小调，每分钟72拍，钢琴和大提琴，没有鼓，女声",
     {"style": "lo-fi", "tonic": 9, "mode": "minor", "bpm": 72, "plays": ["piano", "cello"],
      "without": ["role:drums"], "voice": "high"}),
    ("八十年代流行，合成器，男声", {"style": "pop", "era": "80s", "plays": ["soft_lead"], "voice": "low"}),
    ("环境音乐，三拍子，不要人声", {"style": "ambient", "metre": "3/4", "voice": "none"}),
    ("低保真浩室", {"style": "house", "blend": "lo-fi"}),
    ("浩室加一点巴萨诺瓦元素，降B大调", {"style": "house", "blend": "bossa nova", "tonic": 10, "mode": "major"}),
    ("低保真遇上巴萨诺瓦", {"style": "lo-fi", "blend": "bossa nova"}),
    ("悲伤的民谣，六八拍，吉他与口琴，合唱",
     {"style": "indie folk", "metre": "6/8", "plays": ["steel_guitar", "harmonica", "choir"], "voice": "choir",
      "brightness": -1}),
    ("快节奏流行，速度128，G大调", {"style": "pop", "bpm": 128, "tonic": 7, "mode": "major", "tempo": 1}),
    ("宁静的冥想音乐，长笛和竖琴", {"style": "ambient", "plays": ["flute", "harp"], "energy": -1}),
    ("合成器浪潮，升F小调，失真吉他", {"style": "synthwave", "tonic": 6, "mode": "minor", "plays": ["crunch_guitar"]}),
    ("巴萨诺瓦，尼龙吉他、颤音琴，约130拍", {"style": "bossa nova", "plays": ["nylon_guitar", "vibes"], "bpm": 130}),
    ("纯音乐，二胡、琵琶和古筝", {"voice": "none", "plays": ["erhu", "pipa", "guzheng"]}),
    ("欢快的流行歌曲，女歌手演唱，120拍", {"style": "pop", "voice": "high", "bpm": 120, "brightness": 1}),
    ("钢琴独奏，慢板", {"plays": ["piano"], "tempo": -1, "alone": True}),
    ("行板，D小调，弦乐四重奏", {"pace": (74, 92), "tonic": 2, "mode": "minor", "plays": ["string_quartet"]}),
    ("不要贝斯和鼓，只要电钢琴", {"without": ["role:bass", "role:drums"], "plays": ["rhodes"]}),
    ("小号与萨克斯风，手风琴，圆舞曲", {"plays": ["trumpet", "saxophone", "accordion"], "metre": "3/4"}),
    ("九十年代浩室，808，没有人声", {"style": "house", "era": "90s", "plays": ["bass_808"], "voice": "none"}),
    ("复古流行，管风琴", {"style": "pop", "era": "vintage", "plays": ["organ"]}),
    ("现代流行，3/4拍，C大调", {"style": "pop", "era": "modern", "metre": "3/4", "tonic": 0, "mode": "major"}),
    ("黑暗的合成器浪潮，无人声，100拍", {"style": "synthwave", "brightness": -1, "voice": "none", "bpm": 100}),
    ("摇篮曲，八音盒和钢片琴，四分之三拍", {"plays": ["music_box", "celesta"], "metre": "3/4"}),
    ("充满希望的流行，女孩演唱，木吉他", {"style": "pop", "voice": "high", "plays": ["steel_guitar"], "brightness": 1}),
    ("辉煌的氛围，圆号、合唱团", {"style": "ambient", "plays": ["french_horns", "choir"], "energy": 1}),
    ("D多利亚，低保真，班卓琴", {"style": "lo-fi", "tonic": 2, "mode": "dorian", "plays": ["banjo"]}),
    ("慵懒的低保真，电钢琴，下雨天，不带人声", {"style": "lo-fi", "plays": ["rhodes"], "voice": "none"}),
    ("浩室，快板，不要吉他", {"style": "house", "pace": (122, 148), "without": ["steel_guitar", "metal_guitar"]}),
]  # fmt: skip

RUSSIAN: list[tuple[str, Facts]] = [
    ("не быстрый лоу-фай, ля минор, без барабанов и баса, женский вокал",
     {"style": "lo-fi", "tonic": 9, "mode": "minor", "without": ["role:drums", "role:bass"], "voice": "high",
      "tempo": 0}),
    ("грустный эмбиент с виолончелью и колоколами, в темпе 64, шесть восьмых",
     {"style": "ambient", "plays": ["cello", "bells"], "bpm": 64, "metre": "6/8", "brightness": -1}),
    ("хаус с оттенком босса-новы, 122 удара в минуту, до-диез минор",
     {"style": "house", "blend": "bossa nova", "bpm": 122, "tonic": 1, "mode": "minor"}),
    ("поп восьмидесятых, мужской голос, быстрая, весёлая, на три четверти",
     {"style": "pop", "era": "80s", "voice": "low", "tempo": 1, "brightness": 1, "metre": "3/4"}),
    ("босса-нова-хаус", {"style": "house", "blend": "bossa nova"}),
    ("нежная песня, тихое пианино, ре-бемоль мажор, адажио, без вокала",
     {"plays": ["piano"], "tonic": 1, "mode": "major", "pace": (56, 72), "voice": "none"}),
    ("лоуфай с гитарой и флейтой, 75 уд/мин", {"style": "lo-fi", "plays": ["steel_guitar", "flute"], "bpm": 75}),
    ("весёлый поп, 120 ударов в минуту, соль мажор, аккордеон",
     {"style": "pop", "bpm": 120, "tonic": 7, "mode": "major", "plays": ["accordion"], "brightness": 1}),
    ("мрачный синтвейв, темп 96, фа диез минор", {"style": "synthwave", "bpm": 96, "tonic": 6, "mode": "minor"}),
    ("спокойный эмбиент без ударных, арфа и хор",
     {"style": "ambient", "without": ["role:drums"], "plays": ["harp", "choir"], "voice": "choir", "energy": -1}),
    ("энергичный хаус девяностых, без голоса", {"style": "house", "era": "90s", "voice": "none", "energy": 1}),
    ("фолк под акустическую гитару, баритон, ми минор",
     {"style": "indie folk", "plays": ["steel_guitar"], "voice": "low", "tonic": 4, "mode": "minor"}),
    ("босса-нова с вибрафоном и контрабасом, сопрано",
     {"style": "bossa nova", "plays": ["vibes", "upright_bass"], "voice": "high"}),
    ("романтичная песня, семиструнная гитара и скрипка, гармонический минор",
     {"plays": ["seven_string_guitar", "violin"], "brightness": 1}),
    ("поп с перегруженной гитарой и слэп-басом", {"style": "pop", "plays": ["crunch_guitar", "slap_bass"]}),
    ("инструментал, саксофон и труба, аллегро",
     {"voice": "none", "plays": ["saxophone", "trumpet"], "pace": (122, 148)}),
    ("эмбиент, ре дорийский, гусли", {"style": "ambient", "tonic": 2, "mode": "dorian", "plays": ["guzheng"]}),
    ("современный поп, девушка поёт, около 110", {"style": "pop", "era": "modern", "voice": "high", "bpm": 110}),
    ("ретро-поп 60-х, орган", {"style": "pop", "era": "vintage", "plays": ["organ"]}),
    ("медленный лоу-фай с роялем, осенний, одинокий", {"style": "lo-fi", "plays": ["piano"], "tempo": -1}),
    ("лоу-фай, никаких стихов, без скрипок и флейт", {"style": "lo-fi", "without": ["violin", "flute"]}),
    ("торжественная музыка, валторны, литавры, орган", {"plays": ["french_horns", "role:drums", "organ"], "energy": 1}),
    ("хоровое пение под клавесин", {"voice": "choir", "plays": ["choir", "harpsichord"]}),
    ("тревожный эмбиент, низкий голос, си-бемоль минор",
     {"style": "ambient", "voice": "low", "tonic": 10, "mode": "minor", "brightness": -1}),
    ("вальс, баян и балалайка, анданте", {"metre": "3/4", "plays": ["accordion", "mandolin"], "pace": (74, 92)}),
    ("колыбельная с музыкальной шкатулкой и челестой", {"plays": ["music_box", "celesta"]}),
    ("мощный синтвейв, синтезаторы и электрогитары, 110 ударов",
     {"style": "synthwave", "plays": ["soft_lead", "electric_guitar"], "bpm": 110, "energy": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "facts"), [*ENGLISH, *CHINESE, *RUSSIAN])
def test_a_prompt_is_understood_in_its_language(prompt: str, facts: Facts) -> None:
    wishes = read(prompt)
    meant = [instruments[0] for instruments in wishes.wanted]
    for name, told in facts.items():
        if name == "plays":
            assert meant == told
        elif name == "without":
            assert set(told) <= wishes.unwanted  # type: ignore[call-overload]
        elif name == "alone":
            assert wishes.is_alone is told
        elif name in ("tempo", "brightness", "energy"):  # which way it leans
            leaning = getattr(wishes, name)
            assert (leaning > 0.2) - (leaning < -0.2) == told
        else:
            assert getattr(wishes, name) == told
