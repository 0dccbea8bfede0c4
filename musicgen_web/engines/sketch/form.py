"""The form: which sections a song has, how many bars each, at which tempo, so that it fills its time exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from musicgen_web.engines.sketch.marks import Mark, read_marks
from musicgen_web.engines.sketch.measure import Measure, likely_tempos, measure
from musicgen_web.engines.sketch.metre import METRES, Metre
from musicgen_web.engines.sketch.score import Section
from musicgen_web.engines.sketch.style import Style
from musicgen_web.engines.sketch.wishes import Wishes

ENERGIES = {
    "intro": 0.38, "verse": 0.52, "pre-chorus": 0.64, "chorus": 0.8, "bridge": 0.5, "solo": 0.74, "inst": 0.62,
    "outro": 0.42, "ending": 0.5,
}  # fmt: skip
_I, _V, _P, _C, _B, _S, _N, _O, _E = (
    "intro",
    "verse",
    "pre-chorus",
    "chorus",
    "bridge",
    "solo",
    "inst",
    "outro",
    "ending",
)
_SHORTEST: tuple[str, ...] = (_C, _E)
_TEMPLATES: tuple[tuple[str, ...], ...] = (
    (_I, _V, _C, _E),
    (_I, _V, _C, _V, _C, _E),
    (_I, _V, _C, _V, _C, _B, _C, _E),
    (_I, _V, _P, _C, _V, _P, _C, _B, _C, _C, _E),
    (_I, _V, _P, _C, _N, _V, _P, _C, _B, _C, _C, _O),
    (_I, _V, _P, _C, _N, _V, _P, _C, _B, _S, _C, _C, _O),
)
_FEW = 9  # bars: no more than one thing to say
_HOOK = 15.5  # seconds: in so short a song there is time for one thing
_MIDDLE = ("verse", "chorus", "solo", "bridge")
_LONG_TAIL = 12  # bars after which the last timed section gets an outro of its own


@dataclass(frozen=True, slots=True)
class Form:
    """The time of a song. `bars` counts the last one, a fermata of whatever time is left."""

    bpm: float  # quarter notes a minute; `tempo` is what people say
    metre: Metre
    bars: int
    sections: tuple[Section, ...]
    tempo_map: tuple[tuple[float, float], ...]
    stanzas: tuple[int | None, ...] = ()  # for each section, which stanza of the lyrics it sings

    @property
    def beats_per_bar(self) -> int:
        return self.metre.beats

    @property
    def tempo(self) -> float:
        """Counted beats a minute: dotted quarters in 6/8."""
        return self.bpm / self.metre.pulse


def lay_out(wishes: Wishes, style: Style, *, duration: float, lyrics: str, seed: int) -> Form:
    """Choose tempo and sections so that whole bars and a last ringing chord fill the duration."""
    marks = read_marks(lyrics, duration)
    metre = METRES[wishes.metre or style.metre]
    if wishes.bpm and metre.beats * 60 / (wishes.bpm * metre.pulse) > duration - 1.0 and metre.beats > 2 * metre.pulse:
        metre = METRES["2/4"]  # very short and very slow: a smaller bar still fits
    options = [measure(style, tempo * metre.pulse, metre, duration) for tempo in likely_tempos(wishes, style, seed)]
    costs = {option: _cost(option, marks, duration) + rank * 0.05 for rank, option in enumerate(options)}
    best = min(options, key=lambda option: costs[option])
    lengths = _lengths(marks, best, duration)
    sections = _sections(lengths, best, wishes, style, {} if marks else style.titles)
    stanzas = tuple(mark.stanza for mark, _ in lengths)
    return Form(best.bpm, metre, best.bars, sections, best.tempo_map(duration), stanzas)


def _cost(option: Measure, marks: Sequence[Mark], duration: float) -> float:
    """Say how badly a tempo divides the song: sections that are no multiples of four bars, a strange last chord."""
    lengths = _lengths(marks, option, duration)
    odd = sum(_oddness(mark, bars, option.usual) for mark, bars in lengths) / math.sqrt(len(lengths))
    strange_ring = max(0.0, abs(option.ring - option.ring_wanted) - 0.6)
    off_grid = sum(abs(m.time / option.bar - round(m.time / option.bar)) for m in marks if m.time is not None)
    return odd + strange_ring * 0.8 + off_grid * 2.0 + _unevenness(lengths)


def _unevenness(lengths: Sequence[tuple[Mark, int]]) -> float:
    """Say how unlike each other the sections are that sing as many lines: a chorus returns as long as it was."""
    alike: dict[tuple[str, int], list[int]] = {}
    for mark, bars in lengths:
        if mark.lines:
            alike.setdefault((mark.kind, mark.lines), []).append(bars)
    return 0.2 * sum(max(bars) - min(bars) for bars in alike.values())


def _oddness(mark: Mark, bars: int, usual: Mapping[str, int]) -> float:
    """Say how strange a length is: no multiple of four bars, not the round of a style's progression, not the usual;
    with words, not what they need."""
    off = (0.25 if mark.lines else 0.02) * abs(bars - _usual(mark, usual))
    if bars % _round(mark, usual) == 0:
        return off
    return off + (0.6 if bars % 2 == 0 else 1.5)


def _lengths(marks: Sequence[Mark], option: Measure, duration: float) -> list[tuple[Mark, int]]:
    if any(mark.time is not None for mark in marks):
        return _timed(marks, option)
    if marks:
        return _shared(_completed(marks, option.bars, option.usual), option.bars, option.usual)
    kinds = _SHORTEST
    if option.bars > _FEW and duration > _HOOK:
        kinds = min(_TEMPLATES, key=lambda kinds: abs(sum(option.usual[kind] for kind in kinds) - option.bars))
    return _shared([Mark(kind, kind, None) for kind in kinds], option.bars, option.usual)


def _completed(marks: Sequence[Mark], bars: int, usual: Mapping[str, int]) -> list[Mark]:
    """Add what a song needs beside the tagged sections: a beginning, an end, and more of the middle when it is long."""
    known = list(marks)
    natural = sum(max(_usual(mark, usual), usual[mark.kind]) for mark in known)
    middle = [mark for mark in known if mark.kind in _MIDDLE] or known
    if bars >= 12 and known[0].kind not in ("intro", "inst"):
        known.insert(0, Mark("intro", "intro", None))
    is_ended = known[-1].kind in ("outro", "ending")
    tail = [known.pop()] if is_ended else ([Mark("ending", "ending", None)] if bars >= 6 else [])
    refrain = [mark for mark in middle if mark.kind == "chorus" and mark.lines][-1:]
    more = [Mark("solo", "solo", None), *refrain] if refrain else [Mark("inst", "inst", None), *middle]
    while natural < bars * 0.55 and len(known) < 40:
        known += more
        natural += sum(max(_usual(mark, usual), usual[mark.kind]) for mark in more)
        more = [Mark("inst", "inst", None), *middle]
    return known + tail


def _shared(marks: list[Mark], bars: int, usual: Mapping[str, int]) -> list[tuple[Mark, int]]:
    """Share the bars out by what each kind of section usually takes, in fours where it can be."""
    marks = _fewest(marks, bars)
    share = bars / sum(_usual(mark, usual) for mark in marks)
    unit = 4 if bars >= 20 else 2 if bars >= 8 else 1
    units = [_unit(mark, unit, bars // len(marks), usual) for mark in marks]
    lengths = [
        max(1, round(_usual(mark, usual) * share / size) * size) for mark, size in zip(marks, units, strict=True)
    ]
    order = sorted(range(len(marks)), key=lambda index: (_FLEXIBLE.index(marks[index].kind), -index))
    while (left := bars - sum(lengths)) != 0:
        step = _step(left, unit)
        fitting = [i for i in order if _fits(_usual(marks[i], usual), lengths[i], step, share)]
        whole = [i for i in fitting if step % max(units[i], 4) == 0 or _is_free(marks[i])]
        index = next(iter(whole or [i for i in fitting if step % 4 == 0]), None)
        if index is None:
            step = 1 if left > 0 else -1
            index = min((i for i in order if lengths[i] + step >= 1), key=lambda i: not _is_free(marks[i]))
        lengths[index] += step
        order.append(order.pop(order.index(index)))
    return list(zip(marks, lengths, strict=True))


_FLEXIBLE = ("ending", "outro", "intro", "inst", "solo", "pre-chorus", "bridge", "verse", "chorus")


def _usual(mark: Mark, usual: Mapping[str, int]) -> int:
    """Return the bars a section takes when nothing presses: what its lines need, or its kind."""
    return mark.bars or usual[mark.kind]


def _round(mark: Mark, usual: Mapping[str, int]) -> int:
    """Return how many bars belong together in a section: four, or twelve where a style says so."""
    return 12 if usual[mark.kind] % 12 == 0 else 4


def _unit(mark: Mark, unit: int, room: int, usual: Mapping[str, int]) -> int:
    if _is_free(mark):
        return min(unit, 2)
    size = _round(mark, usual)
    return size if unit == 4 and room * 2 >= size else unit


def _is_free(mark: Mark) -> bool:
    """Whether a section may have any number of bars."""
    return mark.kind in ("ending", "outro", "intro")


def _step(left: int, unit: int) -> int:
    size = next(size for size in (unit, 2, 1) if abs(left) >= size)
    return size if left > 0 else -size


def _fits(usual: int, length: int, step: int, share: float) -> bool:
    return max(1, usual // 2) <= length + step <= max(usual * 2, usual * share + 2)


def _fewest(marks: list[Mark], bars: int) -> list[Mark]:
    """Leave out sections when there are more than bars: the beginning and the end first, then from the back."""
    marks = list(marks)
    for kind in ("inst", "intro", "outro", "ending", "pre-chorus"):
        marks = marks if len(marks) <= bars // 2 else [mark for mark in marks if mark.kind != kind] or marks[:1]
    return marks[: max(1, bars)]


def _timed(marks: Sequence[Mark], option: Measure) -> list[tuple[Mark, int]]:
    """Begin each section at the bar nearest to its time; untimed sections share the room of the timed one before."""
    found: list[tuple[Mark, int]] = []
    starts: list[tuple[int, list[Mark]]] = [(0, [])]
    for mark in marks:
        if mark.time is None:
            starts[-1][1].append(mark)
            continue
        bar = min(round(mark.time / option.bar), option.bars - 1)
        if bar > starts[-1][0]:
            starts.append((bar, [mark]))
        elif not starts[-1][1]:
            starts[-1] = (starts[-1][0], [mark])
    for (bar, group), end in zip(starts, [bar for bar, _ in starts[1:]] + [option.bars], strict=True):
        found += _shared(group or [Mark("intro", "intro", None)], end - bar, option.usual)
    last, length = found[-1]
    sung = max(8, _usual(last, option.usual))
    if length > max(_LONG_TAIL, sung + 2) and last.kind not in ("outro", "ending"):
        tail = ("outro",) if length - sung <= _LONG_TAIL else ("inst", "solo", "outro")
        found[-1:] = [(last, sung), *_shared([Mark(kind, kind, None) for kind in tail], length - sung, option.usual)]
    return found


def _sections(
    lengths: list[tuple[Mark, int]], option: Measure, wishes: Wishes, style: Style, titles: Mapping[str, str]
) -> tuple[Section, ...]:
    kinds = [mark.kind for mark, _ in lengths]
    energies = {**ENERGIES, **style.energies}
    peak = max((index for index, kind in enumerate(kinds) if kind == "chorus"), default=len(kinds) - 1)
    sections = []
    start = 0
    for index, (mark, bars) in enumerate(lengths):
        nth, total = kinds[: index + 1].count(mark.kind), kinds.count(mark.kind)
        energy = energies[mark.kind] + 0.05 * (nth - 1)
        energy = 1.0 if index == peak and total > 1 else min(energy, 0.92)
        energy = min(max(energy + 0.22 * wishes.energy - (0.02 if index != peak else 0.0), 0.05), 1.0)
        title = titles.get(mark.kind, mark.kind)
        name = mark.name if mark.name != mark.kind else f"{title} {nth}" if total > 1 else title
        sections.append(Section(name, mark.kind, float(start * option.beats), float(bars * option.beats), energy))
        start += bars
    return tuple(sections)
