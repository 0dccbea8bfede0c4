"""The drummer: patterns by energy, fills every fourth and eighth bar, cymbals where sections begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from numpy.random import Generator

from musicgen_web.engines.sketch.chance import chance, pick
from musicgen_web.engines.sketch.instruments.drums import SWELL_SECONDS
from musicgen_web.engines.sketch.instruments.riser import RISER, RISER_SECONDS
from musicgen_web.engines.sketch.metre import FOUR, STEP, Metre
from musicgen_web.engines.sketch.plan import Bar, Plan
from musicgen_web.engines.sketch.score import Note
from musicgen_web.engines.sketch.steps import FOURTH, THIRD, bar_of, bend, flowing
from musicgen_web.engines.sketch.style import Groove, Player

DRUMS = {
    "kick": 36, "rim": 37, "snare": 38, "clap": 39, "closed": 42, "foot": 44, "tom_low": 45, "open": 46, "tom_mid": 47,
    "crash": 49, "tom_high": 50, "ride": 51, "tambourine": 54, "swell": 55, "shaker": 70,
    "cowbell": 56, "conga_slap": 62, "conga": 63, "conga_low": 64, "timbale": 65, "timbale_low": 66, "guiro": 73,
    "guiro_long": 74, "clave": 75, "block": 76, "block_low": 77, "finger_bells": 81,
    "riser": RISER,
}  # fmt: skip
LOUDNESS = {"X": 0.95, "x": 0.74, "o": 0.48, "g": 0.22}
ROLLS = {"2": (2, 1), "3": (3, 1), "t": (3, 2)}
"""A mark for a roll → so many strokes in so many steps: "t" is a triplet of sixteenths, and needs two steps."""
_TIME = ("closed", "ride", "shaker", "tambourine")  # what flows in eighths
_BACK = ("snare", "clap", "rim")
_PICK_UP = {"snare": "..............xX", "kick": "............X..."}  # one stroke, a hole, and two to come in again
_HOLE = {"kick": "............o..."}
_MORE = {"snare": (3, 7, 9, 11, 13, 15), "kick": (6, 7, 11, 14)}  # steps on which a stroke more sounds well
_MORE_IN_TWELVE = {"snare": (4, 8, 10), "kick": (4, 10)}
_SOFTER = {"X": "x", "x": "o"}
_BREATH = 0.06  # how much two strokes of the same kind differ in loudness


def kick_steps(plan: Plan, bar: Bar) -> tuple[int, ...]:
    """Return the steps of a bar on which the style's kick drum would sound: what the bass listens to."""
    kick = _hits(plan, bar).get("kick") or bar_of("X.......x.......", FOUR.name, plan.form.metre, bar.within)
    return tuple(step for step, mark in enumerate(kick) if mark in "Xx")


def drum(plan: Plan, player: Player) -> tuple[Note, ...]:
    """Play the drums of the whole song, on the grid."""
    notes: list[Note] = []
    was_playing = False
    for bar in plan.bars:
        plays = player.plays(bar.section.kind, bar.energy) or (bar.section.kind == "chorus" and player.enters <= 0.5)
        if bar.is_final:
            notes += _last(bar, was_playing)
            break
        if bar.turn == "riser":  # into a drop out of whatever was before, a breakdown without drums, too
            notes.append(_rise(plan, bar, RISER_SECONDS))
        if plays:
            notes += _bar(plan, player, bar, enters=not was_playing)
        was_playing = plays
    silent = {pitch for name, pitch in DRUMS.items() if name.startswith(player.left_out)}
    return tuple(note for note in notes if note.pitch not in silent)


def _bar(plan: Plan, player: Player, bar: Bar, *, enters: bool) -> Iterator[Note]:
    rng = chance(plan.seed, "drums", bar.number)
    hits = _hits(plan, bar)
    is_loud = "snare" in hits or "clap" in hits
    fill = _fill(plan, bar, rng)
    free = min((step for pattern in fill.values() for step, mark in enumerate(pattern) if mark != "."), default=None)
    if free is not None and bar.turn == "stop":
        free = plan.form.metre.last
    if bar.turn == "swell" and is_loud:
        yield _rise(plan, bar, SWELL_SECONDS)
    for name, pattern in _varied(hits, bar, rng).items():
        yield from _strokes(bar, name, pattern[:free], rng, bar.energy)
    for name, pattern in fill.items():
        yield from _strokes(bar, name, pattern, rng, bar.energy)
    if bar.within == 0 and (bar.energy >= 0.6 or (enters and bar.energy >= 0.5)) and is_loud:
        yield Note(bar.start, 2.0, DRUMS["crash"], 0.55 + 0.3 * bar.energy)
    elif bar.within % 8 == 0 and bar.within and bar.energy >= 0.72 and is_loud:
        yield Note(bar.start, 2.0, DRUMS["crash"], 0.5)


def _rise(plan: Plan, bar: Bar, seconds: float) -> Note:
    """Return what grows for so long and is over when the next section begins."""
    long = min(seconds * plan.form.bpm / 60.0, bar.start + bar.beats)
    return Note(bar.start + bar.beats - long, long, DRUMS[bar.turn], 0.6 + 0.35 * bar.next_energy)


