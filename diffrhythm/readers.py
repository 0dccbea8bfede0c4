"""Lines read by the real front end: the one place where the timer and the lint meet the phonemes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from diffrhythm.findings import ERROR, HINT, WARNING
from diffrhythm.phonemes import Pronouncer, Pronunciation, notices
from diffrhythm.reading import Reader, Reading, Remark

_SEVERITIES = {notices.SPELLED_OUT: WARNING, notices.LEFT_OUT: WARNING, notices.RARE_CHARACTER: WARNING}


def pronounced(pronouncer: Pronouncer) -> Reader:
    """Make a reader of the front end; it asks espeak once for all lines that are new."""

    def read(lines: Sequence[str]) -> list[Reading]:
        return [_reading(line) for line in pronouncer.lines(lines)]

    return read


def _reading(line: Pronunciation) -> Reading:
    syllables = sum(phone.is_nucleus for run in line.runs for phone in run.phones)
    return Reading(len(line.ids), syllables, tuple(_remarks(line)))


def _remarks(line: Pronunciation) -> Iterator[Remark]:
    if line.refusal:
        yield Remark(ERROR, line.refusal.message, line.refusal.suggestion)
    for notice in line.notices:
        if notice.code != notices.BY_RULE:  # says something about this machine, not about the line
            yield Remark(_SEVERITIES.get(notice.code, HINT), notice.message, notice.suggestion)
