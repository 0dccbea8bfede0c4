"""Words for the time a song shall sound of, in English, Chinese and Russian."""

from __future__ import annotations

from musicgen_web.engines.sketch.vocabulary.inflection import table

ERAS: dict[str, str] = table(
    {
        "50s": "50s, 50's, 1950s, 1950's, fifties, 五十年代, 50年代, пятидесятые, 50-е, 50-х, 1950-е, 1950-х",
        "60s": ("60s, 60's, 1960s, 1960's, sixties, 六十年代, 60年代, шестидесятые, 60-е, 60-х, 1960-е, 1960-х"),
        "70s": ("70s, 70's, 1970s, 1970's, seventies, 七十年代, 70年代, семидесятые, 70-е, 70-х, 1970-е, 1970-х"),
        "80s": ("80s, 80's, 1980s, 1980's, eighties, 八十年代, 80年代, восьмидесятые, 80-е, 80-х, 1980-е, 1980-х"),
        "90s": "90s, 90's, 1990s, 1990's, nineties, 九十年代, 90年代, девяностые, 90-е, 90-х, 1990-е, 1990-х",
        "2000s": "2000s, 2000's, 00s, noughties, y2k, 两千年代, 2000年代, 千禧年, нулевые, 2000-е, 2000-х",
        "vintage": (
            "vintage, retro, old-school, oldschool, old school, old-fashioned, old-time, oldies, antique, "
            "throwback, 复古, 老式, 怀旧风, 老派, 老歌, винтажный, винтаж, ретро, старомодный, старая школа, "
            "олдскул"
        ),
        "modern": (
            "modern, contemporary, current, futuristic, present-day, 现代, 当代, 未来感, 时尚, современный, "
            "футуристический, модный"
        ),
    }
)