def _hits(plan: Plan, bar: Bar) -> dict[str, str]:
    """Return the strokes of one bar by drum, in the song's metre."""
    reached = [groove for groove in plan.style.grooves if bar.energy >= groove.energy]
    groove = reached[-1] if reached else plan.style.grooves[0]
    written, metre = groove.metre or plan.style.metre, plan.form.metre
    lost = FOURTH if _is_half_time(groove) else THIRD
    hits = {name: bar_of(steps, written, metre, bar.within, lost) for name, steps in groove.hits.items()}
    return hits if written == metre.name else _lilting(hits, metre)


def _lilting(hits: dict[str, str], metre: Metre) -> dict[str, str]:
    """Let bent strokes dance: eighths that flow in 6/8, and in three a second pah that is lighter than the first."""
    if metre.pulse != 1.0:
        return hits | {name: flowing(hits[name], metre, "o") for name in _TIME if name in hits}
    if metre.beats != 3:
        return hits
    pahs = {name: hits[name] for name in _BACK if hits.get(name, ".....")[4] != "."}
    return hits | {name: steps[:8] + _SOFTER.get(steps[8], steps[8]) + steps[9:] for name, steps in pahs.items()}


def _is_half_time(groove: Groove) -> bool:
    """Whether the back-beat falls on three: then three keep their third beat."""
    back = [groove.hits[name] for name in _BACK if name in groove.hits]
    return any(steps[8:9] not in ("", ".") and steps[4] == "." for steps in back)


def _varied(hits: Mapping[str, str], bar: Bar, rng: Generator) -> dict[str, str]:
    """Take the bar out of its pattern, with small changes nobody plays twice: a ghost note more, a kick less."""
    varied = dict(hits)
    for name, marks, chance_of in (("snare", "g", 0.18), ("kick", "o", 0.14)):
        if name in varied and rng.random() < chance_of * 2:
            step = pick(rng, _MORE[name] if bar.beats != 3 else _MORE_IN_TWELVE[name])
            free = step < bar.steps and varied[name][step] == "." and varied[name][step - 1] == "."
            if free and not (name == "kick" and _is_steady(varied[name])):
                varied[name] = varied[name][:step] + marks + varied[name][step + 1 :]
    if "closed" in varied and "open" not in varied and bar.within % 4 == 3 and bar.energy > 0.6:
        varied["closed"] = varied["closed"][:-2] + ".."
        varied["open"] = "o.".rjust(bar.steps, ".")
    return varied


def _is_steady(kick: str) -> bool:
    """Whether every beat is the same: on a dance floor nothing may stumble."""
    return kick == kick[:4] * (len(kick) // 4)


def _fill(plan: Plan, bar: Bar, rng: Generator) -> dict[str, str]:
    """Choose a fill for the end of four or eight bars: longer before a louder section, a hole before a quieter one."""
    is_end = bar.left == 0
    if bar.turn == "stop":
        return _fitted(plan, Groove(energy=0.0, hits=_PICK_UP, metre=FOUR.name))
    if not (is_end or bar.within % 4 == 3) or (bar.section.length <= bar.beats * 2 and not is_end):
        return {}
    if is_end and bar.next_energy < bar.energy - 0.2:
        return _fitted(plan, Groove(energy=0.0, hits=_HOLE, metre=FOUR.name))
    size = bar.energy + (0.15 if is_end and bar.next_energy > bar.energy else 0.0)
    fitting = [fill for fill in plan.style.fills if fill.energy <= size]
    if not fitting or (not is_end and rng.random() < 0.25):
        return {}
    is_big = is_end or bar.within % 8 == 7
    return _fitted(plan, pick(rng, fitting[-3:] if is_big else fitting[:2]))


def _fitted(plan: Plan, fill: Groove) -> dict[str, str]:
    """Take the end of a fill, as much as a bar holds; every beat of it is kept."""
    metre = plan.form.metre
    written = fill.metre or plan.style.metre
    to = "6/8" if metre.pulse != 1.0 else FOUR.name
    bent = {name: steps if written == metre.name else bend(steps, written, to) for name, steps in fill.hits.items()}
    return {name: steps[-metre.steps :].rjust(metre.steps, ".") for name, steps in bent.items()}


def _strokes(bar: Bar, name: str, pattern: str, rng: Generator, energy: float) -> Iterator[Note]:
    force = 0.72 + 0.28 * energy
    for step, mark in enumerate(pattern):
        for after, mark_loudness in strokes_of(mark):
            loudness = mark_loudness * force * (1 + _BREATH * float(rng.standard_normal()))
            yield Note(bar.start + (step + after) * STEP, STEP, DRUMS[name], min(1.0, max(0.05, loudness)))


def strokes_of(mark: str) -> Iterator[tuple[float, float]]:
    """Yield the strokes of a mark: steps after its own, and loudness; a roll grows from soft to a full stroke."""
    if mark in LOUDNESS:
        yield 0.0, LOUDNESS[mark]
    count, steps = ROLLS.get(mark, (0, 0))
    for stroke in range(count):
        yield stroke * steps / count, LOUDNESS["o"] + (LOUDNESS["x"] - LOUDNESS["o"]) * stroke / (count - 1)


def _last(bar: Bar, was_playing: bool) -> Iterator[Note]:
    if was_playing:
        yield Note(bar.start, 1.0, DRUMS["kick"], 0.8)
        yield Note(bar.start, min(4.0, bar.beats), DRUMS["crash"], 0.5)
