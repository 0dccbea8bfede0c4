"""python -m diffrhythm lyrics: what a person reads, what a program reads, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from diffrhythm.__main__ import main

PLAIN = "[Verse]\nLanterns drift across the bay\nrock & roll\n月光落在海面上\n"
FINE = "[00:05.00]Lanterns drift across the bay\n[00:09.00]hold on\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "song.txt"


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = main(["lyrics", *map(str, arguments)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_lyrics_that_are_well_say_so_and_end_with_0(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(FINE, encoding="utf-8")
    assert run(capsys, "check", file, "--duration", "30") == (
        0,
        f"{file}: 2 lines, all sung as they are written.\n",
        "",
    )


def test_findings_come_with_line_column_and_a_cure_and_end_with_1(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(FINE + "[00:15.00]rock & roll\n", encoding="utf-8")
    code, told, _ = run(capsys, "check", file, "--duration", "30")
    assert code == 1
    assert told.splitlines()[0].startswith(f"{file}:3:16  warning  & is not sung.")
    assert told.splitlines()[1].strip() == "-> write: rock and roll"
    assert told.splitlines()[-1] == f"{file}: 3 lines, 1 finding."


def test_fix_writes_the_mended_lyrics(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(FINE + "[00:99.00]rock & roll\n", encoding="utf-8")
    code, told, trouble = run(capsys, "check", file, "--duration", "110", "--fix")
    assert told == FINE + "[00:25.32]rock and roll\n", "a second over the minute, an ampersand, and a gap"
    assert code == 1 and "A song of 50 seconds would be long enough" in trouble
    assert run(capsys, "check", file, "--duration", "50", "--fix")[0] == 0


def test_plain_words_are_timed_and_then_they_are_well(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(PLAIN.replace("&", "and"), encoding="utf-8")
    code, timed, _ = run(capsys, "time", file, "--duration", "40")
    assert code == 0 and "月光落在海面上" in timed
    file.write_text(timed, encoding="utf-8")
    assert run(capsys, "check", file, "--duration", "40")[0] == 0
    assert "-->" in run(capsys, "time", file, "--duration", "40", "--format", "srt")[1]
    assert run(capsys, "time", file, "--duration", "40", "--format", "plain")[1] == PLAIN.replace("&", "and")


def test_words_that_do_not_fit_are_refused_with_what_would(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(PLAIN * 9, encoding="utf-8")
    code, told, trouble = run(capsys, "time", file, "--duration", "10")
    assert (code, told) == (1, "") and "too long" in trouble
    answer = json.loads(run(capsys, "time", file, "--duration", "10", "--json")[1])
    assert answer["lyrics"] is None and answer["fit"]["verdict"] == "too long" and answer["fit"]["least"] > 10


def test_everything_is_told_to_programs_too(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(FINE + "[00:15.00]rock & roll\n", encoding="utf-8")
    checked = json.loads(run(capsys, "check", file, "--duration", "30", "--json")[1])
    assert [finding["kind"] for finding in checked["findings"]] == ["characters"]
    assert checked["findings"][0]["fix"] == [{"kind": "replace_text", "line": 3, "text": "rock and roll"}]
    assert (checked["clean"], checked["lines"][0]["frame"]) == (False, 107)
    tokens = json.loads(run(capsys, "tokens", file, "--duration", "30", "--json")[1])
    assert tokens["frames"] == 645
    assert tokens["lines"][1]["phones"] == ["h", "oʊ", "l", "d", "_", "ɔ", "n"]


def test_tokens_are_shown_in_columns(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(FINE + "untimed\n", encoding="utf-8")
    code, told, _ = run(capsys, "tokens", file)
    assert code == 0
    assert told.splitlines()[3:5] == ["   2     8.96   193    0      8  hold on", " " * 32 + "h oʊ l d _ ɔ n"]
    assert told.splitlines()[5].startswith("   3        -     -    -")


def test_subtitles_are_read(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("1\n00:00:05,000 --> 00:00:07,000\nhold on\n", encoding="utf-8")
    assert run(capsys, "time", file, "--duration", "20")[1] == "[00:05.00]hold on\n[00:07.00]\n"


def test_broken_lines_are_named(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("fine\n[00:99.00]x\n", encoding="utf-8")
    code, told, trouble = run(capsys, "time", file)
    assert (code, told) == (1, "") and trouble.startswith(f"{file}:2: [00:99.00] has 99 seconds")
    answer = json.loads(run(capsys, "tokens", file, "--json")[1])
    assert (answer["code"], answer["errors"][0]["line"]) == ("INVALID_LYRICS", 2)


def test_the_input_is_read_for_a_dash(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO("\ufeff[00:05.00]月光\n".encode())))
    assert run(capsys, "check", "-", "--duration", "20")[:2] == (0, "-: 1 lines, all sung as they are written.\n")


@pytest.mark.parametrize(
    "arguments",
    [[], ["lyrics"], ["lyrics", "check"], ["lyrics", "check", "f", "--duration", "2"], ["sing", "f"],
     ["lyrics", "time", "f", "--tempo", "fast"]],
    ids=" ".join,
)  # fmt: skip
def test_a_wrong_call_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: python -m diffrhythm" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_ends_with_2(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "check", file)[0] == 2
    file.write_bytes(b"\xff\xfe")
    assert "UTF-8" in run(capsys, "check", file)[2]


def test_words_are_utf_8_whatever_the_terminal_says_and_help_loads_no_command(file: Path) -> None:
    file.write_text("[00:05.00]月光\n", encoding="utf-8")
    program = "import sys; from diffrhythm.__main__ import main; main(['lyrics', 'tokens', sys.argv[1]])"
    ran = subprocess.run(
        [sys.executable, "-c", program, file], capture_output=True, check=True, env={"PYTHONIOENCODING": "ascii"},
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert "月光" in ran.stdout.decode()
    program = (
        "import sys; from diffrhythm.__main__ import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
        "print([name for name in sys.modules if name.startswith('diffrhythm.')])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert ran.stdout.decode().splitlines()[-1] == "['diffrhythm.__main__']"
