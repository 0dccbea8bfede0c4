"""Words for single drums, in English, Chinese and Russian: one that is refused is left out, the others play on."""

from __future__ import annotations

from musicgen_web.engines.sketch.vocabulary.inflection import table

DRUMS: dict[str, tuple[str, ...]] = table(
    {
        # how the drums' names begin: the words
        ("kick",): "kick, kicks, kick drum, bass drum, 底鼓, 低音鼓, бочка, бочки, кик",
        ("snare",): "snare, snares, snare drum, 军鼓, 小军鼓, малый барабан, снейр",
        ("rim",): "rim, rimshot, rimshots, sidestick, 边击, римшот",
        ("clap",): "clap, claps, handclap, handclaps, hand claps, 拍手, 掌声, хлопки, хлопок, хлопков",
        ("closed", "open", "foot"): "hi-hat, hi-hats, hihat, hihats, hats, 踩镲, хай-хэт, хэт, хэты, хэтов",
        ("crash", "ride", "swell"): "cymbal, cymbals, crash cymbal, crash cymbals, 镲, 吊镲, 镲片, тарелки, тарелок",
        ("ride",): "ride cymbal, 叮叮镲, райд",
        ("tom",): "toms, tom-toms, tom toms, 嗵鼓, томы, томов",
        ("shaker",): "shaker, shakers, maracas, 沙锤, 沙槌, шейкер, маракасы",
        ("tambourine",): "tambourine, tambourines, 铃鼓, бубен, бубна, бубны",
        ("conga",): "conga, congas, bongos, bongo, 康加鼓, 邦戈鼓, конги, конга, бонги",
        ("cowbell",): "cowbell, cowbells, 牛铃, ковбелл",
    }
)
