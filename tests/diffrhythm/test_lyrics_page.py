"""docs/lyrics.md is true: its examples run and answer as they are printed, its tables are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from diffrhythm import gaps, timeline
from diffrhythm.__main__ import main
from diffrhythm.findings import KINDS
from diffrhythm.lrc import parse

PAGE = (Path(__file__).parents[2] / "docs" / "lyrics.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_every_example_on_the_command_line_answers_as_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = 0
    for kind, name, content in BLOCKS:
        if kind == "text" and name:
            Path(name).write_text(content, encoding="utf-8")
        elif kind == "console":
            command, _, answer = content.partition("\n")
            main(command.removeprefix("$ python -m diffrhythm ").split())
            told = capsys.readouterr()
            printed = [line.rstrip() for line in (told.out + told.err).splitlines()]
            assert printed == [line.rstrip() for line in answer.splitlines()]
            ran += 1
    assert ran >= 4


def test_every_example_in_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    programs = [content for kind, _, content in BLOCKS if kind == "python"]
    assert len(programs) >= 3
    for program in programs:
        exec(compile(program, "docs/lyrics.md", "exec"), {})
        assert capsys.readouterr().out


def test_every_finding_has_its_row() -> None:
    section = PAGE.split("\n## The lint")[1]
    assert tuple(re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE)) == KINDS
    for limit in (
        f"over {gaps.LONGEST_GAP:g} seconds",
        f"({gaps.LONGEST_BREAK:g} where",
        f"{gaps.LONGEST_TAIL:g} at the end",
        f"more than {timeline.DENSEST:g} syllables a second",
        f"more than {timeline.LONGEST_LINE} syllables in one breath",
    ):
        assert limit in section


def test_every_way_to_write_a_line_is_read() -> None:
    section = PAGE.split("\n## Writing them")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    assert len(cells) >= 6
    for written in re.findall(r"`([^`]+)`", " ".join(cells)):
        parse(written)
