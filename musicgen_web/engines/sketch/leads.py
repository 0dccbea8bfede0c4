"""Who plays the tune, and who answers it: an octave, a third below, an echo in the rests.

While a voice sings, the tune is hers: the leads play before, after and between her lines.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from musicgen_web.engines.sketch.chance import chance
from musicgen_web.engines.sketch.plan import Bar, Plan
from musicgen_web.engines.sketch.score import Note
from musicgen_web.engines.sketch.style import Player

HIGHEST = 91
ALONG = 0.4  # of a section's notes: when others play so many of them, it is not sung alone
SECOND_VOICE = 0.62  # of the tune's velocity
HOOK_BEATS, PHRASE_BARS = 2.0, 1.5  # the rest of a voice that is enough for an answer, and for the tune itself


def share_tune(plan: Plan, band: Sequence[Player], tune: Sequence[Note]) -> list[tuple[Player, tuple[Note, ...]]]:
    """Give every note of the tune to the first player who plays that section, then let the others join in.

    A chorus that returns is never sung alone: where nobody joins in, the singer brings a second voice along.
    """
    players = [player for player in band if player.role == "lead"]
    singers = [player for player in players if player.pattern(0.5) == "melody"] or players[:1]
    sung: dict[int, list[Note]] = {id(player): [] for player in players}
    if not singers:
        return []
    if plan.sung:
        tune = [*_between(plan, tune), *_hooks(plan, singers)]
        tune.sort(key=lambda note: note.start)
    for note in tune:
        bar = _bar(plan, note)
        sung[id(_singer(singers, bar))].append(
            replace(note, velocity=min(1.0, note.velocity * (0.78 + 0.28 * bar.energy)))
        )
    for player in players:
        if player not in singers:
            sung[id(player)] = list(_join_in(plan, player, tune))
    along = {note.start for player in players if player not in singers for note in sung[id(player)]}
    joined = _joined(plan, tune, along)
    for note in tune:
        bar = _bar(plan, note)
        if bar.section.kind == "chorus" and bar.occurrence and bar.section.start not in joined and note.length >= 0.4:
            second = replace(note, pitch=below(plan, note), velocity=note.velocity * SECOND_VOICE)
            sung[id(_singer(singers, bar))].append(second)
    return [(player, tuple(sorted(sung[id(player)], key=lambda note: note.start))) for player in players]


def _joined(plan: Plan, tune: Sequence[Note], along: Collection[float]) -> set[float]:
    """Return where the sections begin in which others play enough of the tune's notes along with it."""
    notes = Counter(_bar(plan, note).section.start for note in tune)
    shared = Counter(_bar(plan, note).section.start for note in tune if note.start in along)
    return {start for start, count in notes.items() if shared[start] >= ALONG * count}


def _between(plan: Plan, tune: Sequence[Note]) -> Iterator[Note]:
    """Keep of the tune what lies in rests of the voice that are long enough for a phrase of it."""
    bar = plan.form.beats_per_bar
    rests = [(start, end) for start, end in _rests(plan) if end - start >= PHRASE_BARS * bar]
    for note in tune:
        for start, end in rests:
            if start + 0.5 <= note.start and note.start + 0.25 < end - 0.5:
                yield replace(note, length=min(note.length, end - 0.25 - note.start))
                break


def _hooks(plan: Plan, singers: Sequence[Player]) -> Iterator[Note]:
    """Answer a line with a few notes where the voice rests for two beats or more, not after every one."""
    for start, end in _rests(plan):
        if not HOOK_BEATS <= end - start < PHRASE_BARS * plan.form.beats_per_bar or start <= 0.0 or end >= plan.final:
            continue
        tones = plan.change(start).harmony.tones
        pitch = min((pitch for pitch in range(64, 77) if pitch % 12 in tones), key=lambda pitch: abs(pitch - 69))
        yield from _answer(plan, singers[0], Note(start, 0.0, pitch, 0.0), end - 0.25)


def _rests(plan: Plan) -> list[tuple[float, float]]:
    """Return from where to where no voice sings."""
    ends = [0.0, *[end for _, end in plan.sung]]
    starts = [*[start for start, _ in plan.sung], plan.end]
    return [(end, start) for end, start in zip(ends, starts, strict=True) if start > end]


def _singer(singers: Sequence[Player], bar: Bar) -> Player:
    return next((player for player in singers if player.plays(bar.section.kind, 1.0)), singers[0])


def _bar(plan: Plan, note: Note) -> Bar:
    """Return the bar a note belongs to; a pick-up belongs to the next one."""
    beats = plan.form.beats_per_bar
    return plan.bars[
        min(int((note.start + 1.0 if note.start % beats >= beats - 1.0 else note.start) // beats), len(plan.bars) - 1)
    ]


def _join_in(plan: Plan, player: Player, tune: Sequence[Note]) -> Iterator[Note]:
    for index, note in enumerate(tune):
        bar = _bar(plan, note)
        if not player.plays(bar.section.kind, bar.energy) or bar.is_final:
            continue
        manner = player.pattern(bar.energy)
        if manner == "octave" and note.length >= 0.4 and note.pitch + 12 <= HIGHEST:
            yield replace(note, pitch=note.pitch + 12, velocity=note.velocity * 0.7)
        elif manner == "harmony" and note.length >= 0.4:
            yield replace(note, pitch=below(plan, note), velocity=note.velocity * 0.75)
        elif manner == "answer":
            end = tune[index + 1].start if index + 1 < len(tune) else plan.final
            sung = next((start for start, _ in plan.sung if start > note.start), plan.final)
            yield from _answer(plan, player, note, min(end, sung, bar.start + bar.beats * 2, plan.final))


def below(plan: Plan, note: Note) -> int:
    """Return a third or a sixth below that fits the chord, or at least the scale."""
    change = plan.change(note.start)
    for fitting in (frozenset(change.harmony.tones), change.scale):
        for down in (3, 4, 5, 8, 9):
            if (note.pitch - down) % 12 in fitting:
                return note.pitch - down
    return note.pitch - 12


def _answer(plan: Plan, player: Player, note: Note, end: float) -> Iterator[Note]:
    """Echo a phrase end where the tune rests for two beats or more: two or three chord tones above."""
    start = note.start + note.length
    if end - start < 2.0 and note.length < 3.0:
        return
    begin = float(-(-min(start, note.start + 2.0) // 0.5) * 0.5)
    rng = chance(plan.seed, player.instrument, round(begin * 4))
    if rng.random() < 0.35:
        return
    pitch = note.pitch + 5
    for place in range(2 + int(rng.random() * 2)):
        at = begin + place * (1.0 if rng.random() < 0.6 else 0.5)
        change = plan.change(at)
        tones = [p for p in range(pitch - 4, min(HIGHEST, pitch + 8)) if p % 12 in change.harmony.tones and p != pitch]
        if at >= end - 0.25 or not tones:
            return
        pitch = tones[bisect_right(tones, pitch) % len(tones)] if rng.random() < 0.6 else tones[0]
        yield Note(at, min(1.5, end - at), pitch, 0.5)
