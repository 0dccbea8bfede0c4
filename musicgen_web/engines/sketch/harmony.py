"""The chords of a song: progressions by section, cadences, and voices that move as little as they can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from musicgen_web.engines.sketch.chance import chance, pick
from musicgen_web.engines.sketch.form import Form
from musicgen_web.engines.sketch.score import Chord, Section
from musicgen_web.engines.sketch.style import Style
from musicgen_web.engines.sketch.theory import Harmony, dominant_of, read_roman, scale_under
from musicgen_web.engines.sketch.wishes import Wishes

LOWEST, HIGHEST, MIDDLE = 48, 76, 59  # where chords are voiced
BASS_LOWEST, BASS_HIGHEST, BASS_MIDDLE = 31, 47, 38
_BRIGHT = ("major", "lydian", "mixolydian")

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
class Key:
    """A tonic as pitch class, and a mode."""

    tonic: int
    mode: str


@dataclass(frozen=True, slots=True)
class Change:
    """One chord where it sounds: beats, what it is, the notes that fit, its voices and its bass."""

    start: float
    length: float
    harmony: Harmony
    scale: frozenset[int]
    pitches: tuple[int, ...]
    bass: int

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


def harmonise(form: Form, style: Style, key: Key, seed: int) -> tuple[Change, ...]:
    """Write the chords of every section, the last one on the tonic, and voice them one after the other."""
    written: list[tuple[float, float, Harmony]] = []
    for index, section in enumerate(form.sections):
        is_last = index == len(form.sections) - 1
        bars = _bars(section, form.beats_per_bar, style, key, seed, is_last)
        for number, bar in enumerate(bars):
            share = form.beats_per_bar / len(bar)
            start = section.start + number * form.beats_per_bar
            written += [(start + place * share, share, chord) for place, chord in enumerate(bar)]
    written = _joined(_spiced(written, style, key, seed), {float((form.bars - 1) * form.beats_per_bar)})
    changes: list[Change] = []
    for start, length, chord in written:
        before = changes[-1] if changes else None
        changes.append(
            Change(
                start,
                length,
                chord,
                scale_under(chord, key.tonic, key.mode),
                voice(chord, before.pitches if before else ()),
                _bass(chord.bass, before.bass if before else BASS_MIDDLE),
            )
        )
    return tuple(changes)


def voice(chord: Harmony, before: tuple[int, ...]) -> tuple[int, ...]:
    """Return the inversion that lies nearest to the voices before, without mud below and without holes."""
    tones = tuple(dict.fromkeys(chord.tones))
    if len(tones) > 4:
        fifth = next((tone for tone in tones if (tone - chord.root) % 12 == 7), chord.root)
        tones = tuple(tone for tone in tones if tone != fifth)  # the note that says least
    return min(_voicings(tones), key=lambda pitches: (_effort(before, pitches), pitches))


def _voicings(tones: tuple[int, ...]) -> list[tuple[int, ...]]:
    found = []
    for lowest in range(LOWEST, HIGHEST - 10):
        if lowest % 12 not in tones:
            continue
        close = sorted(lowest + (tone - lowest) % 12 for tone in tones)
        if len(close) == 3:
            close.append(close[0] + 12)
        dropped = sorted([*close[:-2], close[-1], close[-2] - 12])
        found += [tuple(v) for v in (close, dropped) if v[0] >= LOWEST and v[-1] <= HIGHEST]
    return found


def _effort(before: tuple[int, ...], pitches: tuple[int, ...]) -> float:
    effort = 0.35 * abs(sum(pitches) / len(pitches) - MIDDLE) * len(pitches)
    effort += sum(3.0 for low, high in pairwise(pitches) if high - low < 3 and low < 55)
    effort += sum(4.0 for low, high in pairwise(pitches) if high - low > 9)
    if before:
        effort += sum(min(abs(pitch - old) for old in before) for pitch in pitches)
        effort += sum(min(abs(pitch - old) for pitch in pitches) for old in before)
        effort += 0.8 * abs(pitches[-1] - before[-1])
    return effort


def _bass(tone: int, before: int) -> int:
    options = [pitch for pitch in range(BASS_LOWEST, BASS_HIGHEST + 1) if pitch % 12 == tone]
    return min(options, key=lambda pitch: (abs(pitch - before) + 0.7 * abs(pitch - BASS_MIDDLE), pitch))


def _progressions(style: Style, mode: str, kind: str) -> tuple[str, ...]:
    table = style.progressions.get(mode) or COMMON[mode]
    while kind not in table:
        kind = _LIKE.get(kind, "verse")
    return table[kind]


def _bars(section: Section, beats: int, style: Style, key: Key, seed: int, is_last: bool) -> list[list[Harmony]]:
    """Write one section: its progression over and over, then the cadence its kind ends with."""
    kind = {"inst": "chorus", "outro": "intro", "ending": "intro"}.get(section.kind, section.kind)
    progression = _read(pick(chance(seed, "chords", kind), _progressions(style, key.mode, kind)), key)
    count = round(section.length / beats)
    bars = [progression[bar % len(progression)] for bar in range(count)]
    cadences = style.cadences.get(key.mode, {})
    if is_last:
        half = cadences.get("half")
        if half and count >= 3:
            bars[-2] = _read(half, key)[-1]
        bars[-1] = _read(cadences.get("final", _COMMON_FINAL[key.mode]), key)[0]
        return bars
    cadence = {"verse": "half", "pre-chorus": "half", "chorus": "authentic"}.get(section.kind, "")
    if cadence in cadences and count >= 4:
        close = _read(cadences[cadence], key)
        if section.kind != "pre-chorus" or bars[-1][-1].root != close[-1][-1].root:
            size = min(len(close), max(1, count // 4))
            bars[-size:] = close[-size:]
    return bars


def _read(progression: str, key: Key) -> list[list[Harmony]]:
    """Read "I IV,V vi:2" into bars of chords."""
    bars = []
    for word in progression.split():
        chords, _, count = word.partition(":")
        bar = [read_roman(chord, key.tonic, key.mode) for chord in chords.split(",")]
        bars += [bar] * int(count or 1)
    return bars


def _spiced(
    written: list[tuple[float, float, Harmony]], style: Style, key: Key, seed: int
) -> list[tuple[float, float, Harmony]]:
    """Now and then lead into a chord with its own dominant, in the second half of the bar before."""
    spiced = []
    for number, (start, length, chord) in enumerate(written):
        following = written[number + 1][2] if number + 1 < len(written) else None
        if (
            following is not None
            and length >= 4.0
            and number + 2 < len(written)
            and following.root not in (chord.root, key.tonic)
            and (following.root + 7) % 12 != chord.root
            and set(following.tones[:3]) != set(chord.tones[:3])
            and chance(seed, "spice", number).random() < style.spice
        ):
            spiced += [
                (start, length - 2, chord),
                (start + length - 2, 2.0, dominant_of(following, key.tonic, key.mode)),
            ]
        else:
            spiced.append((start, length, chord))
    return spiced


def _joined(written: list[tuple[float, float, Harmony]], apart: set[float]) -> list[tuple[float, float, Harmony]]:
    """Make one long chord of the same chord twice, except at the beats that stay apart."""
    joined: list[tuple[float, float, Harmony]] = []
    for start, length, chord in written:
        if joined and joined[-1][2] == chord and joined[-1][1] + length <= 8.0 and start not in apart:
            joined[-1] = (joined[-1][0], joined[-1][1] + length, chord)
        else:
            joined.append((start, length, chord))
    return joined
