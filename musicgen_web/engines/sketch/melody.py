"""The tune: themes laid over the form as questions and answers, and bent by the chords into pitches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from musicgen_web.engines.sketch.chance import chance
from musicgen_web.engines.sketch.contour import Aim, solve
from musicgen_web.engines.sketch.plan import Bar, Plan
from musicgen_web.engines.sketch.score import Note, Section
from musicgen_web.engines.sketch.theme import Theme, Unit, invent, lift, vary
from musicgen_web.engines.sketch.theory import SCALES

LIFTS = {
    "chorus": 1.0,
    "inst": 1.0,
    "solo": 1.3,
    "pre-chorus": 0.5,
    "bridge": 0.7,
    "intro": 0.6,
    "outro": 0.2,
    "ending": 0.2,
}
_THEMES = {"intro": "chorus", "inst": "chorus", "outro": "chorus", "ending": "chorus"}  # whose theme they sing
_LITERAL, _TRIES = 0.34, 6  # how much of a returning section may be the same notes, and how often we try
_REACH = 7.0  # semitones from the end of a section to the beginning of the next
PERIODS = {  # units → question, answer, ending, contrast
    1: "E", 2: "QE", 3: "QAE", 4: "QAQE", 5: "QAQAE", 6: "QAQACE", 7: "QAQACAE", 8: "QAQACAQE",
}  # fmt: skip


def compose_tune(plan: Plan) -> tuple[Note, ...]:
    """Compose the melody of the whole song, on the grid; who plays it is nobody's business here."""
    notes: list[Note] = []
    first_times: dict[str, list[Note]] = {}
    for section in plan.form.sections:
        before = notes[-1].pitch if notes else None
        first_time = first_times.get(section.kind, [])
        for further in range(_TRIES):
            sung = _sing(plan, section, before, further)
            if _likeness(section, sung, first_time) <= _LITERAL:
                break
        first_times.setdefault(section.kind, [replace(note, start=note.start - section.start) for note in sung])
        notes += sung
    return tuple(_without_overlaps(notes))


def _sing(plan: Plan, section: Section, before: int | None, further: int) -> list[Note]:
    aims = _aims(plan, section, further)
    return solve(_met(aims, before), before) if aims else []


def _met(aims: list[Aim], before: int | None) -> list[Aim]:
    """Let a section begin within reach of where the one before ended, and go its own way in three notes."""
    apart = aims[0].target - before if before is not None else 0.0
    too_far = max(0.0, abs(apart) - _REACH) * (1 if apart > 0 else -1)
    met = [replace(aim, target=aim.target - too_far * (3 - place) / 3) for place, aim in enumerate(aims[:3])]
    return [*met, *aims[3:]]


def _likeness(section: Section, sung: Sequence[Note], first_time: Sequence[Note]) -> float:
    """Say how much of a section is the very notes of its first time."""
    known = {(note.start, note.pitch) for note in first_time}
    return sum((note.start - section.start, note.pitch) in known for note in sung) / max(1, len(sung))


