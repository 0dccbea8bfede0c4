"""The chords of a song: progressions by section, cadences, a last chorus that may lie higher, and their voices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from musicgen_web.engines.sketch.chance import chance, pick
from musicgen_web.engines.sketch.colours import Written, coloured
from musicgen_web.engines.sketch.form import Form
from musicgen_web.engines.sketch.metre import Metre
from musicgen_web.engines.sketch.score import Chord
from musicgen_web.engines.sketch.style import Style
from musicgen_web.engines.sketch.theory import SCALES, Harmony, Key, over, read_roman, scale_under, spelled
from musicgen_web.engines.sketch.voicing import BASS_MIDDLE, bass_of, lead_strictly, voice
from musicgen_web.engines.sketch.wishes import Wishes

_BRIGHT = ("major", "lydian", "mixolydian")
_LIFTS = 0.65  # how many of the songs that could be lifted are
_LONG = 8  # bars: a longer progression has an end that must be heard

COMMON: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "major": {"verse": ("I vi IV V",), "chorus": ("IV V I vi",)},
    "minor": {"verse": ("i VI III VII",), "chorus": ("VI VII i i",)},
    "dorian": {"verse": ("i7 IV7 i7 IV7", "i ii III IV"), "chorus": ("III IV i i", "VII IV i i")},
    "mixolydian": {"verse": ("I VII IV I", "I I VII IV"), "chorus": ("IV VII I I", "I v VII IV")},
    "lydian": {"verse": ("I II I II", "I iii II vi"), "chorus": ("II I vi iii", "V II I I")},
    "phrygian": {"verse": ("i II i II", "i VI II i"), "chorus": ("II III i i", "VI II i i")},
}
_COMMON_FINAL = {"major": "I", "minor": "i", "dorian": "i", "mixolydian": "I", "lydian": "I", "phrygian": "i"}
_LIKE = {
    "inst": "intro",
    "outro": "intro",
    "ending": "intro",
    "intro": "verse",
    "pre-chorus": "bridge",
    "solo": "chorus",
    "bridge": "chorus",
}


@dataclass(frozen=True, slots=True)
class Lift:
    """From which beat on the song lies so many semitones higher."""

    start: float
    semitones: int

    def key(self, key: Key, beat: float) -> Key:
        return key.moved(self.semitones) if beat >= self.start else key


NO_LIFT = Lift(float("inf"), 0)


@dataclass(frozen=True, slots=True)
class Change:
    """One chord where it sounds: beats, what it is, the notes that fit, its voices and its bass."""

    start: float
    length: float
    harmony: Harmony
    scale: frozenset[int]
    pitches: tuple[int, ...]
    bass: int
    key: Key

    @property
    def end(self) -> float:
        return self.start + self.length

    def as_chord(self) -> Chord:
        return Chord(self.start, self.length, self.harmony.symbol, self.pitches, self.bass)


def choose_key(wishes: Wishes, style: Style, seed: int) -> Key:
    """Take the key that was asked for; else the mood and the style's modes decide, and the seed picks."""
    tonic = wishes.tonic if wishes.tonic is not None else int(chance(seed, "tonic").random() * 12)
    if wishes.mode:
        return Key(tonic, wishes.mode)
    modes: Sequence[str] = style.modes
    if abs(wishes.brightness) >= 0.3:
        modes = [mode for mode in style.modes if (mode in _BRIGHT) == (wishes.brightness > 0)] or modes
    return Key(tonic, pick(chance(seed, "mode"), modes))


def choose_lift(wishes: Wishes, style: Style, form: Form, seed: int) -> Lift:
    """Lift the last of three or more choruses where the style likes it; whoever named a key stays in it."""
    choruses = [section for section in form.sections if section.kind == "chorus"]
    if not style.lift or wishes.tonic is not None or len(choruses) < 3 or chance(seed, "lift").random() >= _LIFTS:
        return NO_LIFT
    return Lift(choruses[-1].start, style.lift)


def harmonise(form: Form, style: Style, key: Key, seed: int, lift: Lift = NO_LIFT) -> tuple[Change, ...]:
    """Write the chords of every section, the last one on the tonic, and voice them one after the other."""
    written: list[Written] = []
    for index, section in enumerate(form.sections):
        here = lift.key(key, section.start)
        bars = _bars(form, index, style, here, seed)
        for number, bar in enumerate(bars):
            start = section.start + number * form.beats_per_bar
            for length, chord in zip(form.metre.shares(len(bar)), bar, strict=True):
                written.append(Written(start, length, chord, here))
                start += length
    written = coloured(_led_up(written, form.metre, lift), style, form.metre, seed)
    return tuple(_voiced(_joined(written, form), style))


def _voiced(written: Sequence[Written], style: Style) -> list[Change]:
    changes: list[Change] = []
    for one in written:
        before = changes[-1] if changes else None
        if style.strict and before:
            bass, *pitches = lead_strictly(one.harmony, (before.bass, *before.pitches))
        else:
            bass = bass_of(one.harmony.bass, before.bass if before else BASS_MIDDLE)
            pitches = [*voice(one.harmony, before.pitches if before else ())]
        changes.append(Change(one.start, one.length, one.harmony, _scale(one, style), tuple(pitches), bass, one.key))
    return changes


