"""What docs/lyrics.md says is so."""

from __future__ import annotations

import re
from pathlib import Path

from diffrhythm.phonemes import Pronouncer, notices

PAGE = (Path(__file__).parents[3] / "docs" / "lyrics.md").read_text(encoding="utf-8")


def table(first: str) -> list[list[str]]:
    """Return the rows of the table whose first column is called so."""
    _, _, rest = PAGE.partition(f"\n| {first} |")
    lines = rest.partition("\n\n")[0].splitlines()[2:]
    assert lines, f"no table begins with {first}"
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_each_refused_line_is_refused_with_the_suggestion_that_is_written_there(pronouncer: Pronouncer) -> None:
    for cell, _, suggestion in table("the line"):
        for line in quoted(cell):
            refusal = pronouncer.line(line).refusal
            expected = quoted(suggestion) or ([""] if "empty" in suggestion else [None])
            assert refusal and [refusal.suggestion] == expected, line


def test_each_notice_is_given_for_the_line_that_is_written_there(pronouncer: Pronouncer) -> None:
    rows = {quoted(code)[0]: quoted(example) for code, _, example in table("code")}
    refusals = {notices.NO_WORDS, notices.FOREIGN_SCRIPT}
    assert set(rows) == {value for name, value in vars(notices).items() if name.isupper()} - refusals
    for code, lines in rows.items():
        for line in lines:
            assert [notice.code for notice in pronouncer.line(line).notices] == [code]


def test_each_number_is_sung_as_is_written_there(pronouncer: Pronouncer) -> None:
    for number, words in [
        (number, words)
        for written, english, _ in table("written")
        for number, words in zip(quoted(written), english.partition(":")[0].split("; "), strict=False)
        if words and "…" not in words
    ]:
        one = words.split(", ")[0] if number not in ("$5.50", "1,234,567") else words
        assert pronouncer.line(f"oh {number} oh").phones == pronouncer.line(f"oh {one} oh").phones, number


def test_the_short_forms_named_there_are_spoken_in_full(pronouncer: Pronouncer) -> None:
    for written, sung in [("Rev it up", "reverend it up"), ("co-worker", "companyworker"), ("well-known", "wellknown")]:
        assert pronouncer.line(written).phones == pronouncer.line(sung).phones
    assert "co-worker" in PAGE and "well-known" in PAGE and "Rev it up" in PAGE
