"""How things are said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from musicgen_web.jobs.live import Live
from musicgen_web.web import phrases
from musicgen_web.web.phrases import local
from tests.support import songs


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0:00"), (5.4, "0:05"), (200, "3:20"), (59.6, "1:00"), (3723, "1:02:03")]
)
def test_a_length_reads_like_a_clock(seconds: float, said: str) -> None:
    assert phrases.clock(seconds) == said


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ((1, 3), "a few seconds"),
        ((5, 5), "about 5 seconds"),
        ((8.2, 14), "8 to 15 seconds"),
        ((118, 123), "about 2 minutes"),
        ((130, 200), "2 to 3 minutes"),
        ((20, 130), "1 to 2 minutes"),
        ((4000, 9000), "1 to 2 hours"),
    ],
)
def test_a_wait_is_said_as_people_say_it(span: tuple[float, float], said: str) -> None:
    assert phrases.eta(span) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(20, "20 seconds"), (90, "2 minutes"), (38_400, "10 hours and 40 minutes"), (3600, "1 hour")]
)
def test_a_library_lasts_hours_and_minutes(seconds: float, said: str) -> None:
    assert phrases.long_span(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"), [(1, "1 byte"), (310_000, "310 kB"), (7_800_000, "7.8 MB"), (24_100_000, "24 MB")]
)
def test_a_file_has_a_size_one_can_picture(count: int, said: str) -> None:
    assert phrases.size(count) == said


def test_a_song_stands_under_the_day_it_was_made() -> None:
    noon = local(songs.NOON).replace(hour=12)
    evening = noon.replace(hour=21, minute=52)
    assert phrases.day(noon, evening) == "Today"
    assert phrases.day(evening, evening) == "Tonight"
    assert phrases.day(noon - timedelta(days=1), evening) == "Yesterday"
    assert phrases.day(noon - timedelta(days=2), evening) == f"{noon - timedelta(days=2):%A}"
    assert phrases.day(noon.replace(month=1, day=9), evening) == "9 January"
    assert phrases.day(noon.replace(year=2024), evening) == "4 March 2024"
    assert phrases.moment(evening, evening) == "tonight at 21:52"
    assert phrases.moment(noon.replace(month=1, day=9), evening) == "on 9 January at 12:00"


def test_a_days_heading_stands_above_its_songs_and_below_the_later_ones() -> None:
    noon = local(songs.NOON).replace(hour=12)
    evening, tomorrow = noon.replace(hour=21), noon + timedelta(days=1)
    assert phrases.order(noon) < phrases.day_ends(noon) <= phrases.order(evening)
    assert phrases.order(evening) < phrases.day_ends(evening) <= phrases.order(tomorrow)


@pytest.mark.parametrize(
    ("live", "said"),
    [
        (Live("composing", detail="the chorus"), "Composing the chorus"),
        (Live("sampling", done=12, total=31), "Sampling, step 12 of 31"),
        (Live("decoding", detail="Piano, intro"), "Turning it into sound: Piano, intro"),
        (Live("saving"), "Saving"),
    ],
)
def test_a_stage_is_said_in_words(live: Live, said: str) -> None:
    assert phrases.stage(live) == said


def test_keys_and_chords_are_written_as_musicians_write_them() -> None:
    assert phrases.key({"key": "Bb", "mode": "minor"}) == "B♭ minor"
    assert phrases.key({}) == ""
    assert phrases.notes("lo-fi · 82 bpm · Bb major · Ab/Eb, F#m7") == "lo-fi · 82 bpm · B♭ major · A♭/E♭, F♯m7"


@pytest.mark.parametrize(
    ("text", "tag"), [("月光照在旧码头上", "zh"), ("ひかり", "ja"), ("빛", "ko"), ("Küche", ""), ("", "")]
)
def test_the_script_of_a_text_tells_its_language(text: str, tag: str) -> None:
    assert phrases.language(text) == tag


def test_a_row_tells_what_plays_where_the_wish_is_the_title_already() -> None:
    assert phrases.about(songs.track()) == "warm lo-fi"
    assert phrases.about(songs.track(title="warm lo-fi")) == "Rhodes, nylon guitar"


def test_a_long_text_is_cut_between_words() -> None:
    assert phrases.short("one two three", 8) == "one two…"
    assert phrases.short("one", 8) == "one"
    assert phrases.short("a" * 20, 8) == "a" * 8 + "…"


@pytest.mark.parametrize(
    ("days_ago", "said"), [(30, "today"), (40, "today"), (29, "tomorrow"), (24, "in 6 days"), (0, "on 31 December")]
)
def test_a_song_in_the_trash_goes_on_a_day_one_can_picture(days_ago: int, said: str) -> None:
    today = datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert phrases.goes(today - timedelta(days=days_ago), 30, today) == said
    assert phrases.goes(today, 60, today) == "on 30 January 2027"


def test_lines_of_one_fate_are_told_together() -> None:
    reports = [{"line": line, "what": "tight"} for line in (22, 23, 24, 26)]
    reports += [{"line": 27, "what": "cut"}, {"line": 3, "what": "left out", "why": "no words in it"}]
    assert phrases.unsung(reports) == "Lines 22–24, 26 in a hurry. Line 27 cut short. Line 3 left out (no words in it)."
    many = [{"line": line, "what": "cut"} for line in range(1, 40, 2)]
    assert phrases.unsung(many) == "Lines 1, 3, 5, 7, 9, 11 and others cut short."
