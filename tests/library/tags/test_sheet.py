"""A sheet travels to the child whole, and its digest changes with every word of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from musicgen_web.library.tags import sheet as sheets
from musicgen_web.library.tags.sheet import Sheet


def test_a_sheet_comes_back_as_it_went(sheet: Sheet) -> None:
    assert Sheet.from_bytes(sheet.to_bytes()) == sheet


def test_every_word_is_in_the_digest(sheet: Sheet) -> None:
    changed = [
        replace(sheet, title="x"), replace(sheet, artist="x"), replace(sheet, date="2026-03-05"),
        replace(sheet, bpm=83), replace(sheet, key="C"), replace(sheet, lyrics="x"), replace(sheet, synced=()),
        replace(sheet, comment="x"), replace(sheet, receipt="{}"),
        replace(sheet, picture=replace(sheet.picture, hour=0)),
    ]  # fmt: skip
    assert len({sheet.digest, *(other.digest for other in changed)}) == len(changed) + 1
    assert Sheet.from_bytes(sheet.to_bytes()).digest == sheet.digest
    assert len(sheet.digest) == 16


@pytest.mark.parametrize("edition", ["EDITION", "COVER_EDITION"])
def test_another_way_of_writing_is_another_digest(sheet: Sheet, monkeypatch: pytest.MonkeyPatch, edition: str) -> None:
    before = sheet.digest
    monkeypatch.setattr(sheets, edition, "another")
    assert sheet.digest != before


def test_synced_lines_are_lrc(sheet: Sheet) -> None:
    timed = replace(sheet, synced=[(0.29, "a"), (3_661.0, "b")])
    assert timed.lrc == "[00:00.29]a\n[61:01.00]b"
    assert replace(sheet, synced=()).lrc == ""
