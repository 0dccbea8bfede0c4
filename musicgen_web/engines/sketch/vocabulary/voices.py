"""Words for who sings, in English, Chinese and Russian."""

from __future__ import annotations

from musicgen_web.engines.sketch.vocabulary.inflection import key, table, words

VOICES: dict[str, str] = table(
    {
        # "any" asks for a voice and leaves open whose; "none" for none: the words
        "any": (
            "vocal, vocals, voice, voices, singing, singer, sung, sings, sing, vocalist, singers, duet, "
            "rap vocals, 人声, 歌声, 歌手, 演唱, 唱, 歌唱, 主唱, 嗓音, вокал, голос, голоса, голосом, голосов, "
            "певучий, пение, поёт, поет, поют, спеть"
        ),
        "high": (
            "high voice, female, high female, high female voice, soft female voice, soprano, mezzo, "
            "mezzo-soprano, alto voice, female vocal, female vocals, female voice, female singer, woman's voice, "
            "girl's voice, songstress, chanteuse, diva, high vocals, 女声, 女歌手, 女生声音, 女音, 女高音, "
            "女中音, 女主唱, 高音人声, женский, женский голос, женский вокал, высокий голос, певица, сопрано, "
            "меццо-сопрано, меццо"
        ),
        "low": (
            "low voice, male, low male, deep male, low male voice, deep male voice, baritone, tenor, bass voice, "
            "deep voice, male vocal, male vocals, male voice, male singer, man's voice, boy's voice, crooner, "
            "low vocals, deep vocals, 男声, 男歌手, 男音, 男高音, 男中音, 男低音, 男主唱, 低音人声, 低沉嗓音, "
            "мужской, мужской голос, мужской вокал, низкий голос, баритон, тенор, певец, певца, певцом, "
            "бархатный голос"
        ),
        "choir": (
            "choir, choirs, choral, chorale, chorus of voices, many voices, choral voices, 合唱, 合唱团, 唱诗班, "
            "хор, хора, хору, хоры, хоровой, хорал, хоровое пение"
        ),
        "none": (
            "instrumental, instrumentals, instrumental only, wordless, 纯音乐, 纯器乐, 器乐, 伴奏, "
            "无人声, инструментал, инструментальный, минус, минусовка, без слов, no words, without words, "
            "no lyrics, without lyrics, 没有歌词, 无歌词"
        ),
    }
)

PEOPLE: dict[str, str] = table(
    {
        # who sings where something else says that somebody does: "a girl" alone may be in the song
        "high": "woman, girl, lady, women, girls, 女人, 女孩, 女生, 姑娘, женщина, девушка, девочка",
        "low": "man, boy, guy, men, boys, 男人, 男孩, 男生, мужчина, парень, парня, мальчик",
    }
)

QUALIFIERS = frozenset(map(key, words("female, male, women's, men's, женский, мужской, высокий, низкий")))
"""What may stand between a "no" and the voice: it is the voice that is refused."""