def _aims(plan: Plan, section: Section, further: int) -> list[Aim]:
    """Say for every note of a section where it lies and where it wants to go."""
    bars = plan.bars_of(section)
    kind = _THEMES.get(section.kind, section.kind)
    beats = plan.form.beats_per_bar
    theme = invent(plan.style.tune, kind, plan.form.metre, chance(plan.seed, "theme", kind))
    sung = _sung_bars(plan, bars)
    first, count = sung
    if count <= 0:
        return _final_aim(plan, bars)
    start = section.start + first * beats
    units = _units(plan, theme, section, bars[0], count=(count + 1) // 2, further=further)
    aims: list[Aim] = []
    for place, (letter, unit) in enumerate(units):
        at = start + place * 2 * beats
        room = min(2 * beats, start + count * beats - at)
        aims += _placed(plan, unit, letter, at, float(room), is_last=place == len(units) - 1)
    register = chance(plan.seed, "register").random() * 6 - 3.5
    lifted = register + plan.style.tune.lift * LIFTS.get(section.kind, 0.0) + plan.raised(section.start)
    return arched(aims, lifted, start, start + count * beats) + _final_aim(plan, bars)


def _sung_bars(plan: Plan, bars: Sequence[Bar]) -> tuple[int, int]:
    """Say which bars of a section have a melody: an intro leaves the first ones to the band, an ending the last."""
    count = len(bars) - any(bar.is_final for bar in bars)
    kind = bars[0].section.kind
    if kind == "intro":
        free = 2 if count >= 4 else count
        return (free, count - free) if count <= 4 or chance(plan.seed, "intro").random() < 0.5 else (count - 2, 2)
    if kind in ("outro", "ending"):
        return 0, min(count, 2 if count < 6 else 4)
    return 0, count


def _units(plan: Plan, theme: Theme, section: Section, bar: Bar, *, count: int, further: int) -> list[tuple[str, Unit]]:
    """Line up questions and answers, each time the section returns a little further from the first time."""
    letters = "".join(PERIODS[min(8, count - done)] for done in range(0, count, 8))
    table = {"Q": theme.question, "A": theme.answer, "E": theme.ending, "C": theme.contrast}
    again = bar.occurrence + further + (section.kind not in ("verse", "chorus", "pre-chorus"))
    grain, pulse = plan.style.tune.grain, plan.form.metre.pulse
    units = []
    for place, letter in enumerate(letters):
        unit = table[letter]
        rng = chance(plan.seed, "variation", section.kind, bar.occurrence, further, place)
        is_repeat = letters[:place].count(letter) > 0
        if is_repeat:
            unit = vary(unit, chance(plan.seed, "repeat", section.kind, place), 0.7, grain, pulse)
            unit = lift(unit, 1.0 if letter == "Q" else 0.0)
        if again:
            kept = () if place else tuple(tone for tone in unit if tone.start < plan.form.beats_per_bar)
            changed = vary(unit[len(kept) :], rng, min(1.0, 0.35 + 0.15 * again), grain, pulse)
            higher = _RETURN_LIFTS[again % 2] + (place % 3 == 2)
            unit = (*lift(kept, higher * (again > 1)), *lift(changed, higher))
        units.append((letter, unit))
    return units


_RETURN_LIFTS = (3.0, 2.0)  # scale steps that every other return lies higher: a third sits on the same chords


def _placed(plan: Plan, unit: Unit, letter: str, at: float, room: float, *, is_last: bool) -> list[Aim]:
    tune = plan.style.tune
    aims = []
    kept = [tone for tone in unit if tone.start < room - 0.25]
    for place, tone in enumerate(kept):
        start = at + tone.start
        length = min(tone.length, room - tone.start - (0.5 if place == len(kept) - 1 else 0.0))
        if length <= 0:
            continue
        closes = place == len(kept) - 1
        noise = chance(plan.seed, "ear", letter, place).random()
        aims.append(
            aim_at(
                plan, start, length, tune.centre + tone.offset * 12 / 7, noise, closes=closes, ends=closes and is_last
            )
        )
    if aims and at > 0 and letter in "QC" and aims[0].start == at:
        rng = chance(plan.seed, "pickup", letter, round(at))
        if rng.random() < tune.pickups:
            step = tune.grain
            count = 2 if rng.random() < 0.5 else 1
            for back in range(count, 0, -1):
                aims.insert(
                    count - back,
                    aim_at(
                        plan,
                        at - back * step,
                        step,
                        aims[-1].target - back * 1.7,
                        rng.random(),
                        closes=False,
                        ends=False,
                    ),
                )
    return aims


def aim_at(plan: Plan, start: float, length: float, target: float, noise: float, *, closes: bool, ends: bool) -> Aim:
    change = plan.change(start)
    following = plan.after(start)
    is_ahead = change.end < start + length - 0.25 and change.end - start <= 0.5 and following.start > start
    if is_ahead:
        change = following  # sung ahead of the chord it belongs to
    metre = plan.form.metre
    is_held = length >= 1.5 or (start % metre.pulse == 0 and length >= 1.0)
    is_strong = is_ahead or metre.is_strong(start) or is_held or closes
    tonic = change.key.tonic
    third = next(step for step in (4, 3) if step in SCALES[plan.key.mode])
    triad = frozenset({tonic, (tonic + third) % 12, (tonic + 7) % 12})
    chord = frozenset(change.harmony.tones)
    home = triad if ends else frozenset()
    leap, opens = plan.style.tune.leap, start % metre.beats == 0
    return Aim(start, length, target, chord, change.scale, is_strong, triad, home, noise, leap, False, opens)


def arched(aims: Sequence[Aim], lifted: float, start: float, end: float) -> list[Aim]:
    """Bend a section over one arch, so many semitones up, with its highest note at about two thirds."""
    bent = []
    for aim in aims:
        where = min(1.0, max(0.0, (aim.start - start) / (end - start)))
        height = 3.2 * (1 - (abs(where - 0.66) / 0.66) ** 1.3) - 1.6
        bent.append(replace(aim, target=aim.target + lifted + height))
    middle = [
        i
        for i, aim in enumerate(bent)
        if 0.5 <= (aim.start - start) / (end - start) <= 0.85 and aim.is_strong and not aim.home
    ]
    if middle and len(bent) > 5:
        top = max(middle, key=lambda i: (bent[i].target + bent[i].length * 0.3, -i))
        highest = max(aim.target for aim in bent) + 1.0
        peak = min(highest, bent[top].target + 4.0)
        bent[top] = replace(bent[top], target=peak, is_climax=True)
    return bent


def _final_aim(plan: Plan, bars: Sequence[Bar]) -> list[Aim]:
    if not bars[-1].is_final:
        return []
    return [
        aim_at(
            plan,
            plan.final,
            (plan.end - plan.final) * 0.7,
            plan.style.tune.centre + 2.0 + plan.raised(plan.final),
            0.5,
            closes=True,
            ends=True,
        )
    ]


def _without_overlaps(notes: Sequence[Note]) -> list[Note]:
    """Let one voice sing one note at a time: a pick-up cuts what still sounds."""
    ordered = sorted(notes, key=lambda note: note.start)
    kept: list[Note] = []
    for note in ordered:
        if kept and note.start - kept[-1].start < 0.2:
            continue
        if kept and kept[-1].start + kept[-1].length > note.start - 0.02:
            kept[-1] = replace(kept[-1], length=note.start - 0.02 - kept[-1].start)
        kept.append(note)
    return kept