def _scale(one: Written, style: Style) -> frozenset[int]:
    """Return the notes that fit a chord: of its scale those that the style uses, and the chord's own."""
    scale = scale_under(one.harmony, one.key.tonic, one.key.mode)
    used = style.tones.get(one.key.mode)
    return scale & {(one.key.tonic + step) % 12 for step in used} | set(one.harmony.tones) if used else scale


def _led_up(written: list[Written], metre: Metre, lift: Lift) -> list[Written]:
    """Let the dominant of the new key stand before the place from which a song lies higher."""
    found: list[Written] = []
    for one in written:
        if one.start < lift.start <= one.start + one.length:
            key = one.key.moved(lift.semitones)
            length = min(metre.shares(2)[1], one.length)
            if one.length > length:
                found.append(replace(one, length=one.length - length))
            pivot = spelled(key, 7, (0, 4, 7, 10), "7")
            found.append(Written(one.start + one.length - length, length, pivot, key))
        else:
            found.append(one)
    return found


def _progressions(style: Style, mode: str, kind: str) -> tuple[str, ...]:
    table = style.progressions.get(mode) or COMMON[mode]
    while kind not in table:
        kind = _LIKE.get(kind, "verse")
    return table[kind]


def _bars(form: Form, index: int, style: Style, key: Key, seed: int) -> list[list[Harmony]]:
    """Write one section: its progression over and over, then the cadence its kind ends with."""
    section = form.sections[index]
    kind = {"inst": "chorus", "outro": "intro", "ending": "intro"}.get(section.kind, section.kind)
    progression = _read(pick(chance(seed, "chords", kind), _progressions(style, key.mode, kind)), key)
    count = round(section.length / form.beats_per_bar)
    bars = _repeated(progression, count)
    cadences = style.cadences.get(key.mode, {})
    if index == len(form.sections) - 1:
        half = cadences.get("half")
        if half and count >= 3:
            bars[-2] = _read(half, key)[-1]
        bars[-1] = _read(cadences.get("final", _COMMON_FINAL[key.mode]), key)[0]
        return bars
    close = _close(form, index, cadences, key)
    if close and count >= 4 and (section.kind != "pre-chorus" or bars[-1][-1].root != close[-1][-1].root):
        size = min(len(close), max(1, count // 4))
        bars[-size:] = close[-size:]
    if section.kind in style.pedals:
        tone = (key.tonic + SCALES[key.mode][style.pedals[section.kind] - 1]) % 12
        bars = [[over(chord, tone, key) for chord in bar] for bar in bars]
    return bars


def _repeated(progression: list[list[Harmony]], count: int) -> list[list[Harmony]]:
    """Play a progression over and over; of a long one that does not come out even, the end is what must be heard."""
    size = len(progression)
    if size <= _LONG:
        return [progression[bar % size] for bar in range(count)]
    if count < size:
        tail = min(4, count)
        return progression[: count - tail] + progression[-tail:]
    rounds, left = divmod(count, size)
    return progression * rounds + (progression[-left:] if left else [])


def _close(form: Form, index: int, cadences: Mapping[str, str], key: Key) -> list[list[Harmony]]:
    """Return the cadence a section ends with; the chorus before the last of three or more ends on another chord."""
    section = form.sections[index]
    name = {"verse": "half", "pre-chorus": "half", "chorus": "authentic"}.get(section.kind, "")
    if name not in cadences:
        return []
    close = _read(cadences.get(name, ""), key)
    choruses = [one.start for one in form.sections if one.kind == "chorus"]
    if name == "authentic" and len(choruses) >= 3 and section.start == choruses[-2]:
        if "deceptive" in cadences:
            return _read(cadences["deceptive"], key)
        if key.mode in ("major", "minor") and close[-1][-1].root == key.tonic:
            is_rich = len(close[-1][-1].tones) > 3
            sixth = {"major": "vi7" if is_rich else "vi", "minor": "VImaj7" if is_rich else "VI"}[key.mode]
            return [*close[:-1], [*close[-1][:-1], read_roman(sixth, key.tonic, key.mode)]]
    return close


def _read(progression: str, key: Key) -> list[list[Harmony]]:
    """Read "I IV,V vi:2" into bars of chords."""
    bars = []
    for word in progression.split():
        chords, _, count = word.partition(":")
        bar = [read_roman(chord, key.tonic, key.mode) for chord in chords.split(",")]
        bars += [bar] * int(count or 1)
    return bars


def _joined(written: Sequence[Written], form: Form) -> list[Written]:
    """Make one chord of the same chord twice, for two bars at most; the last bar of the song stands alone."""
    last = float((form.bars - 1) * form.beats_per_bar)
    joined: list[Written] = []
    for one in written:
        before = joined[-1] if joined else None
        if (
            before
            and (before.harmony, before.key) == (one.harmony, one.key)
            and before.length + one.length <= 2 * form.beats_per_bar
            and one.start != last
        ):
            joined[-1] = replace(before, length=before.length + one.length)
        else:
            joined.append(one)
    return joined
