"""What the lint says of a line is what will be heard, and what it suggests mends it."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffrhythm import lrc, tokens
from diffrhythm.edits import AddLine, MoveTime, ShiftTimes, SplitLine, apply
from diffrhythm.findings import ERROR, KINDS, Finding
from diffrhythm.lint import Linter, Report
from diffrhythm.phonemes import Pronouncer
from diffrhythm.placement import Placed, frame_at, time_of
from diffrhythm.readers import pronounced
from diffrhythm.spec import FRAMES_PER_SECOND
from tests.support.counters import reader


def lint(text: str, duration: float = 30, *, as_upstream: bool = False) -> Report:
    return Linter(reader).lint(text, duration, as_upstream=as_upstream)


def only(text: str, duration: float = 30) -> Finding:
    report = lint(text, duration)
    assert len(report.findings) == 1, report.findings
    return report.findings[0]


def kinds(report: Report) -> list[str]:
    return [finding.kind for finding in report.findings]


def mended(text: str, finding: Finding) -> str:
    assert finding.fix
    return apply(text, *finding.fix)


FINE = "[00:05.00]Lanterns drift\n[00:08.00]over the bay\n[00:20.00][Outro]\n"


def test_lyrics_that_are_sung_as_written_have_no_findings() -> None:
    report = lint(FINE)
    assert report.is_clean
    assert [(part.place.start, part.place.written) for part in report.lines if part.place] == [(107, 14), (172, 11)]


def test_a_line_with_more_sounds_than_frames_pushes_the_next() -> None:
    text = "[00:05.00]Lanterns drift over the bay\n[00:05.60]on\n"
    finding = only(text)
    assert (finding.kind, finding.line, finding.start, finding.end) == ("late", 1, 10, 37)
    assert "24 sounds, and room for 13" in finding.message and "0.51 seconds late" in finding.message
    assert finding.fix == (MoveTime(1, 5.0, 4.37),)
    assert lint(mended(text, finding)).is_clean


def test_where_there_is_no_room_before_the_pushed_lines_get_the_time_they_are_sung_at() -> None:
    text = "[00:00.60]Lanterns drift over the bay and on\n[00:01.20]one two three\n[00:01.30]four\n[00:20.00]five\n"
    report = lint(text)
    late = next(finding for finding in report.findings if finding.kind == "late")
    starts = [part.place.start for part in report.lines if part.place]
    assert late.fix == (MoveTime(2, 1.2, time_of(starts[1])), MoveTime(3, 1.3, time_of(starts[2])))
    assert "late" not in kinds(lint(mended(text, late)))


def test_what_the_end_cuts_off_comes_earlier_if_it_can() -> None:
    text = "[00:10.00]one two\n[00:20.00]three\n[00:29.90]the end of the song\n"
    finding = only(text)
    assert (finding.kind, finding.severity, finding.line) == ("truncated", ERROR, 3)
    assert "dense" in kinds(lint(mended(text, finding))) or lint(mended(text, finding)).is_clean


def test_what_begins_after_the_end_is_not_sung() -> None:
    text = "[00:20.00]three\n[00:40.00]the end\n"
    finding = lint(text).findings[-1]
    assert (finding.kind, finding.severity, finding.line) == ("past-end", ERROR, 2)
    assert "42 seconds" in finding.message
    assert lint(text, 42).lines[-1].place == Placed(861, 861, 7, 7)
    assert "past-end" not in kinds(lint(mended(text, finding)))


def test_words_at_the_very_beginning_are_given_a_moment() -> None:
    text = "[00:00.00]Lanterns\n[00:03.00]bay\n[00:20.00][Outro]"
    finding = only(text)
    assert (finding.kind, finding.fix) == ("start", (ShiftTimes(0.0, 1.0),))
    assert mended(text, finding) == "[00:01.00]Lanterns\n[00:04.00]bay\n[00:21.00][Outro]"


def test_a_long_gap_may_be_meant_and_is_shortened_where_it_is_too_long() -> None:
    text = "[00:05.00]Lanterns\n[00:25.00]bay\n"
    finding = only(text, 50)
    assert (finding.kind, finding.line) == ("gap", 2)
    assert isinstance(finding.fix[0], AddLine) and finding.fix[0].after == 1
    assert lint(mended(text, finding), 50).is_clean
    assert lint("[00:05.00]Lanterns\n[Verse]\n[00:25.00]bay\n", 50).is_clean
    far = "[00:05.00]Lanterns\n[Verse]\n[00:45.00]bay\n"
    assert isinstance(only(far, 60).fix[0], ShiftTimes)
    assert lint(mended(far, only(far, 60)), 60).is_clean


def test_a_long_silence_at_either_end_is_told() -> None:
    assert "30 seconds would be long enough" in only("[00:05.00]Lanterns\n", 60).message
    first = only("[00:30.00]Lanterns\n", 50)
    assert "30.0 seconds without words before" in first.message
    assert lint(mended("[00:30.00]Lanterns\n", first), 50).is_clean


def test_words_too_fast_to_follow_get_more_time() -> None:
    text = "[00:20.00]a ia eo ua ei oa ui ae\n[00:21.00]bay\n"
    finding = only(text)
    assert finding.kind == "dense" and "7.8 syllables a second" in finding.message
    assert lint(mended(text, finding)).is_clean


def test_many_syllables_in_one_breath_become_two_lines() -> None:
    text = "[00:20.00]over the river, over the stile, over the water and away we go for ever and ever"
    finding = lint(text).findings[0]
    assert (finding.kind, type(finding.fix[0])) == ("long", SplitLine)
    lines = mended(text, finding).splitlines()
    assert [line[10:] for line in lines] == [
        "over the river, over the stile,",
        "over the water and away we go for ever and ever",
    ]
    assert "late" not in kinds(lint(mended(text, finding)))
    plain = lint(text[10:])
    assert apply(text[10:], *plain.findings[1].fix).count("\n") == 1


def test_a_line_without_a_time_is_named_and_placed_where_there_is_room() -> None:
    text = "[00:05.00]Lanterns\nover the bay\n[00:15.00]home\n"
    finding = only(text, 50)
    assert (finding.kind, finding.severity, finding.line) == ("untimed", ERROR, 2)
    assert lint(mended(text, finding), 50).is_clean
    assert only("[00:05.00]Lanterns\nover the bay\n[00:05.60]home\n", 40).fix == ()


def test_words_without_any_time_are_one_finding() -> None:
    assert only("[Verse]\nLanterns\nover the bay\n").line == 2


@pytest.mark.parametrize(
    ("words", "kind", "columns", "instead"),
    [
        ("rock & roll", "characters", (15, 16), "rock and roll"),
        ("love \u2764 me", "characters", (15, 16), "love me"),
        ("a well-known face", "joined", (16, 17), "a well known face"),
        ("love\u2014lost", "joined", (14, 15), "love, lost"),
        ("don`t go", "joined", (13, 14), "don't go"),
        ("Mary·Ann", "joined", (14, 15), "Mary Ann"),
    ],
)
def test_signs_that_are_not_sung_are_shown_with_what_to_write(
    words: str, kind: str, columns: tuple[int, int], instead: str
) -> None:
    text = f"[00:10.00]{words}\n"
    finding = only(text, 30)
    assert (finding.kind, (finding.start, finding.end)) == (kind, columns)
    assert mended(text, finding) == f"[00:10.00]{instead}\n"


@pytest.mark.parametrize(
    "words", ["1/2 of 50% for $5", "爱·你—我", "(oh) “yes”, don’t", "caf\u00e9", "cafe\u0301s", "la···la，la"]
)
def test_signs_that_do_no_harm_are_left_alone(words: str) -> None:
    assert lint(f"[00:10.00]{words} la", 30).is_clean


@pytest.mark.parametrize(
    ("broken", "instead"),
    [
        ("[00:99.99]x", "[01:39.99]x"),
        ("[00:10,5]x", "[00:10.50]x"),
        ("[00:10:50]x", "[00:10.50]x"),
        ("[0:5]x", "[00:05.00]x"),
        ("[１０:１０]x", "[10:10.00]x"),
        ("[00:10 words", "[00:10.00]words"),
        ("[ ]x", "x"),
        ("[Chorus", "[Chorus]"),
        ("[00:10.00]one [00:12.00]two", "[00:10.00]one\n[00:12.00]two"),
        ("[00:10.1234]x", "[00:10.123]x"),
        ("[-1:00]x", None),
    ],
)
def test_a_broken_line_is_shown_as_it_was_probably_meant(broken: str, instead: str | None) -> None:
    finding = only(f"fine\n{broken}")
    assert (finding.kind, finding.severity, finding.line) == ("broken", ERROR, 2)
    assert (apply(f"fine\n{broken}", *finding.fix) == f"fine\n{instead}") if instead else finding.fix == ()


def test_the_models_own_program_loses_what_ours_sings() -> None:
    text = "[00:00.00][Intro]\n[00:20.00]one\n[00:30.00]\n[00:35.00]two\n[00:50.00]and\n[00:58.00]three"
    assert lint(text, 95).is_clean
    report = lint(text, 95, as_upstream=True)
    assert kinds(report) == ["upstream", "upstream", "dropped"]
    assert report.findings[-1].line == 6
    for _ in range(3):
        text = mended(text, lint(text, 95, as_upstream=True).findings[0])
    assert lint(text, 95, as_upstream=True).is_clean
    assert text == "[Intro]\n[00:20.00]one\n\n[00:35.00]two\n[00:50.00]and\n[00:58.00]three\n[00:58.24]la\n"


def test_a_line_sung_at_several_times_is_spelled_wrong_once() -> None:
    assert kinds(lint("[00:10.00][00:14.00]rock & roll", 40)) == ["characters"]


@pytest.fixture(scope="module")
def pronouncer() -> Iterator[Pronouncer]:
    with Pronouncer() as real:
        yield real


WORDS = (
    "Lanterns drift across the bay", "hold on", "慢一点，再慢一点", "月光", "Goodbye 不是结束", "1999", "wait... what",
    "every single syllable of this extraordinarily overloaded sentence needs a frame of its own to be heard at all",
    "我把名字写在玻璃外等一阵风把它吹开然后慢慢地离开",
)  # fmt: skip
SILENT = ("", "さくら", "\u2764", "...")
EDGES = (0.0, 0.001, 20.48, 40.96, 61.44, 81.92, 94.999, 95.0, 95.1, 96.0, 120.0, 999.0)


def lyrics_at_random(seed: int, *, adversarial: bool, silent: bool) -> str:
    rng = random.Random(seed)
    words = WORDS + (SILENT if silent else ())
    lines = []
    for _ in range(rng.randint(0, 24)):
        at = rng.choice(EDGES) if adversarial else round(rng.uniform(0, 110), rng.choice((0, 1, 2, 3)))
        lines.append(lrc.stamp(at) * rng.choice((1, 1, 1, 2)) + rng.choice(words))
    return "\n".join(lines)


@pytest.mark.parametrize("as_upstream", [False, True])
def test_the_prediction_is_where_the_tokens_are(pronouncer: Pronouncer, as_upstream: bool) -> None:
    linter = Linter(pronounced(pronouncer))
    compared = 0
    for seed in range(275):
        text = lyrics_at_random(seed, adversarial=seed >= 250, silent=not as_upstream)
        duration = random.Random(seed).choice((60, 95, 96, 110))
        placed = tokens.place(lrc.parse(text).lines, duration, pronouncer, as_upstream=as_upstream)
        report = linter.lint(text, duration, as_upstream=as_upstream)
        told = [
            (part.place.wanted, part.place.start, part.place.tokens, part.place.written)
            for part in report.lines
            if part.place
        ]
        assert told == [(line.wanted, line.start, len(line.tokens), line.written) for line in placed.lines], text
        assert report.room.frames == len(placed.tokens)
        pushed = [line.line.number for line in placed.lines if line.fate == tokens.SUNG and line.pushed > 0]
        assert len([finding for finding in report.findings if finding.kind == "late"]) == len(pushed), text
        lost = [line for line in placed.lines if line.fate in (tokens.PAST_END, tokens.DROPPED) or line.is_truncated]
        named = [finding for finding in report.findings if finding.kind in ("past-end", "dropped", "truncated")]
        assert len(named) == len(lost), text
        compared += len(told)
    assert compared > 2_000


def test_one_changed_line_costs_one_reading() -> None:
    asked: list[list[str]] = []

    def counting(lines):  # type: ignore[no-untyped-def]
        asked.append(list(lines))
        return reader(lines)

    linter = Linter(counting)
    text = "".join(f"[{second // 60:02}:{second % 60:02}.00]words of line {second}\n" for second in range(1, 201))
    linter.lint(text, 285)
    linter.lint(text.replace("words of line 77\n", "other words\n"), 285)
    assert [len(lines) for lines in asked] == [200, 1]


def test_frames_and_times_are_inverse() -> None:
    assert all(frame_at(time_of(frame)) == frame for frame in range(0, 6_144, 7))
    assert time_of(441) == 20.48 and frame_at(20.48) == 441
    assert 21.53 < FRAMES_PER_SECOND < 21.54


SCRAPS = st.sampled_from(
    ["[00:10.00]", "[00:00.00]", "[01:34.90]", "[00:10.30]", "[00:99.00]", "[offset:-200]", "[Chorus]", "\n", "\n",
     "\r\n", "over the bay", " la ", "&", "月光", "さくら", "1", "\u2764", "—", "\t", "[", "]", "<00:01.00>",
     "\ufeff", "\ud800"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(SCRAPS, max_size=40).map("".join), st.sampled_from([5.0, 30.0, 95.0, 200.0]), st.booleans())
def test_whatever_is_typed_is_looked_over_and_every_suggestion_can_be_applied(
    text: str, duration: float, as_upstream: bool
) -> None:
    raws = text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    report = lint(text, duration, as_upstream=as_upstream)
    for finding in report.findings:
        assert finding.kind in KINDS and finding.message
        assert 1 <= finding.line <= len(raws) and 0 <= finding.start <= finding.end <= len(raws[finding.line - 1])
        if finding.fix:
            changed = apply(text, *finding.fix)
            assert changed != text
            again = lint(changed, duration, as_upstream=as_upstream).findings
            assert finding not in again


@settings(max_examples=30, deadline=None)
@given(st.lists(SCRAPS, max_size=30).map("".join))
def test_mending_comes_to_an_end(text: str) -> None:
    linter = Linter(reader)
    for _ in range(300):
        fix = next((finding.fix for finding in linter.lint(text, 60).findings if finding.fix), None)
        if fix is None:
            return
        text = apply(text, *fix)
    pytest.fail("it is mended for ever")
