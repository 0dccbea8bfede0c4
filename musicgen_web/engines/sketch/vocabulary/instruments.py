"""Words for instruments, in English, Chinese and Russian, and who stands in for one that nobody plays."""

from __future__ import annotations

from musicgen_web.engines.sketch.vocabulary.inflection import table

_SYNTHS = ("soft_lead", "pluck_lead", "warm_pad", "saw_lead", "saw_pad", "supersaw", "square_lead", "pulse_lead")
_ELECTRIC = ("electric_guitar", "clean_guitar", "crunch_guitar", "lead_guitar", "metal_guitar", "blues_guitar",
             "muted_guitar")  # fmt: skip
_DIRTY = ("crunch_guitar", "metal_guitar", "lead_guitar", "blues_guitar")

ROWS = {
    # what may be meant, the likeliest first (a role stands for everyone who plays it): its words
    ("role:drums",): (
        "drums, drum, percussion, drumming, drummer, drumbeat, beat, beats, drum kit, drum machine, taiko, "
        "taikos, timpani, cajon, 鼓, 鼓点, 鼓声, 鼓组, 架子鼓, 鼓机, 打击乐, 大鼓, 太鼓, барабаны, барабан, "
        "ударные, ударная установка, перкуссия, бит, биты, бита, битом, драм-машина, литавры"
    ),
    ("role:bass",): (
        "bass, bassline, bass line, basslines, 贝斯, 低音, бас, баса, басы, басу, бас-линия, басовая линия"
    ),
    ("round_bass", "picked_bass", "slap_bass", "fretless_bass"): (
        "bass guitar, electric bass, 电贝斯, 贝司, бас-гитара, бас гитара"
    ),
    ("upright_bass",): (
        "upright bass, double bass, acoustic bass, contrabass, string bass, 低音提琴, 立式贝斯, 原声贝斯, контрабас"
    ),
    ("sub_bass", "bass_808"): "sub bass, sub-bass, subbass, sub, 超低音, 低频, саб-бас, саб бас, сабвуфер",
    ("bass_808", "sub_bass"): "808, 808s, 808 bass, 808贝斯",
    (
        "sub_bass",
        "saw_bass",
        "reese_bass",
        "acid_bass",
    ): "synth bass, 合成贝斯, 合成器贝斯, синт-бас, синтезаторный бас",
    ("saw_bass",): "saw bass, analog bass, analogue bass",
    ("organ_bass",): "organ bass",
    ("slap_bass",): "slap bass, slapped bass, slapping bass, 拍弦贝斯, 击弦贝斯, слэп-бас, слэп бас, слэп",
    ("picked_bass",): "picked bass, pick bass, rock bass",
    ("fretless_bass",): "fretless bass, fretless, 无品贝斯, безладовый бас",
    ("reese_bass",): "reese bass, reese, wobble bass",
    ("acid_bass",): "acid bass, acid line, 303, tb-303, эйсид",
    ("dub_bass",): "dub bass",
    ("triangle_bass",): "triangle bass",
    ("piano",): (
        "piano, grand piano, upright piano, felt piano, pianos, pianoforte, concert grand, montuno piano, 钢琴, "
        "三角钢琴, пианино, фортепиано, рояль, фоно"
    ),
    ("rhodes",): (
        "rhodes, electric piano, electric pianos, e-piano, epiano, wurlitzer, wurli, fender rhodes, 电钢琴, "
        "电钢, родес, родос, электропиано, электропианино, электрическое пианино, электрическое фортепиано"
    ),
    ("rhodes", "piano", "organ", "clavinet"): "keys, keyboard, keyboards, 键盘, клавишные, клавиши",
    ("organ", "organ_bubble"): (
        "organ, hammond, hammond organ, church organ, pipe organ, b3, 管风琴, 风琴, 电风琴, 哈蒙德, "
        "орган, органа, органом, орган хаммонд, хаммонд"
    ),
    ("clavinet",): "clavinet, clav, clavi, 古钢琴, клавинет",
    ("harpsichord",): ("harpsichord, cembalo, spinet, clavichord, 羽管键琴, 大键琴, 拨弦古钢琴, клавесин, чембало"),
    ("accordion",): (
        "accordion, accordions, bandoneon, concertina, bayan, 手风琴, аккордеон, баян, баяна, баяном, гармонь, гармошка"
    ),
    ("steel_guitar", "nylon_guitar", "seven_string_guitar", *_ELECTRIC): (
        "guitar, guitars, guitarist, 吉他, 六弦琴, гитара, гитар"
    ),
    (
        "steel_guitar",
        "nylon_guitar",
    ): "acoustic guitar, acoustic guitars, 木吉他, 原声吉他, 民谣吉他, акустическая гитара",
    ("steel_guitar",): ("steel guitar, steel-string guitar, steel string guitar, twelve-string guitar, 钢弦吉他"),
    ("nylon_guitar",): (
        "nylon guitar, classical guitar, spanish guitar, flamenco guitar, ukulele, uke, cavaquinho, 尼龙吉他, "
        "古典吉他, 西班牙吉他, 尤克里里, классическая гитара, испанская гитара, укулеле"
    ),
    _ELECTRIC: (
        "electric guitar, electric guitars, e-guitar, 电吉他, электрогитара, электрогитар, электрическая гитара"
    ),
    _DIRTY: (
        "distorted guitar, distorted guitars, distortion guitar, guitar riff, guitar riffs, riffs, power chords, "
        "heavy guitar, heavy guitars, fuzz guitar, overdriven guitar, overdriven guitars, overdrive, 失真吉他, "
        "过载吉他, 重型吉他, перегруженная гитара, дисторшн, овердрайв, гитарные риффы, риффы, рифф, "
        "тяжелая гитара, тяжелые гитары"
    ),
    ("clean_guitar", "electric_guitar"): "clean guitar, clean guitars, clean electric guitar, 清音吉他, чистая гитара",
    ("lead_guitar", "blues_guitar"): "lead guitar, guitar lead, shredding, 主音吉他, соло-гитара, лид-гитара",
    ("muted_guitar", "clean_guitar"): (
        "muted guitar, palm-muted guitar, palm muted guitar, scratch guitar, funk guitar, chicken guitar, skank, "
        "wah guitar, 闷音吉他, 切分吉他, приглушенная гитара"
    ),
    ("blues_guitar", "lead_guitar"): "blues guitar, slide guitar, 蓝调吉他, слайд-гитара, блюзовая гитара",
    (
        "seven_string_guitar",
    ): "seven-string guitar, seven string guitar, russian guitar, 七弦吉他, семиструнная гитара, семиструнка",
    ("pedal_steel",): "pedal steel, pedal steel guitar, lap steel, 踏板钢吉他, 滑棒吉他, педал-стил",
    ("banjo",): "banjo, 班卓琴, банджо",
    ("mandolin",): "mandolin, bouzouki, balalaika, 曼陀林, мандолина, балалайка",
    ("warm_pad", "glass_pad", "saw_pad"): "pad, pads, synth pad, synth pads, 铺底, 音垫, пэд, пэды, пад, пады, подклад",
    ("warm_pad",): "warm pad, warm pads, soft pad, 温暖铺底, теплый пэд",
    ("glass_pad",): "glass pad, glass pads",
    ("saw_pad",): "saw pad, brass pad, synth brass",
    ("supersaw",): "supersaw, supersaws, super saw, 超级锯齿波, суперсо",
    ("stab",): "stab, stabs, chord stabs, techno stab, стэб, стэбы",
    ("strings", "low_strings", "spiccato", "string_quartet"): (
        "strings, string section, string ensemble, string orchestra, orchestra, orchestral strings, 弦乐, 弦乐组, "
        "管弦乐, 管弦乐队, 交响乐团, струнные, струнная группа, оркестр"
    ),
    ("string_quartet", "strings"): "string quartet, 弦乐四重奏, струнный квартет",
    ("violin", "fiddle"): "violin, violins, solo violin, 小提琴, скрипка, скрипки, скрипок, скрипочка",
    ("fiddle", "violin"): "fiddle, fiddles, 民间小提琴, фидл",
    ("viola",): "viola, violas, 中提琴, альт, альта, альтом",
    ("cello",): "cello, cellos, violoncello, 大提琴, виолончель",
    ("harp",): "harp, harps, concert harp, lyre, 竖琴, арфа, арфы, арфе, арфу, арфой",
    ("guzheng",): "guzheng, koto, zither, kanun, gusli, 古筝, 筝, 古琴, 扬琴, гучжэн, гусли, цитра",
    ("pipa",): "pipa, 琵琶, пипа, пипы",
    ("erhu",): "erhu, 二胡, 京胡, 胡琴, эрху",
    (
        "bamboo_flute",
    ): "bamboo flute, bamboo flutes, dizi, xiao, shakuhachi, 笛子, 竹笛, 箫, 洞箫, 横笛, бамбуковая флейта",
    ("brass", "french_horns", "trumpets", "trumpet"): (
        "brass, brass section, brass stabs, horn section, 铜管, 铜管乐, 铜管组, 管乐, медные, медь, "
        "медные духовые, духовые, духовая секция, брасс"
    ),
    ("french_horns", "brass"): "horns, horn, french horn, french horns, 圆号, 法国号, валторна, валторны, валторн",
    (
        "trumpet",
        "muted_trumpet",
        "trumpets",
    ): "trumpet, trumpets, cornet, flugelhorn, 小号, труба, трубы, трубу, трубой",
    ("muted_trumpet",): "muted trumpet, harmon mute, 弱音小号, труба с сурдиной",
    ("trombone",): "trombone, trombones, tuba, 长号, 大号, тромбон, туба",
    ("saxophone",): (
        "sax, saxophone, saxes, saxophones, alto sax, tenor sax, baritone sax, soprano sax, 萨克斯, 萨克斯风, "
        "萨克管, саксофон, сакс, сакса, саксом"
    ),
    ("clarinet",): "clarinet, clarinets, bass clarinet, 单簧管, 黑管, кларнет",
    ("oboe",): ("oboe, oboes, english horn, bassoon, duduk, 双簧管, 巴松, 唢呐, гобой, гобоя, гобоем, фагот, дудук"),
    ("harmonica",): "harmonica, mouth organ, blues harp, 口琴, губная гармошка, губная гармоника",
    ("melodica",): "melodica, 口风琴, мелодика",
    ("flute", "bamboo_flute"): (
        "flute, flutes, piccolo, recorder, whistle, tin whistle, whistling, pan flute, ocarina, 长笛, 横笛独奏, 口哨, "
        "陶笛, флейта, флейты, флейт, свист, свирель, дудочка"
    ),
    ("bells", "dark_bell", "celesta", "music_box"): "bells, bell, chimes, tubular bells, church bells, 铃, 钟声, 铃声, "
    "колокола, колокольчики, колокольчик, колокол, колоколов",
    ("bells",): "glockenspiel, 钟琴, глокеншпиль",
    ("celesta",): "celesta, celeste, 钢片琴, челеста",
    ("music_box",): "music box, musical box, musicbox, 八音盒, 音乐盒, музыкальная шкатулка, шкатулка",
    ("dark_bell",): "dark bell, dark bells, trap bell, trap bells",
    ("vibes",): "vibes, vibraphone, 颤音琴, вибрафон",
    (
        "marimba",
        "vibes",
    ): (
        "marimba, xylophone, balafon, kalimba, mbira, thumb piano, 马林巴, 马林巴琴, 木琴, 卡林巴, 拇指琴, "
        "маримба, ксилофон, калимба"
    ),
    ("steel_drum",): ("steel drum, steel drums, steelpan, steel pan, handpan, hang drum, 钢鼓, 手碟, стил-драм, ханг"),
    ("choir",): (
        "choir, choirs, choral, choral pad, choir pad, 合唱, 合唱团, 唱诗班, 和声团, хор, хора, хору, хоровой, "
        "хоровое пение"
    ),
    (
        "vocal_chop",
    ): "vocal chop, vocal chops, chopped vocals, vocal samples, 人声切片, вокальные сэмплы, нарезка вокала",
    _SYNTHS: (
        "synth, synths, synthesizer, synthesizers, synthesiser, analog synth, 合成器, 电子合成器, синтезатор, "
        "синт, синты"
    ),
    ("pluck_lead", "trance_pluck"): "pluck, plucks, plucked synth, synth pluck, плак, плаки",
    ("saw_lead", "supersaw"): "saw lead, synth lead, 合成主音, синт-лид",
    ("soft_lead",): "soft lead, sine lead, theremin",
    ("square_lead", "pulse_lead", "thin_pulse"): "square lead, square wave, pulse wave, chip lead, 方波, меандр",
    ("role:lead",): "lead, melody, 主旋律, 旋律, мелодия, мелодии, мелодию",
}
INSTRUMENTS = table(ROWS)

