"""What the front end has to say about a line: why it is not sung, or not sung as it is written, and what would help."""

from __future__ import annotations

from dataclasses import dataclass

NO_WORDS = "no_words"
FOREIGN_SCRIPT = "foreign_script"
RARE_CHARACTER = "rare_character"
SPELLED_OUT = "spelled_out"
LEFT_OUT = "left_out"
SWALLOWED = "swallowed"
BY_RULE = "by_rule"


@dataclass(frozen=True, slots=True)
class Notice:
    """One remark on a line. `suggestion` is the whole line as it could be written ("": leave it empty)."""

    code: str
    message: str
    suggestion: str | None = None
