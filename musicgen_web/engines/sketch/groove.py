"""The drummer: patterns by energy, fills every fourth and eighth bar, cymbals where sections begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from numpy.random import Generator

from musicgen_web.engines.sketch.chance import chance, pick
from musicgen_web.engines.sketch.instruments.drums import SWELL_SECONDS
from musicgen_web.engines.sketch.plan import STEP, Bar, Plan
from musicgen_web.engines.sketch.score import Note
from musicgen_web.engines.sketch.style import Groove, Player

DRUMS = {
    "kick": 36, "rim": 37, "snare": 38, "clap": 39, "closed": 42, "foot": 44, "tom_low": 45, "open": 46, "tom_mid": 47,
    "crash": 49, "tom_high": 50, "ride": 51, "tambourine": 54, "swell": 55,
    "conga_high": 63, "conga_low": 64, "shaker": 70,
}  # fmt: skip
LOUDNESS = {"X": 0.95, "x": 0.74, "o": 0.48, "g": 0.22}
ROLLS = {"2": (2, 1), "3": (3, 1), "t": (3, 2)}
"""A mark for a roll → so many strokes in so many steps: "t" is a triplet of sixteenths, and needs two steps."""
_METRE_3 = {"kick": "X...........", "snare": "....o...o...", "rim": "....o...o...", "closed": "x.o.x.o.x.oo"}
_PICK_UP = {"snare": "..............xX", "kick": "............X..."}  # one stroke, a hole, and two to come in again
_BREATH = 0.06  # how much two strokes of the same kind differ in loudness


def kick_steps(plan: Plan, bar: Bar) -> tuple[int, ...]:
    """Return the steps of a bar on which the style's kick drum would sound: what the bass listens to."""
    pattern = _groove(plan, bar).hits.get("kick", "X.......x.......")
    return tuple(step for step, mark in enumerate(_of_bar(pattern, bar)) if mark in "Xx")


def drum(plan: Plan, player: Player) -> tuple[Note, ...]:
    """Play the drums of the whole song, on the grid."""
    notes: list[Note] = []
    was_playing = False
    for bar in plan.bars:
        plays = player.plays(bar.section.kind, bar.energy) or (bar.section.kind == "chorus" and player.enters <= 0.5)
        if bar.is_final:
            notes += _last(bar, was_playing)
            break
        if plays:
            notes += _bar(plan, player, bar, enters=not was_playing)
        was_playing = plays
    return tuple(notes)


def _bar(plan: Plan, player: Player, bar: Bar, *, enters: bool) -> Iterator[Note]:
    rng = chance(plan.seed, "drums", bar.number)
    groove = _groove(plan, bar)
    fill_steps, fill = (4, _PICK_UP) if bar.turn == "stop" else _fill(plan, bar, rng)
    if bar.turn == "swell" and _is_loud(groove):
        long = SWELL_SECONDS * plan.form.bpm / 60.0
        yield Note(bar.start + bar.beats - long, long, DRUMS["swell"], 0.6 + 0.35 * bar.next_energy)
    for name, pattern in _varied(groove.hits, bar, rng).items():
        yield from _strokes(bar, name, pattern[: bar.steps - fill_steps], rng, bar.energy)
    for name, pattern in fill.items():
        kept = pattern[-fill_steps:] if fill_steps else ""
        yield from _strokes(bar, name, kept.rjust(bar.steps, "."), rng, bar.energy)
    if bar.within == 0 and (bar.energy >= 0.6 or (enters and bar.energy >= 0.5)) and _is_loud(groove):
        yield Note(bar.start, 2.0, DRUMS["crash"], 0.55 + 0.3 * bar.energy)
    elif bar.within % 8 == 0 and bar.within and bar.energy >= 0.72 and _is_loud(groove):
        yield Note(bar.start, 2.0, DRUMS["crash"], 0.5)


