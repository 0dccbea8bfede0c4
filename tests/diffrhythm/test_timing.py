"""Plain words are timed like a song: on a beat, with room to breathe, and nothing past the end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from diffrhythm import lrc
from diffrhythm.errors import LyricsError
from diffrhythm.lint import Linter
from diffrhythm.phonemes import Pronouncer
from diffrhythm.readers import pronounced
from diffrhythm.reading import Reader
from diffrhythm.timing import FITS, TOO_LONG, TOO_SHORT, Timing, time_lyrics
from tests.support.counters import reader

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.txt"))
SONG = """[Intro]
[Verse]
Lanterns drift across the bay
Carrying the words we never say
[Chorus]
Hold on, hold on, we're almost home
No one has to walk alone
[Solo]
[Chorus]
Hold on, hold on, we're almost home
No one has to walk alone
[Outro]
"""


def timed(text: str, duration: float, tempo: float | None = None) -> Timing:
    return time_lyrics(text, duration, reader, tempo)


def starts(timing: Timing) -> list[float]:
    assert timing.lyrics is not None
    return [line.time or 0.0 for line in timing.lyrics.lines if line.text]


@pytest.fixture(scope="module")
def real() -> Iterator[Reader]:
    with Pronouncer() as pronouncer:
        yield pronounced(pronouncer)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_lyrics_of_every_kind_are_timed_so_that_the_model_sings_them_whole(path: Path, real: Reader) -> None:
    text = path.read_text(encoding="utf-8")
    linter = Linter(real)
    told = time_lyrics(text, 285, real).fit
    for duration in (told.least, told.usual):
        timing = time_lyrics(text, duration, real)
        assert timing.fit.verdict == FITS and timing.lyrics is not None
        report = linter.lint(lrc.write(timing.lyrics), duration)
        assert report.findings == ()
        assert all(sung.place and sung.place.written == sung.reading.tokens for sung in report.lines)
        assert [line.text for line in timing.lyrics.lines] == [line.text for line in lrc.parse(text).lines]
    if told.least > 5:
        refused = time_lyrics(text, told.least - 1, real)
        assert refused.lyrics is None
        assert (refused.fit.verdict, refused.fit.least) == (TOO_LONG, told.least)


def test_there_are_forty_lyrics_to_try() -> None:
    assert len(CORPUS) == 40


def test_lines_begin_on_a_beat_and_sections_on_a_bar() -> None:
    timing = timed(SONG, 60)
    assert timing.tempo
    beats = [start / 60 * timing.tempo for start in starts(timing)]
    assert beats == pytest.approx([round(beat) for beat in beats], abs=0.03)
    assert [round(beats[place]) % 4 for place in (0, 2, 4)] == [0, 0, 0]


def test_a_tempo_that_is_asked_for_is_kept() -> None:
    timing = timed(SONG, 60, 120)
    assert timing.tempo == 120
    assert all(start / 0.5 == pytest.approx(round(start / 0.5), abs=0.03) for start in starts(timing))


def test_the_band_begins_alone_and_has_its_solo_and_its_end() -> None:
    lyrics = timed(SONG, 60).lyrics
    assert lyrics is not None
    times = {line.section: line.time for line in lyrics.lines if line.section}
    sung = [line.time or 0.0 for line in lyrics.lines if line.text]
    assert times["Intro"] == 0 and sung[0] >= 1
    assert sung[3] < (times["Solo"] or 0) < sung[4]
    assert sung[5] < (times["Outro"] or 0) < 60
    assert times["Chorus"] is None, "a tag with words begins with them"


def test_the_same_words_are_always_timed_the_same() -> None:
    assert timed(SONG, 73) == timed(SONG, 73)


def test_words_that_are_too_long_are_told_by_how_much_and_what_would_fit() -> None:
    fit = timed(SONG * 6, 30).fit
    assert fit.verdict == TOO_LONG and fit.by > 10
    assert "too long for this song by" in str(fit) and str(fit.least) in str(fit)
    assert timed(SONG * 6, fit.least).fit.verdict == FITS
    assert timed(SONG * 6, fit.least - 1).fit.verdict == TOO_LONG
    assert fit.least == pytest.approx(30 + fit.by, abs=1)


def test_words_that_are_too_short_are_timed_and_told_by_how_much() -> None:
    timing = timed("one small line", 285)
    assert timing.fit.verdict == TOO_SHORT and starts(timing)
    assert timing.fit.by == pytest.approx(285 - timing.fit.most, abs=1)
    assert timed("one small line", timing.fit.most).fit.verdict == FITS


def test_lines_with_a_time_keep_it_and_the_others_find_their_place_between() -> None:
    lyrics = timed("first words\n[00:20.00]second words\nthird words\n[00:31.50]fourth words\nfifth", 60).lyrics
    assert lyrics is not None
    times = [line.time or 0.0 for line in lyrics.lines]
    assert (times[1], times[3]) == (20, 31.5)
    assert times == sorted(times) and 20 < times[2] < 31.5 < times[4]


def test_a_section_that_has_a_time_begins_with_its_words() -> None:
    lyrics = timed("[00:10.00][Verse]\none line\ntwo line\n\n[Chorus]\nla la\nla la\n[00:40.00][Outro]", 60).lyrics
    assert lyrics is not None
    times = {line.text or line.section: line.time for line in lyrics.lines}
    assert (times["Verse"], times["one line"], times["Outro"]) == (10, 10, 40)
    assert 10 < (times["two line"] or 0) < (times["la la"] or 0) < 40


def test_words_for_which_no_song_is_long_enough_are_told_so() -> None:
    fit = timed(SONG * 60, 285).fit
    assert fit.least > 285 and "Even a song of 285 seconds is too short" in str(fit)
    share = int(str(fit).split("Leave out ")[1].split(" %")[0]) / 100
    assert timed(SONG * int(60 * (1 - share)), 285).fit.verdict == FITS


def test_a_lyric_with_all_its_times_stays_as_it_is() -> None:
    text = "[00:05.00]one\n[00:08.25]two\n"
    lyrics = timed(text, 30).lyrics
    assert lyrics is not None and lrc.write(lyrics) == text


def test_too_little_room_between_two_times_is_told() -> None:
    timing = timed("[00:10.00]one\n" + "many words that need their time\n" * 9 + "[00:12.00]two", 60)
    assert (timing.lyrics, timing.fit.verdict) == (None, TOO_LONG)
    assert timing.fit.by > 5


def test_no_words_are_no_trouble() -> None:
    for text in ("", "[Intro]\n[Outro]", "\n\n"):
        timing = timed(text, 30)
        assert timing.lyrics == lrc.parse(text) and timing.fit.verdict == FITS


def test_broken_lines_are_named() -> None:
    with pytest.raises(LyricsError, match="Line 2"):
        timed("fine\n[00:99.00]broken", 30)


WORDS = st.lists(st.sampled_from("la river moon extraordinary a stone wandering you 月光 慢一点".split()), min_size=1)
LINE = WORDS.map(lambda words: " ".join(words[:8]))
ITEMS = st.lists(LINE | st.sampled_from(["[Verse]", "[Chorus]", "[Solo]", ""]), max_size=24)


@settings(max_examples=40, deadline=None)
@given(ITEMS, st.integers(5, 285), st.none() | st.integers(60, 180))
@example(["la"], 5, None)
@example(["[Solo]", "la", "[Solo]", "[Solo]", "la"], 60, 180)
def test_what_fits_is_sung_whole_in_order_and_before_the_end(
    items: list[str], duration: int, tempo: int | None
) -> None:
    text = "\n".join(items)
    timing = timed(text, duration, tempo)
    if timing.lyrics is None:
        assert timing.fit.verdict == TOO_LONG and timing.fit.by > 0 and timing.fit.least > duration
        return
    times = [line.time for line in timing.lyrics.lines if line.time is not None]
    assert times == sorted(times) and all(0 <= time < duration for time in times)
    sung = starts(timing)
    assert all(before < after for before, after in pairwise(sung))
    if timing.fit.verdict == FITS and sung:
        report = Linter(reader).lint(lrc.write(timing.lyrics), duration)
        assert [finding for finding in report.findings if finding.kind != "long"] == []
        assert timing.fit.least <= duration <= timing.fit.most


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(LINE | st.just("[Chorus]"), st.none() | st.integers(0, 8_000)), max_size=14))
@example([("[Chorus]", 500), ("la", None), ("la", 500), ("la", None)])
def test_times_that_are_given_are_kept_and_the_others_rise_between_them(items: list[tuple[str, int | None]]) -> None:
    text = "\n".join(("" if at is None else lrc.stamp(at / 100)) + words for words, at in items)
    timing = timed(text, 90)
    if timing.lyrics is None:
        assert timing.fit.verdict == TOO_LONG and timing.fit.by > 0
        return
    kept = [(line.text, line.section, line.time) for line in lrc.parse(text).lines]
    times = [line.time for line in timing.lyrics.lines if line.time is not None]
    assert times == sorted(times) and all(0 <= time < 90 for time in times)
    assert all(line.time is not None for line in timing.lyrics.lines if line.text)
    for before, after in zip(kept, timing.lyrics.lines, strict=True):
        assert before[:2] == (after.text, after.section)
        assert before[2] in (None, after.time)
