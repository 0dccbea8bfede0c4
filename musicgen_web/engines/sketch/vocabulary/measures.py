"""Words for tempo, metre and mode, in English, Chinese and Russian; tempo's also in the Italian of scores."""

from __future__ import annotations

from musicgen_web.engines.sketch.metre import METRES
from musicgen_web.engines.sketch.theory import SCALES
from musicgen_web.engines.sketch.vocabulary.inflection import table

PACES: dict[str, tuple[int, int]] = table(
    {
        # beats per minute from, to, as metronomes have them: the words
        (40, 54): "largo, larghetto, lento, 广板, 庄板, ларго, ленто",
        (56, 72): "adagio, adagietto, 柔板, адажио",
        (74, 92): "andante, andantino, 行板, 小行板, анданте",
        (92, 110): "moderato, 中板, модерато",
        (108, 120): "allegretto, 小快板, аллегретто",
        (122, 148): "allegro, 快板, аллегро",
        (152, 172): "vivace, vivo, 活板, виваче",
        (172, 200): "presto, prestissimo, 急板, престо",
    }
)

_METRES = {
    "4/4": (
        "4/4, 4/4拍, four four, four-four, common time, 四四拍, 四拍子, 四分之四拍, 四分之四, четыре четверти, "
        "на четыре четверти, четырехдольный"
    ),
    "3/4": (
        "3/4, 3/4拍, three four, three-four, three-quarter time, three quarter time, triple metre, triple meter, "
        "triple time, waltz, waltz time, waltzes, 三拍子, 三拍, 四三拍, 三四拍, 四分之三拍, 四分之三, 圆舞曲, "
        "华尔兹, на три четверти, три четверти, трехдольный, вальс, вальсовый"
    ),
    "6/8": (
        "6/8, 6/8拍, six eight, six-eight, six eighths, compound time, 六八拍, 八六拍, 六拍子, 八分之六拍, "
        "八分之六, шесть восьмых, на шесть восьмых, шестидольный"
    ),
    "2/4": (
        "2/4, 2/4拍, two four, two-four, march, polka, 进行曲, 波尔卡, марш, марша, полька, 二拍子, 两拍子, "
        "四二拍, 四分之二拍, две четверти, на две четверти, двухдольный"
    ),
}
METRE_WORDS: dict[str, str] = table({name: listed for name, listed in _METRES.items() if name in METRES})

_MODES = {
    # a mode and the one that is played where the band does not know it: its words
    ("major", ""): "major, maj, ionian, 大调, 大调式, 伊奥尼亚, мажор, мажорный, ионийский",
    (
        "minor",
        "",
    ): (
        "minor, min, aeolian, natural minor, 小调, 小调式, 爱奥利亚, 自然小调, минор, минорный, эолийский, "
        "натуральный минор"
    ),
    ("harmonic minor", "minor"): "harmonic minor, 和声小调, гармонический минор",
    (
        "pentatonic",
        "major",
    ): "pentatonic, major pentatonic, 五声, 五声音阶, 五声调式, 宫调, 宫调式, пентатоника, пентатонический",
    ("yu", "minor"): "minor pentatonic, 羽调, 羽调式, 五声小调, минорная пентатоника",
    ("dorian", ""): "dorian, 多利亚, 多里安, дорийский",
    ("mixolydian", ""): "mixolydian, 混合利底亚, 米索利底亚, миксолидийский",
    ("lydian", ""): "lydian, 利底亚, лидийский",
    ("phrygian", ""): "phrygian, 弗里几亚, 弗利吉亚, фригийский",
}
MODES: dict[str, str] = {word: mode if mode in SCALES else like for word, (mode, like) in table(_MODES).items()}