STAND_INS = {
    # an instrument: who plays its part where the band has no chair for it, the nearest sound first
    "accordion": ("harmonica", "organ", "strings"),
    "acid_bass": ("saw_bass",),
    "bamboo_flute": ("flute",),
    "banjo": ("steel_guitar",),
    "bass_808": ("sub_bass",),
    "blues_guitar": ("lead_guitar", "electric_guitar", "steel_guitar"),
    "brass": ("trumpets", "french_horns", "saw_pad"),
    "celesta": ("music_box", "bells"),
    "cello": ("low_strings", "violin", "strings"),
    "clarinet": ("oboe", "flute"),
    "clavinet": ("harpsichord", "rhodes"),
    "clean_guitar": ("electric_guitar", "steel_guitar"),
    "crunch_guitar": ("metal_guitar", "lead_guitar", "electric_guitar", "steel_guitar"),
    "dark_bell": ("bells",),
    "dub_bass": ("sub_bass",),
    "electric_guitar": ("clean_guitar", "crunch_guitar", "steel_guitar"),
    "erhu": ("violin", "fiddle", "strings"),
    "fiddle": ("violin", "strings"),
    "french_horns": ("brass", "saw_pad"),
    "fretless_bass": ("upright_bass",),
    "guzheng": ("harp", "nylon_guitar"),
    "harmonica": ("accordion", "flute"),
    "harp": ("guzheng", "nylon_guitar"),
    "harpsichord": ("clavinet", "piano"),
    "lead_guitar": ("blues_guitar", "crunch_guitar", "electric_guitar", "steel_guitar"),
    "mandolin": ("steel_guitar",),
    "marimba": ("vibes",),
    "melodica": ("harmonica", "accordion", "flute"),
    "metal_guitar": ("crunch_guitar", "lead_guitar", "electric_guitar", "steel_guitar"),
    "music_box": ("celesta", "bells"),
    "muted_guitar": ("clean_guitar", "electric_guitar", "steel_guitar"),
    "muted_trumpet": ("trumpet", "saxophone", "soft_lead"),
    "oboe": ("clarinet", "flute"),
    "organ": ("organ_bubble", "warm_pad"),
    "pedal_steel": ("clean_guitar", "steel_guitar"),
    "picked_bass": ("round_bass",),
    "pipa": ("guzheng", "nylon_guitar"),
    "reese_bass": ("saw_bass",),
    "saxophone": ("clarinet", "soft_lead"),
    "seven_string_guitar": ("nylon_guitar",),
    "slap_bass": ("round_bass",),
    "square_lead": ("pulse_lead", "saw_lead"),
    "stab": ("saw_pad",),
    "steel_drum": ("marimba", "vibes"),
    "string_quartet": ("strings",),
    "supersaw": ("saw_pad",),
    "triangle_bass": ("saw_bass",),
    "trombone": ("brass", "french_horns", "saw_pad"),
    "trumpet": ("trumpets", "muted_trumpet", "brass", "saw_lead"),
    "viola": ("cello", "violin", "strings"),
    "violin": ("fiddle", "strings"),
    "vocal_chop": ("choir", "pluck_lead"),
}
