"""A front end of two simple counters: a phone a letter, a syllable a run of vowels; for tests of what only counts."""

from __future__ import annotations

import re

from diffrhythm.reading import counted

reader = counted(
    lambda line: len(re.findall(r"[a-z]", line.lower())) + 2 * len(re.findall(r"[\u4e00-\u9fa5]", line)),
    lambda line: len(re.findall(r"[aeiouy]+|[\u4e00-\u9fa5]", line.lower())),
)