def _groove(plan: Plan, bar: Bar) -> Groove:
    reached = [groove for groove in plan.style.grooves if bar.energy >= groove.energy]
    return reached[-1] if reached else plan.style.grooves[0]


def _is_loud(groove: Groove) -> bool:
    return "snare" in groove.hits or "clap" in groove.hits


def _of_bar(pattern: str, bar: Bar) -> str:
    """Cut the bar's own sixteen steps out of a pattern of one or more bars."""
    offset = bar.within % max(1, len(pattern) // 16) * 16
    return pattern[offset : offset + bar.steps]


def _varied(hits: Mapping[str, str], bar: Bar, rng: Generator) -> dict[str, str]:
    """Take the bar out of its pattern, with small changes nobody plays twice: a ghost note more, a kick less."""
    if bar.beats == 3:
        return {name: _METRE_3[name] for name in hits if name in _METRE_3}
    varied = {name: _of_bar(pattern, bar) for name, pattern in hits.items()}
    for name, marks, chance_of in (("snare", "g", 0.18), ("kick", "o", 0.14)):
        if name in varied and rng.random() < chance_of * 2:
            step = pick(rng, (3, 7, 9, 11, 13, 15) if name == "snare" else (6, 7, 11, 14))
            free = step < bar.steps and varied[name][step] == "." and varied[name][step - 1] == "."
            if free:
                varied[name] = varied[name][:step] + marks + varied[name][step + 1 :]
    if "closed" in varied and "open" not in varied and bar.within % 4 == 3 and bar.energy > 0.6:
        varied["closed"] = varied["closed"][:14] + ".."
        varied["open"] = "." * 14 + "o."
    return varied


def _fill(plan: Plan, bar: Bar, rng: Generator) -> tuple[int, Mapping[str, str]]:
    """Choose a fill for the end of four or eight bars: longer before a louder section, a hole before a quieter one."""
    is_end = bar.left == 0
    if bar.beats == 2 or not (is_end or bar.within % 4 == 3) or (bar.section.length <= bar.beats * 2 and not is_end):
        return 0, {}
    if is_end and bar.next_energy < bar.energy - 0.2:
        return 4, {"kick": "............o..."}
    size = bar.energy + (0.15 if is_end and bar.next_energy > bar.energy else 0.0)
    fitting = [fill for fill in plan.style.fills if fill.energy <= size]
    if not fitting or (not is_end and rng.random() < 0.25):
        return 0, {}
    is_big = is_end or bar.within % 8 == 7
    chosen = pick(rng, fitting[-3:] if is_big else fitting[:2])
    first = min(pattern.find(pattern.strip(".")[:1]) for pattern in chosen.hits.values())
    return min(16 - first, bar.steps), chosen.hits


def _strokes(bar: Bar, name: str, pattern: str, rng: Generator, energy: float) -> Iterator[Note]:
    force = 0.72 + 0.28 * energy
    for step, mark in enumerate(pattern):
        for after, mark_loudness in _struck(mark):
            loudness = mark_loudness * force * (1 + _BREATH * float(rng.standard_normal()))
            yield Note(bar.start + (step + after) * STEP, STEP, DRUMS[name], min(1.0, max(0.05, loudness)))


def _struck(mark: str) -> Iterator[tuple[float, float]]:
    """Yield the strokes of a mark: steps after its own, and loudness; a roll grows from soft to a full stroke."""
    if mark in LOUDNESS:
        yield 0.0, LOUDNESS[mark]
    count, steps = ROLLS.get(mark, (0, 0))
    for stroke in range(count):
        yield stroke * steps / count, LOUDNESS["o"] + (LOUDNESS["x"] - LOUDNESS["o"]) * stroke / (count - 1)


def _last(bar: Bar, was_playing: bool) -> Iterator[Note]:
    if was_playing:
        yield Note(bar.start, 1.0, DRUMS["kick"], 0.8)
        yield Note(bar.start, 4.0, DRUMS["crash"], 0.5)
