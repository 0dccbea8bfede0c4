"""The sung melody: on its words, in its range, and with a band that leaves it room."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations, pairwise
from statistics import correlation, mean

import pytest

from diffrhythm import lrc
from musicgen_web.engines.sketch.compose import plan_json
from musicgen_web.engines.sketch.score import Note, Part, Score, Section, SungLine
from musicgen_web.engines.sketch.wishes import read
from tests.engines.sketch.lyrics import MANDARIN, POP, TIMED
from tests.engines.sketch.songs import song

STYLES = ("pop", "lo-fi")  # straight and swung
RANGES = {"voice:high": (55, 74), "voice:low": (45, 64)}


def sung(style: str = "pop", seed: int = 1) -> Score:
    return song(style, seed=seed, duration=120.0, lyrics=POP)


def timed(style: str = "pop") -> Score:
    return song(style, seed=2, duration=100.0, lyrics=TIMED)


def voices(score: Score) -> list[Part]:
    return [part for part in score.parts if part.role == "voice"]


def lines(score: Score) -> tuple[SungLine, ...]:
    return voices(score)[0].lines


def of(score: Score, section: Section) -> list[Note]:
    """The notes of the lines that begin in a section, or a pick-up before it."""
    end = section.start + section.length
    own = [line for line in lines(score) if section.start - 2.1 <= line.syllables[0].note.start < end - 2.1]
    return [syllable.note for line in own for syllable in line.syllables]


def choruses(score: Score) -> Iterator[list[tuple[float, int]]]:
    for section in score.sections:
        if section.kind == "chorus":
            yield [(round((note.start - section.start) * 2) / 2, note.pitch) for note in of(score, section)]


@pytest.mark.parametrize("style", STYLES)
def test_every_line_is_sung_a_note_a_syllable(style: str) -> None:
    score = sung(style)
    assert not score.reports
    numbers = [line.number for line in lines(score)]
    assert numbers[:18] == [2, 3, 4, 5, 8, 9, 12, 13, 14, 15, 18, 19, 20, 21, 24, 25, 26, 27]
    for part in voices(score):
        assert part.notes == tuple(syllable.note for line in part.lines for syllable in line.syllables)
        assert all(one.start + one.length <= other.start + 1e-9 for one, other in pairwise(part.notes))
        assert all(note.length > 0 and 0 < note.velocity <= 1 for note in part.notes)


@pytest.mark.parametrize("style", STYLES)
def test_timed_lines_are_sung_at_their_times(style: str) -> None:
    score = timed(style)
    times = {line.number: line.time or 0.0 for line in lrc.parse(TIMED).lines}
    assert len(lines(score)) == len(times)
    for line in lines(score):
        assert abs(score.seconds(line.syllables[0].note.start) - times[line.number]) <= 0.04


@pytest.mark.parametrize("style", STYLES)
def test_stressed_syllables_stand_on_beats_or_are_held(style: str) -> None:
    for score, share in ((sung(style), 0.85), (timed(style), 0.75)):
        stressed = [one.note for line in lines(score) for one in line.syllables if one.stress == 2]
        strong = [abs(note.start - round(note.start)) < 0.05 or note.length >= 1.5 for note in stressed]
        assert mean(strong) >= share
        light = [one.note for line in lines(score) for one in line.syllables[:-1] if one.stress == 0]
        assert mean(note.length for note in stressed) > mean(note.length for note in light)


@pytest.mark.parametrize("style", STYLES)
def test_the_melody_can_be_sung(style: str) -> None:
    for score in (sung(style), timed(style)):
        part = voices(score)[0]
        lowest, highest = RANGES[part.instrument]
        assert all(lowest <= note.pitch <= highest for note in part.notes)
        steps = [abs(b.note.pitch - a.note.pitch) for line in part.lines for a, b in pairwise(line.syllables)]
        assert mean(step <= 2 for step in steps) >= 0.6
        assert mean(step == 0 for step in steps) <= 0.35
        assert max(steps) <= 12
        for section in score.sections:
            if section.kind == "verse":
                pitches = [note.pitch for note in of(score, section)]
                assert 4 <= max(pitches) - min(pitches) <= 16


@pytest.mark.parametrize("style", STYLES)
def test_a_singer_breathes_between_lines(style: str) -> None:
    for score in (sung(style), timed(style)):
        for line, then in pairwise(lines(score)):
            last = line.syllables[-1].note
            rest = score.seconds(then.syllables[0].note.start) - score.seconds(last.start + last.length)
            assert rest >= 0.15


@pytest.mark.parametrize("style", STYLES)
def test_a_chorus_lies_higher_and_returns_recognisably_but_not_literally(style: str) -> None:
    score = sung(style)
    verse = next(section for section in score.sections if section.kind == "verse")
    first, *again = choruses(score)
    assert again
    lift = mean(pitch for _, pitch in first) - mean(note.pitch for note in of(score, verse))
    assert 1.5 <= lift <= 8.0
    known = dict(first)
    for chorus in again:
        assert mean(one in set(first) for one in chorus) <= 0.4
        shared = [(known[beat], pitch) for beat, pitch in chorus if beat in known]
        assert len(shared) >= 0.8 * len(chorus)
        assert correlation([one for one, _ in shared], [other for _, other in shared]) >= 0.5


@pytest.mark.parametrize(("prompt", "most"), [("pop", 0.1), ("pop, 92 bpm in C major", 0.3)])
def test_two_seeds_sing_different_tunes(prompt: str, most: float) -> None:
    tunes: dict[str, list[set[tuple[float, int]]]] = {}
    for seed in range(5):
        part = voices(song(prompt, seed=seed, duration=40.0, lyrics=TIMED))[0]
        tunes.setdefault(part.instrument, []).append({(round(n.start * 4) / 4, n.pitch) for n in part.notes})
    pairs = [pair for same in tunes.values() for pair in combinations(same, 2)]
    assert mean(len(one & other) / len(one) for one, other in pairs) < most


@pytest.mark.parametrize("style", STYLES)
def test_backing_voices_join_when_a_chorus_returns(style: str) -> None:
    score = sung(style)
    voice, backing = voices(score)
    assert (backing.name, backing.role, backing.instrument) == ("Backing voices", "voice", "voice:back")
    second = [section for section in score.sections if section.kind == "chorus"][1]
    above = {(line.number, round(line.syllables[0].note.start)): line for line in voice.lines}
    for line in backing.lines:
        if score.sections[-1].energy < 0.88:
            assert line.syllables[0].note.start >= second.start - 2.5
        sung_above = above[line.number, round(line.syllables[0].note.start)]
        for high, low in zip(sung_above.syllables, line.syllables, strict=True):
            assert 3 <= high.note.pitch - low.note.pitch <= 12


@pytest.mark.parametrize("style", STYLES)
def test_leads_rest_while_the_voice_sings_and_play_where_it_does_not(style: str) -> None:
    score = sung(style)
    spans = [(line.syllables[0].note.start, line.syllables[-1].note.start) for line in lines(score)]
    leads = [note for part in score.parts if part.role == "lead" for note in part.notes]
    assert leads
    assert not [note for note in leads if any(begin - 0.1 < note.start < end for begin, end in spans)]


def test_chords_are_softer_and_lower_under_the_voice() -> None:
    with_words = sung("pop", 1)
    spans = [(line.syllables[0].note.start, line.syllables[-1].note.start) for line in lines(with_words)]
    under = [
        note
        for part in with_words.parts
        if part.role in ("chords", "pad")
        for note in part.notes
        if any(begin + 0.1 < note.start < end for begin, end in spans)
    ]
    assert max(note.pitch for note in under) <= 67
    silent = song("pop, no vocals", seed=1, duration=120.0, lyrics=POP)
    assert not voices(silent)
    loudness = {
        (part.name, round(note.start, 3), note.pitch): note.velocity for part in silent.parts for note in part.notes
    }
    pairs = [
        (note.velocity, loudness[key])
        for part in with_words.parts
        if part.role == "chords"
        for note in part.notes
        if (key := (part.name, round(note.start, 3), note.pitch)) in loudness
        and any(begin + 0.1 < note.start < end for begin, end in spans)
    ]
    assert len(pairs) > 50
    assert mean(before - now for now, before in pairs) == pytest.approx(0.075, abs=0.02)


def test_without_words_nobody_sings() -> None:
    assert not voices(song("pop"))
    assert not voices(song("pop", lyrics="[Verse]\n[Chorus]\n🎉"))


def test_mandarin_and_mixed_lines_are_sung() -> None:
    score = song("indie folk", seed=3, duration=60.0, lyrics=MANDARIN)
    assert not score.reports
    first, mixed = lines(score)[0], next(line for line in lines(score) if line.number == 8)
    assert [one.text for one in first.syllables] == list("月光落在我的窗前")
    assert [one.text for one in mixed.syllables] == [*"请你慢慢走", "my", "love"]
    assert mixed.text == "请你慢慢走 my love"


def test_the_plan_tells_who_sings_and_which_lines_are_pressed() -> None:
    lyrics = "[00:10.00]one is here\n[00:14.00]" + "and so many more words " * 6 + "\n[00:16.00]end\n[09:00.00]never"
    score = song("pop", seed=1, duration=40.0, lyrics=lyrics)
    plan = plan_json(score, read("pop"))
    voice = plan["voice"]
    assert voice["lines"] == 3  # type: ignore[index,call-overload]
    assert voice["singer"] in ("high", "low")  # type: ignore[index,call-overload]
    assert [(one["line"], one["what"]) for one in voice["reports"]] == [(2, "cut"), (4, "left out")]  # type: ignore
    assert f"a {voice['singer']} voice" in plan["summary"]  # type: ignore[index,call-overload,operator]
    assert json.loads(json.dumps(plan)) == plan


@pytest.mark.parametrize(
    "lyrics",
    [
        "x" * 10_000,
        "la\n" * 500,
        "🎉\n" * 500,
        "[00:00.00]all of us at once\n" * 100,
        "\n".join(f"[05:{second:02}.00]too late" for second in range(60)),
        "\n".join(f"[00:{second * 37 % 60:02}.00]out of order" for second in range(60)),
        "[Chorus]\n" * 300,
        "\n".join(f"[00:{second:02}.00]{'supercalifragilistic ' * 12}" for second in range(0, 20, 2)),
    ],
)
def test_whatever_the_lyrics_are_there_is_a_song(lyrics: str) -> None:
    score = song("pop", duration=20.0, lyrics=lyrics)
    end = score.sections[-1].start + score.sections[-1].length
    for part in score.parts:
        assert all(note.start >= 0 and 0 < note.length <= end - note.start + 1e-6 for note in part.notes)
    for part in voices(score):
        assert all(one.start + one.length <= other.start + 1e-9 for one, other in pairwise(part.notes))


def test_the_same_words_are_sung_the_same() -> None:
    assert song("pop", seed=4, duration=30.0, lyrics=POP) == song.__wrapped__("pop", seed=4, duration=30.0, lyrics=POP)
