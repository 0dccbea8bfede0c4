"""Words for moods, in English, Chinese and Russian, and what each leans to."""

from __future__ import annotations

from musicgen_web.engines.sketch.vocabulary.inflection import table

Leaning = tuple[float, float, float]  # of tempo, brightness and energy, each −1 to 1

MOODS: dict[str, Leaning] = table(
    {
        (-1.0, 0.0, -0.2): (
            "slow, slower, slowly, unhurried, 慢, 缓慢, 慢速, 慢板, медленно, медленный, медленнее, "
            "неторопливый, неспешный"
        ),
        (1.0, 0.1, 0.3): (
            "fast, faster, speedy, rapid, 快, 快速, 快节奏, быстро, быстрый, быстрее, скоростной, стремительный"
        ),
        (0.8, 0.1, 0.2): "quick, 轻快",
        (0.9, 0.2, 0.3): "uptempo, up-tempo, fast-paced, high-tempo",
        (0.0, 0.0, 0.0): ("midtempo, mid-tempo, medium tempo, moderate, 中速, средний темп, умеренный, умеренно"),
        (-0.5, -1.0, -0.3): (
            "sad, sadness, sorrowful, mournful, tearful, 悲伤, 忧伤, 伤感, 悲, 悲哀, 难过, 催泪, грусть, "
            "грустный, печаль, печальный, скорбный, слезы"
        ),
        (-0.4, -0.9, -0.2): (
            "melancholic, melancholy, wistful, 忧郁, 惆怅, меланхолия, меланхоличный, тоска, тоскливый, унылый"
        ),
        (-0.2, -1.0, 0.0): ("dark, darker, sinister, 黑暗, 阴暗, 暗黑, темно, темный, мрачно, мрачный, зловещий"),
        (-0.4, -1.0, -0.2): ("gloomy, bleak, grim, somber, sombre, depressing, 阴郁, 压抑, 低沉, угрюмый, гнетущий"),
        (-0.5, -0.8, -0.4): ("lonely, lonesome, desolate, solitary, 孤独, 寂寞, 孤单, одинокий, одиноко, одиночество"),
        (-0.2, -0.7, 0.0): "moody, brooding, pensive, 沉思, задумчивый, задумчиво",
        (-0.2, -0.4, 0.0): (
            "bittersweet, homesick, nostalgic, nostalgia, longing, yearning, 怀旧, 乡愁, 思念, 苦乐参半, "
            "ностальгия, ностальгический, ностальгичный, щемящий"
        ),
        (-0.4, -0.8, -0.1): (
            "heartbreak, heartbroken, heartbreaking, broken-hearted, 心碎, 失恋, разбитое сердце, душераздирающий"
        ),
        (-0.2, -0.8, -0.1): "mysterious, enigmatic, mystical, 神秘, таинственный, загадочный, мистический",
        (0.2, -0.9, 0.2): (
            "tense, suspenseful, ominous, anxious, nervous, 紧张, 悬疑, напряженный, тревожный, тревожно"
        ),
        (-0.3, -0.9, -0.2): (
            "haunting, eerie, spooky, ghostly, creepy, scary, horror, 诡异, 阴森, 恐怖, жуткий, страшный, "
            "хоррор, призрачный"
        ),
        (0.3, -0.6, 0.7): (
            "angry, furious, rage, raging, 愤怒, 狂怒, злой, злая, злое, злые, гнев, гневный, яростный, ярость"
        ),
        (0.3, -0.3, 0.8): (
            "aggressive, fierce, brutal, savage, wild, 激烈, 狂野, 暴躁, агрессивный, жесткий, свирепый, дикий"
        ),
        (0.1, -0.4, 0.6): "heavy, 沉重, 重型, тяжелый, тяжело",
        (0.4, 1.0, 0.3): (
            "happy, happier, happiness, gleeful, 快乐, 开心, 高兴, 幸福, счастье, счастливый, счастливо, "
            "радость, радостный, радостно"
        ),
        (0.2, 1.0, 0.1): (
            "bright, brighter, shiny, sparkling, 明亮, 明快, 灿烂, ярко, яркий, светло, светлый, сияющий"
        ),
        (0.5, 1.0, 0.3): (
            "cheerful, joyful, joyous, merry, jolly, 欢乐, 喜悦, 喜庆, весело, веселый, жизнерадостный, задорный"
        ),
        (0.6, 1.0, 0.4): "欢快, jubilant, exuberant, ecstatic, euphoric, ликующий, эйфория, восторженный",
        (0.3, 1.0, 0.2): ("sunny, summery, breezy, carefree, 阳光, 夏日, 无忧无虑, солнечный, летний, беззаботный"),
        (0.3, 0.9, 0.3): (
            "uplifting, feel-good, feelgood, optimistic, 振奋, 乐观, 向上, воодушевляющий, оптимистичный, бодро, бодрый"
        ),
        (0.1, 0.7, 0.1): (
            "hopeful, inspiring, inspirational, 希望, 充满希望, 励志, 治愈, надежда, обнадеживающий, вдохновляющий"
        ),
        (0.4, 0.8, 0.2): (
            "playful, quirky, whimsical, funny, silly, goofy, 俏皮, 活泼, 搞笑, 可爱, игривый, забавный, "
            "шутливый, озорной"
        ),
        (0.0, 0.4, 0.0): (
            "warm, warmer, cosy, heartwarming, christmas, xmas, 温暖, 温馨, 暖, 圣诞, тепло, рождественский, "
            "теплый, уютный, уютно, душевный, душевно"
        ),
        (0.0, 0.6, -0.1): "sweet, lovely, cute, 甜美, 甜蜜, 甜, милый, сладкий",
        (-0.1, -0.3, -0.1): "cold, icy, frosty, 寒冷, 冷, 冰冷, холодный, ледяной",
        (-0.3, 0.3, -0.1): (
            "romantic, loving, 浪漫, 爱情, романтика, романтичный, романтический, влюбленный, лирический, лиричный"
        ),
        (-0.2, 0.0, 0.1): "sensual, sexy, seductive, sultry, 性感, 迷人, чувственный, сексуальный, томный",
        (-0.3, 0.3, -0.2): "dreamy, hazy, dreamlike, 梦幻, 迷幻, 朦胧, 空灵, мечтательный, сонный, туманный",
        (-0.6, 0.2, -0.5): (
            "calm, calmer, serene, tranquil, soothing, placid, 平静, 宁静, 恬静, 沉静, спокойный, спокойно, "
            "умиротворенный"
        ),
        (-0.4, 0.0, -0.6): ("quiet, quietly, hushed, whispering, subdued, 安静, 静谧, 轻声, тихо, тихий, негромкий"),
        (-0.2, 0.1, -0.4): "soft, softly, mellow, smooth, delicate, 轻柔, 柔和, 柔软, мягко, мягкий, плавный",
        (-0.4, 0.3, -0.5): "gentle, tender, gently, tenderly, 温柔, 柔情, 轻轻, нежный, нежно, ласковый",
        (-0.6, 0.4, -0.5): "peaceful, blissful, idyllic, 安详, 祥和, мирный, безмятежный",
        (-0.5, 0.2, -0.4): ("relaxing, laid-back, laid back, 放松, 舒缓, 悠闲, расслабляющий, расслабленный, релакс"),
        (-0.4, 0.2, -0.3): "relaxed, easygoing, easy-going, lazy, 慵懒, 惬意, ленивый, непринужденный",
        (0.0, 0.0, -0.5): ("sparse, bare, stripped-down, low-energy, low energy, 稀疏, 空旷, разреженный, пустынный"),
        (0.0, 0.0, -0.4): ("minimal, minimalist, minimalistic, simple, 极简, 简约, 简单, минимализм, минималистичный"),
        (-0.3, 0.0, -0.4): "intimate, 亲密, 私密, интимный, камерный, сокровенный",
        (-0.7, 0.0, -0.5): "sleepy, drowsy, bedtime, 助眠, 催眠, 睡眠, 昏昏欲睡, убаюкивающий, засыпающий",
        (0.6, 0.4, 0.7): (
            "energetic, high-energy, high energy, lively, vibrant, 活力, 有活力, 充满活力, 动感, энергичный, "
            "энергично, живой"
        ),
        (0.2, 0.0, 0.7): "powerful, strong, forceful, massive, 强劲, 有力, 强烈, мощный, мощно, сильный",
        (0.0, 0.0, 0.7): (
            "epic, heroic, grand, majestic, triumphant, 史诗, 宏大, 壮丽, 磅礴, 英雄, эпичный, эпический, "
            "героический, величественный"
        ),
        (0.0, 0.2, 0.5): "glorious, solemn, ceremonial, 庄严, 辉煌, торжественный, торжественно",
        (0.3, -0.3, 0.7): (
            "intense, dramatic, passionate, 激情, 戏剧性, страстный, драматичный, драматический, интенсивный"
        ),
        (0.5, 0.0, 0.5): ("driving, relentless, propulsive, pumping, 强节奏, 推进, напористый, драйвовый, драйв"),
        (0.6, 0.7, 0.5): "upbeat, bouncy, peppy, perky, snappy, 朝气, 跳跃, зажигательный, ритмичный",
        (0.5, 0.5, 0.6): "danceable, dancing, festive, 热闹, 节日, танцевальный, праздничный",
        (0.1, 0.2, 0.2): "groovy, cool, slick, 律动, 酷, грувовый, качающий, крутой",
        (0.1, 0.5, 0.6): "anthemic, stadium, стадионный, гимн",
        (0.0, 0.0, 0.4): "big, huge, full, lush, 大气, 饱满, огромный, насыщенный, пышный",
        (0.1, 0.0, 0.5): "loud, noisy, 响亮, 大声, громко, громкий, шумный",
        (-0.4, -0.3, -0.2): "дождливый, осенний, 秋天, 雨天, 雨夜, autumnal, wintry, зимний",
        (-0.2, -0.3, 0.0): ("nocturnal, midnight, late-night, late night, 深夜, 夜晚, 午夜, ночной, полуночный"),
    }
)
