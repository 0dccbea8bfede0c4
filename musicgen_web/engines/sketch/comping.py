"""Who accompanies: chords in patterns, broken chords, pads and counter lines that leave room for the lead.

Patterns: C chord, c softer, u its upper notes, A the next chord ahead of its beat, B low note and chord, b low note,
1–5 single voices, - silence; or a manner of `manners.py`. For a whole song: pad (held chords), drone (tonic and fifth
under every chord), counter (one slow voice above), bloom (a voice that enters inside long chords), flicker (chords
broken faster than anybody could play), cascade (a run through the scale into every fourth bar).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from musicgen_web.engines.sketch import power
from musicgen_web.engines.sketch.chance import chance
from musicgen_web.engines.sketch.harmony import Change
from musicgen_web.engines.sketch.manners import bar_for
from musicgen_web.engines.sketch.metre import STEP
from musicgen_web.engines.sketch.plan import Bar, Plan
from musicgen_web.engines.sketch.runs import cascade, flicker
from musicgen_web.engines.sketch.score import Note
from musicgen_web.engines.sketch.style import Player

SUNG_CEILING = 67  # MIDI number: above, nobody accompanies a voice
SUNG_SOFTER = 0.075  # of velocity, 1.5 dB
_MARKS = "CcuABb12345-"
AHEAD = 0.5  # beats: how long before a chord its strokes may come
_DRY = {*power.LOWEST, "muted_guitar", "clavinet", "brass"}  # what is let go where the pattern says so
_STRUM = {
    "steel_guitar": 0.022, "nylon_guitar": 0.03, "electric_guitar": 0.02, "muted_guitar": 0.012, "crunch_guitar": 0.012,
    "piano": 0.006, "rhodes": 0.008,
}  # fmt: skip
"""Beats between the strings."""


def accompany(plan: Plan, player: Player) -> tuple[Note, ...]:
    """Play the chords of the whole song, on the grid."""
    manner = _MANNERS.get(player.pattern(0.5), _pattern)
    notes: list[Note] = []
    for run in _runs(plan, player):
        notes += manner(plan, player, run)
    return tuple(_leaving_room(plan, notes)) if plan.sung else tuple(notes)


def _leaving_room(plan: Plan, notes: list[Note]) -> Iterator[Note]:
    """Play softer and lower while a voice sings: what would lie above goes an octave down, where nobody is yet."""
    struck = {(note.start, note.pitch) for note in notes}
    for note in notes:
        if not plan.is_sung(note.start):
            yield note
            continue
        is_above = note.pitch > SUNG_CEILING
        if not (is_above and (note.start, note.pitch - 12) in struck):
            pitch = note.pitch - 12 if is_above else note.pitch
            yield replace(note, pitch=pitch, velocity=max(0.05, note.velocity - SUNG_SOFTER))


def _runs(plan: Plan, player: Player) -> Iterator[list[Bar]]:
    """Yield the stretches of bars a player plays without a pause; the last chord belongs to whoever plays before it."""
    run: list[Bar] = []
    for bar in plan.bars:
        if player.plays(bar.section.kind, bar.energy) or (bar.is_final and (run or player.enters <= 0.0)):
            run.append(bar)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _pattern(plan: Plan, player: Player, run: list[Bar]) -> Iterator[Note]:
    events = [event for bar in run for event in _events(plan, player, bar)]
    for index, (start, mark, bar) in enumerate(events):
        if mark == "-":
            continue
        end = events[index + 1][0] if index + 1 < len(events) else run[-1].start + run[-1].beats
        change = _meant(plan, start, mark)
        if mark in "12345b" and player.instrument not in _DRY:  # broken chords ring until the chord changes
            end = min(max(end, start + 1.5), change.end)
        end = min(max(end, start + STEP), change.end, plan.final if start < plan.final else plan.end)
        yield from _struck(plan, player, start, end, mark, bar)


def _meant(plan: Plan, start: float, mark: str) -> Change:
    """Return the chord that a stroke belongs to; one ahead of its beat belongs to the next."""
    change = plan.change(start)
    return plan.after(start) if mark == "A" and change.end - start <= AHEAD else change


def _events(plan: Plan, player: Player, bar: Bar) -> list[tuple[float, str, Bar]]:
    if bar.is_final:
        return [(bar.start, "B", bar)]
    metre = plan.form.metre
    pattern = bar_for(player, plan.style, metre, bar.energy, bar.within + bar.occurrence)
    marks = {step: mark for step, mark in enumerate(pattern) if mark in _MARKS}
    if bar.within % 8 == 7 or bar.left == 0:
        marks = _turned(plan, player, bar, marks)
    for change in plan.within(bar.start, bar.start + bar.beats):
        step = round((change.start - bar.start) / STEP)
        if step >= 0 and not _is_answered(step, marks, pattern):
            marks[step] = "1" if set(marks.values()) <= set("12345") and marks else "c"
    if bar.turn == "stop" and set(marks.values()) & set("CcuB"):
        marks = {step: mark for step, mark in marks.items() if step < plan.hole} | {plan.hole: "-"}
    return [(bar.start + step * STEP, mark, bar) for step, mark in sorted(marks.items())]


def _is_answered(step: int, marks: Mapping[int, str], pattern: str) -> bool:
    """Whether a pattern already says that there is a new chord: on its step, ahead of it, or off the beat after it."""
    after = set(range(step + 1, step + 5)) if "-" in pattern else set()
    return "A" in pattern or not marks.keys().isdisjoint({step - 1, step, *after})


def _turned(plan: Plan, player: Player, bar: Bar, marks: dict[int, str]) -> dict[int, str]:
    """Change the end of every eighth bar: push into the next bar, add a stroke, or stop and let it hang."""
    roll = chance(plan.seed, "turn", player.instrument, bar.number).random()
    last = plan.form.metre.last
    if bar.next_energy < bar.energy - 0.15 or roll < 0.3:
        return {step: mark for step, mark in marks.items() if step < max(last - 2, 1)}
    if roll < 0.65 and bar.energy > 0.5:
        push = bar.steps - 2
        return marks | {last: "c", push: "C"} if set(marks.values()) & set("Ccu") else marks | {push: "4"}
    return marks


def _struck(plan: Plan, player: Player, start: float, end: float, mark: str, bar: Bar) -> Iterator[Note]:
    change = _meant(plan, start, mark)
    if player.instrument in power.LOWEST:
        pitches, loud = power.pitches(player.instrument, change, mark), power.LOUDNESS.get(mark, power.OPEN)
    else:
        pitches = _pitches(change, mark, bar)
        loud = {"C": 0.74, "A": 0.74, "B": 0.74, "c": 0.6, "u": 0.54, "b": 0.7}.get(mark, 0.62)
    loud *= 0.78 + 0.26 * bar.energy
    if plan.form.metre.is_strong(start - bar.start):
        loud *= 1.06
    gap = _STRUM.get(player.instrument, 0.0)
    ring = 0.82 if bar.is_final else 1.0
    for place, pitch in enumerate(pitches):
        late = place * gap * (2.2 if bar.is_final else 1.0)
        stop = max(end, min(start + 3.0, change.end)) if mark == "B" and place == 0 and not bar.is_final else end
        length = max(0.12, (stop - start) * ring - late - 0.03)
        yield Note(start + late, length, pitch, min(1.0, loud * (1.0 - 0.03 * abs(len(pitches) - 1 - place))))


def _pitches(change: Change, mark: str, bar: Bar) -> tuple[int, ...]:
    voices = change.pitches
    if mark in "CA" and bar.energy < 0.45:
        return voices[:3]
    if mark in "12345":
        number = int(mark) - 1
        return ((*voices, voices[0] + 12 if voices[0] + 12 <= 79 else voices[-1])[min(number, len(voices))],)
    if mark == "u":
        return voices[-2:]
    if mark in "Bb":
        low = change.bass + 12 if change.bass < 36 else change.bass
        return (low,) if mark == "b" else (low, *[pitch for pitch in voices if pitch > low + 2])
    return voices


def _pad(plan: Plan, player: Player, run: list[Bar]) -> Iterator[Note]:
    """Hold chords; a voice that stays is not struck again."""
    held: dict[int, tuple[float, float]] = {}  # pitch → start, loudness
    start, end = run[0].start, run[-1].start + run[-1].beats
    for change in plan.within(start, end):
        begin = max(change.start, start)
        wanted = set(_held_voices(change, player))
        for pitch in [pitch for pitch in held if pitch not in wanted or begin - held[pitch][0] >= 16.0]:
            since, loud = held.pop(pitch)
            yield Note(since, begin - since, pitch, loud)
        for pitch in wanted - held.keys():
            held[pitch] = (begin, 0.5 + 0.2 * _bar_at(run, begin).energy)
    last = end if end < plan.end else plan.final + (plan.end - plan.final) * 0.75
    for pitch, (since, loud) in held.items():
        yield Note(since, last - since, pitch, loud)


def _held_voices(change: Change, player: Player) -> tuple[int, ...]:
    if player.pattern(0.5) == "drone":
        tonic = 48 + (change.key.tonic - 48 + 5) % 12 - 5
        return (tonic, tonic + 7) if (change.key.tonic + 7) % 12 in change.scale else (tonic, tonic + 12)
    lift = 12 if player.instrument == "glass_pad" and change.pitches[-1] <= 72 else 0
    return tuple(pitch + lift for pitch in change.pitches[-3:])


def _counter(plan: Plan, player: Player, run: list[Bar]) -> Iterator[Note]:
    """Sing one slow line over the chords, a third or a sixth apart from its own lower voice, by steps where it can."""
    start, end = run[0].start, run[-1].start + run[-1].beats
    before = 69
    for change in plan.within(start, end):
        begin, stop = max(change.start, start), min(change.end, end)
        tones = change.harmony.tones[1:] or change.harmony.tones
        options = [pitch for pitch in range(60, 77) if pitch % 12 in tones]
        top = min(
            options,
            key=lambda pitch: (abs(pitch - before) + (1.5 if pitch == before else 0) + 0.2 * abs(pitch - 68), pitch),
        )
        low = max((pitch for pitch in range(52, top - 2) if pitch % 12 in change.harmony.tones), default=top)
        loud = 0.5 + 0.25 * _bar_at(run, begin).energy
        if begin >= plan.final - 1e-6:
            stop = begin + (plan.end - begin) * 0.75
        passing = top + (1 if top < before else -1) * 2
        if (
            stop - begin >= 4
            and passing % 12 in change.scale
            and begin < plan.final
            and _bar_at(run, begin).energy > 0.6
        ):
            yield Note(begin, stop - begin - 1.0, top, loud)
            yield Note(stop - 1.0, 1.0, passing, loud * 0.9)
        else:
            yield Note(begin, stop - begin, top, loud)
        if low != top:
            yield Note(begin, stop - begin, low, loud * 0.85)
        before = top


def _bloom(plan: Plan, player: Player, run: list[Bar]) -> Iterator[Note]:
    """Let a high voice open where a chord has been held for a while, and another one after it."""
    start, end = run[0].start, run[-1].start + run[-1].beats
    before = 76
    for change in plan.within(start, end):
        begin, stop = max(change.start, start), min(change.end, end, plan.final)
        rng = chance(plan.seed, "bloom", player.instrument, round(begin))
        place = 0.25 + 0.25 * float(rng.random())
        while stop - begin >= 4.0 and place < 0.85:
            at = begin + float(round(place * (stop - begin)))
            options = [pitch for pitch in range(69, 84) if pitch % 12 in change.harmony.tones and pitch != before]
            before = min(options, key=lambda pitch: (abs(pitch - before) + 4.0 * float(rng.random()), pitch))
            if stop - at >= 1.5:
                yield Note(at, stop - at, before, 0.42 + 0.2 * _bar_at(run, at).energy)
            place += 0.35


def _bar_at(run: list[Bar], beat: float) -> Bar:
    return run[min(len(run) - 1, max(0, int((beat - run[0].start + 1e-6) // run[0].beats)))]


_MANNERS: dict[str, Callable[[Plan, Player, list[Bar]], Iterator[Note]]] = {
    "pad": _pad,
    "drone": _pad,
    "counter": _counter,
    "bloom": _bloom,
    "flicker": flicker,
    "cascade": cascade,
}
