"""What the model will really do with each line of a lyric, and how to mend what will not be sung as it is written."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diffrhythm import lrc, spelling, timeline
from diffrhythm.edits import ReplaceSpan, ReplaceText, raw_lines, words_at
from diffrhythm.errors import LyricsError, Problem
from diffrhythm.findings import ERROR, Finding
from diffrhythm.lrc import LyricLine
from diffrhythm.placement import Window, place, window
from diffrhythm.reading import SILENT, Reader, Reading
from diffrhythm.repair import repaired
from diffrhythm.sung import Sung

_KEPT_LINES = 4_096


@dataclass(frozen=True, slots=True)
class Report:
    """The lines in the order they are sung, and the findings in the order of the text."""

    room: Window
    lines: tuple[Sung, ...]
    findings: tuple[Finding, ...]

    @property
    def is_clean(self) -> bool:
        return not self.findings


class Linter:
    """Looks over lyrics as they are written: remembers every line it has read, so that one changed line costs one."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: OrderedDict[str, tuple[Reading, tuple[spelling.Note, ...]]] = OrderedDict()

    def lint(self, text: str, duration: float, *, as_upstream: bool = False) -> Report:
        """Say what will happen to these lyrics in a song of so many seconds. It never raises for what is written.

        `as_upstream` says what the model's own program would do: it drops the last line of a song of 95 seconds, stops
        at a time without words, and sings a section tag that has a time.
        """
        room = window(duration, as_upstream=as_upstream)
        raws = raw_lines(text)
        try:
            lyrics = lrc.parse(text)
        except LyricsError as error:
            return Report(room, (), tuple(_broken(problem, raws) for problem in error.problems))
        lines = [line for line in lyrics.lines if line.section is None]
        self._read([line.text for line in lines])
        readings = [self._known[line.text][0] if line.text else SILENT for line in lines]
        sung = _placed(lines, readings, room)
        found = [*self._written(lines, raws), *timeline.findings(lyrics.lines, sung, room, raws)]
        if as_upstream:
            found += _only_ours(lyrics.lines, raws)
        return Report(room, tuple(sung), tuple(sorted(found, key=lambda finding: (finding.line, finding.start))))

    def _read(self, texts: Sequence[str]) -> None:
        fresh = [text for text in dict.fromkeys(texts) if text and text not in self._known]
        for text, reading in zip(fresh, self._reader(fresh) if fresh else (), strict=True):
            self._known[text] = reading, tuple(spelling.notes(text))
        for text in texts:
            if text:
                self._known.move_to_end(text)
        while len(self._known) > max(_KEPT_LINES, len(texts)):
            self._known.popitem(last=False)

    def _written(self, lines: Sequence[LyricLine], raws: Sequence[str]) -> Iterator[Finding]:
        """Say what is wrong with the words themselves, once for a line that is sung at several times."""
        for line in {line.number: line for line in lines if line.text}.values():
            reading, notes = self._known[line.text]
            start, end = words_at(raws[line.number - 1])
            for remark in reading.remarks:
                fix = () if remark.suggestion is None else (ReplaceText(line.number, remark.suggestion),)
                yield Finding("language", remark.severity, line.number, start, end, remark.message, fix)
            if any(remark.severity == ERROR for remark in reading.remarks):
                continue
            verbatim = raws[line.number - 1][start:end] == line.text
            for note in notes:
                columns = (start + note.start, start + note.end) if verbatim else (start, end)
                fix = (ReplaceText(line.number, note.repaired),)
                yield Finding(note.kind, note.severity, line.number, *columns, note.message, fix)


def _only_ours(lines: Sequence[LyricLine], raws: Sequence[str]) -> Iterator[Finding]:
    """Find what our songs leave silent and the model's own program does not."""
    for line in {line.number: line for line in lines if line.time is not None and not line.text}.values():
        raw = raws[line.number - 1]
        tag = "" if line.section is None else f"[{line.section}]"
        message = f"The model's own program {'sings this tag' if tag else 'stops here'}: it wants words behind a time."
        start, end = words_at(raw)
        fix = (ReplaceSpan(line.number, 0, len(raw), tag),) if start == end else ()
        yield Finding("upstream", ERROR, line.number, 0, len(raw), message, fix)


def _placed(lines: Sequence[LyricLine], readings: Sequence[Reading], room: Window) -> list[Sung]:
    timed = [
        (line.time, reading.tokens) for line, reading in zip(lines, readings, strict=True) if line.time is not None
    ]
    places = iter(place(timed, room))
    return [
        Sung(line, reading, None if line.time is None else next(places))
        for line, reading in zip(lines, readings, strict=True)
    ]


def _broken(problem: Problem, raws: Sequence[str]) -> Finding:
    raw = raws[problem.line - 1] if problem.line <= len(raws) else ""
    instead = repaired(raw)
    fix = () if instead is None else (ReplaceSpan(problem.line, 0, len(raw), instead),)
    return Finding("broken", ERROR, problem.line, 0, len(raw), problem.message, fix)
