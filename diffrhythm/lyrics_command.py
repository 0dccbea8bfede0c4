"""`python -m diffrhythm lyrics check | time | tokens FILE`: what will be sung, and when."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from diffrhythm import edits, lrc, srt
from diffrhythm.errors import LyricsError
from diffrhythm.findings import Finding
from diffrhythm.lint import Linter, Report
from diffrhythm.phonemes import Pronouncer
from diffrhythm.readers import pronounced
from diffrhythm.spec import BASE_DURATION, FRAMES_PER_SECOND, MAX_DURATION
from diffrhythm.timing import FITS, time_lyrics

_MOST_MENDS = 500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which words follow `lyrics`."""
    actions = parser.add_subparsers(dest="action", metavar="check | time | tokens", required=True)
    check = actions.add_parser("check", help="say what will not be sung as it is written, and how to mend it")
    check.add_argument("--fix", action="store_true", help="write the mended lyrics instead of the findings")
    check.add_argument("--upstream", action="store_true", help="for the model's own program, which drops the last line")
    time = actions.add_parser("time", help="give every line a time, for a song of this length")
    time.add_argument("--tempo", type=_number(40, 240), metavar="BPM", help="beats a minute; chosen if not given")
    time.add_argument("--format", choices=("lrc", "srt", "plain"), default="lrc", help="how to write them (lrc)")
    tokens = actions.add_parser("tokens", help="show the frame each line begins at, and its sounds")
    for action in (check, time, tokens):
        action.add_argument(
            "file", metavar="FILE", help="lyrics as plain words, LRC or SRT; - reads them from the input"
        )
        action.add_argument(
            "--duration", type=_number(5, MAX_DURATION), default=float(BASE_DURATION), metavar="SECONDS",
            help=f"how long the song is, 5 to {MAX_DURATION} ({BASE_DURATION})",
        )  # fmt: skip
        action.add_argument("--json", action="store_true", help="for programs")


def run(given: argparse.Namespace) -> int:
    """Do it. 0: nothing to say; 1: findings, or words that do not fit; 2: called wrongly."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        text = _read(given.file)
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is no text in UTF-8" if isinstance(error, UnicodeDecodeError) else (error.strerror or "it fails")
        _say(f"{given.file} cannot be read: {reason}.", sys.stderr)
        return 2
    try:
        if srt.is_srt(text):
            text = lrc.write(srt.parse(text))
        with Pronouncer() as pronouncer:
            return _ACTIONS[given.action](text, given, pronouncer)
    except LyricsError as error:
        if given.json:
            _say_json({"code": error.code, "errors": [asdict(problem) for problem in error.problems]})
        else:
            for problem in error.problems:
                _say(f"{given.file}:{problem.line}: {problem.message}", sys.stderr)
            _say(error.recovery, sys.stderr)
        return 1


def _check(text: str, given: argparse.Namespace, pronouncer: Pronouncer) -> int:
    linter = Linter(pronounced(pronouncer))
    report = linter.lint(text, given.duration, as_upstream=given.upstream)
    if given.fix:
        for _ in range(_MOST_MENDS):
            fix = next((finding.fix for finding in report.findings if finding.fix), None)
            if fix is None:
                break
            text = edits.apply(text, *fix)
            report = linter.lint(text, given.duration, as_upstream=given.upstream)
        _say(text.rstrip("\n"))
    if given.json and not given.fix:
        findings = [finding.as_json() for finding in report.findings]
        _say_json({"duration": given.duration, "clean": report.is_clean, "findings": findings, "lines": _lines(report)})
    else:
        _tell(report, given.file, sys.stderr if given.fix else sys.stdout)
    return 0 if report.is_clean else 1


def _tell(report: Report, name: str, stream: TextIO) -> None:
    for finding in report.findings:
        place = f"{name}:{finding.line}:{finding.start + 1}"
        _say(f"{place}  {finding.severity:7}  {finding.message}{_mended(finding)}", stream)
    sung = sum(1 for line in report.lines if line.reading.tokens)
    if report.is_clean:
        _say(f"{name}: {sung} lines, all sung as they are written.", stream)
    else:
        count = len(report.findings)
        _say(f"{name}: {sung} lines, {count} {'finding' if count == 1 else 'findings'}.", stream)


def _mended(finding: Finding) -> str:
    told = "; ".join(map(edits.in_words, finding.fix[:3]))
    return f"\n{'':9}-> {told}{' …' if len(finding.fix) > 3 else ''}" if told else ""


def _time(text: str, given: argparse.Namespace, pronouncer: Pronouncer) -> int:
    timing = time_lyrics(text, given.duration, pronounced(pronouncer), given.tempo)
    written = {"lrc": lrc.write, "srt": srt.write, "plain": lrc.plain}[given.format]
    told = None if timing.lyrics is None else written(timing.lyrics)
    if given.json:
        _say_json({"lyrics": told, "tempo": timing.tempo, "duration": given.duration, "fit": asdict(timing.fit)})
    else:
        if told is not None:
            _say(told.rstrip("\n"))
        if timing.fit.verdict != FITS:
            _say(str(timing.fit), sys.stderr)
    return 0 if timing.fit.verdict == FITS else 1


def _tokens(text: str, given: argparse.Namespace, pronouncer: Pronouncer) -> int:
    report = Linter(pronounced(pronouncer)).lint(text, given.duration)
    if any(finding.kind == "broken" for finding in report.findings):
        lrc.parse(text)
    phones = [line.phones for line in pronouncer.lines([sung.line.text for sung in report.lines])]
    if given.json:
        lines = [{**line, "phones": own} for line, own in zip(_lines(report), phones, strict=True)]
        _say_json({"duration": given.duration, "frames": report.room.frames, "lines": lines})
        return 0
    _say(f"{'line':>4} {'start':>8} {'frame':>5} {'late':>4} {'sounds':>6}")
    for sung, own in zip(report.lines, phones, strict=True):
        place, cells = sung.place, "       -     -    -"
        if place is not None:
            cells = f"{place.start / FRAMES_PER_SECOND:>8.2f} {place.start:>5} {place.late:>4}"
        _say(f"{sung.line.number:>4} {cells} {sung.reading.tokens:>6}  {sung.line.text}\n{'':32}{' '.join(own)}")
    return 0


def _lines(report: Report) -> list[dict[str, object]]:
    told: list[dict[str, object]] = []
    for sung in report.lines:
        place = sung.place
        told.append(
            {
                "line": sung.line.number,
                "time": sung.line.time,
                "text": sung.line.text,
                "syllables": sung.reading.syllables,
                "tokens": sung.reading.tokens,
                "start": None if place is None else round(place.start / FRAMES_PER_SECOND, 3),
                "frame": None if place is None else place.start,
                "late": None if place is None else place.late,
                "sung": 0 if place is None else place.written,
            }
        )
    return told


_ACTIONS = {"check": _check, "time": _time, "tokens": _tokens}


def _read(name: str) -> str:
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    return data.decode("utf-8-sig")


def _number(least: float, most: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no number from {least:g} to {most:g}")
        return value

    return number


def _say(text: str, stream: TextIO | None = None) -> None:
    (stream or sys.stdout).write(f"{text}\n")


def _say_json(told: dict[str, object]) -> None:
    _say(json.dumps(told, ensure_ascii=False, indent=2))
