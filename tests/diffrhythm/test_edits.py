"""An edit changes its line and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffrhythm import lrc
from diffrhythm.edits import (
    AddLine,
    Edit,
    MoveTime,
    ReplaceSpan,
    ReplaceText,
    ShiftTimes,
    SplitLine,
    apply,
    as_json,
    in_words,
    words_at,
)

TEXT = "[ti:Boats]\r\n[offset:500]\r\n\r\n [00:10.00] [00:20.00]  Paper boats \r\n[Chorus]\r\nplain\r\n"


@pytest.mark.parametrize(
    ("edit", "before", "after"),
    [
        (ReplaceText(4, "Tin boats"), "Paper boats", "Tin boats"),
        (ReplaceText(6, ""), "plain", ""),
        (ReplaceSpan(6, 0, 2, "ex"), "plain", "exain"),
        (MoveTime(4, 19.5, 21.0), "[00:20.00]", "[00:21.50]"),
        (MoveTime(6, None, 30.0), "plain", "[00:30.50]plain"),
        (ShiftTimes(9.5, 1.25), "[00:10.00] [00:20.00]", "[00:11.25] [00:21.25]"),
        (ShiftTimes(15.0, -1.25), "[00:20.00]", "[00:18.75]"),
        (SplitLine(6, ((1.0, "pl"), (2.0, "ain"))), "plain", "[00:01.50]pl\r\n[00:02.50]ain"),
        (AddLine(50.0, "end"), "plain\r\n", "plain\r\n[00:50.50]end\r\n"),
        (AddLine(15.0, after=5), "[Chorus]\r\n", "[Chorus]\r\n[00:15.50]\r\n"),
    ],
)
def test_each_kind_of_edit_leaves_the_rest_as_it_was_typed(edit: Edit, before: str, after: str) -> None:
    assert apply(TEXT, edit) == TEXT.replace(before, after)
    assert in_words(edit)
    assert json.loads(json.dumps(as_json(edit)))["kind"]


def test_a_place_that_is_not_there_is_refused() -> None:
    for edit in (ReplaceText(40, "x"), MoveTime(4, 99.0, 1.0)):
        with pytest.raises(ValueError, match="no "):
            apply(TEXT, edit)


def test_words_stand_behind_their_brackets() -> None:
    assert words_at(" [00:10.00] <00:10.10> [x] words [y] ") == (27, 36)
    assert words_at("[00:10.00]") == (10, 10)


TIMES = st.integers(0, 5_000).map(lambda hundredths: hundredths / 100)


@settings(max_examples=40)
@given(st.lists(TIMES, min_size=1, max_size=6), TIMES, st.integers(0, 3_000), st.integers(-300, 300))
def test_a_shift_moves_the_lines_from_there_on_and_no_other(
    times: list[float], since: float, by: int, offset: int
) -> None:
    text = f"[offset:{offset}]\n" + "".join(f"{lrc.stamp(time)}la\n" for time in times)
    before = [line.time or 0.0 for line in lrc.parse(text).lines]
    after = [line.time for line in lrc.parse(apply(text, ShiftTimes(since, by / 100))).lines]
    moved = [time + by / 100 if time >= since - 0.000_5 else time for time in before]
    assert after == pytest.approx(sorted(moved), abs=0.000_6)
