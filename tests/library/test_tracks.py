"""The library: songs come once, keep their words, page in order, and go to the trash and back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from musicgen_web.db import Database
from musicgen_web.engines.base import Song, SongRequest
from musicgen_web.errors import InvalidRequest, NotFound
from musicgen_web.jobs import queue
from musicgen_web.library import tracks
from musicgen_web.library.tracks import title_for
from musicgen_web.migrate import migrate
from musicgen_web.models import Track

SONG = Song(
    duration=30.5,
    sample_rate=44_100,
    channels=2,
    md5="0123456789abcdef" * 2,
    peaks=bytes(1600),
    plan={"summary": "slow waltz", "bpm": 90, "chords": [{"name": "Am", "start": 0.0}]},
    versions={"sketch": "1", "numpy": "2.1"},
)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    migrate(tmp_path / "musicgen.db", tmp_path / "backups")
    async with Database(tmp_path / "musicgen.db") as db:
        yield db


async def make(db: Database, prompt: str = "slow rain, piano", *, owner: str = "local", **wish: str) -> Track:
    """Make one song, all the way from the queue."""
    request = SongRequest(prompt=prompt, engine="sketch", seed=7, duration=30.0, **wish)
    async with db.begin() as session:
        job, _ = await queue.enqueue(session, request, owner=owner)
        take = await queue.claim(session, "sketch")
        assert take is not None
        assert take.claim is not None
        await queue.finish(session, take.claim, 2.5, song=SONG, size=1_000)
        return (await tracks.of_job(session, job.id, owner))[0]


async def test_a_song_comes_into_the_library_with_all_that_made_it(db: Database) -> None:
    made = await make(db, lyrics="[00:01.00]Rain on the roof", title="")
    async with db.read() as session:
        track = await tracks.find(session, made.id)
        assert await tracks.ids(session) == {made.id}
    assert (track.title, track.favourite, track.deleted_at) == ("Rain on the roof", False, None)
    assert (track.plan, track.versions, track.peaks) == (SONG.plan, SONG.versions, SONG.peaks)
    assert (track.request.lyrics, track.request.seed) == ("[00:01.00]Rain on the roof", 7)


async def test_pages_follow_the_cursor_without_a_gap_also_while_new_songs_come(db: Database) -> None:
    made = [(await make(db)).id for _ in range(7)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        async with db.read() as session:
            page = await tracks.listing(session, before=cursor, limit=3)
        seen += [track.id for track in page.tracks]
        cursor = page.next_cursor
        if cursor is None:
            break
        await make(db, "a newcomer")
    assert seen == list(reversed(made))


async def test_a_last_page_that_is_just_full_has_no_next(db: Database) -> None:
    for _ in range(3):
        await make(db)
    async with db.read() as session:
        assert (await tracks.listing(session, limit=3)).next_cursor is None


async def test_a_cursor_that_leads_nowhere_is_refused(db: Database) -> None:
    mine = await make(db)
    async with db.read() as session:
        with pytest.raises(InvalidRequest):
            await tracks.listing(session, before="nowhere")
        with pytest.raises(InvalidRequest):
            await tracks.listing(session, "berta", before=mine.id)


async def test_favourites_are_listed_apart(db: Database) -> None:
    first, _ = await make(db), await make(db)
    async with db.begin() as session:
        await tracks.set_favourite(session, first.id, True)
    async with db.read() as session:
        assert [track.id for track in (await tracks.listing(session, favourites=True)).tracks] == [first.id]
    async with db.begin() as session:
        await tracks.set_favourite(session, first.id, False)
    async with db.read() as session:
        assert (await tracks.listing(session, favourites=True)).tracks == []


async def test_a_trashed_song_is_away_keeps_its_audio_known_and_comes_back_to_its_place(db: Database) -> None:
    first, second = await make(db), await make(db)
    async with db.begin() as session:
        trashed = await tracks.trash(session, first.id)
        when = trashed.deleted_at
        assert when is not None
        assert (await tracks.trash(session, first.id)).deleted_at == when
    async with db.read() as session:
        with pytest.raises(NotFound):
            await tracks.find(session, first.id)
        assert (await tracks.find(session, first.id, trashed=True)).id == first.id
        assert (await tracks.find(session, first.id, trashed=None)).id == first.id
        assert [track.id for track in (await tracks.listing(session)).tracks] == [second.id]
        assert [track.id for track in (await tracks.listing(session, trashed=True)).tracks] == [first.id]
        assert await tracks.counts(session) == (1, 30.5)
        assert await tracks.ids(session) == {first.id, second.id}
    async with db.begin() as session:
        await tracks.restore(session, first.id)
    async with db.read() as session:
        assert [track.id for track in (await tracks.listing(session)).tracks] == [second.id, first.id]


async def test_a_song_takes_any_title_and_an_empty_one_brings_the_first_back(db: Database) -> None:
    made = await make(db)
    async with db.begin() as session:
        assert (await tracks.rename(session, made.id, "  夜の雨 🌧 <b>  ")).title == "夜の雨 🌧 <b>"
    async with db.begin() as session:
        assert (await tracks.rename(session, made.id, "x" * 500)).title == "x" * 200
    async with db.begin() as session:
        assert (await tracks.rename(session, made.id, "   ")).title == "slow rain, piano"


async def test_another_persons_song_is_not_there(db: Database) -> None:
    theirs = await make(db, owner="anna")
    async with db.begin() as session:
        for verb in (
            tracks.find(session, theirs.id, "berta"),
            tracks.rename(session, theirs.id, "mine", "berta"),
            tracks.set_favourite(session, theirs.id, True, "berta"),
            tracks.trash(session, theirs.id, "berta"),
            tracks.restore(session, theirs.id, "berta"),
        ):
            with pytest.raises(NotFound):
                await verb
        assert (await tracks.listing(session, "berta")).tracks == []
        assert await tracks.counts(session, "berta") == (0, 0.0)
        assert (await tracks.find(session, theirs.id, "anna")).title == "slow rain, piano"


async def test_the_receipts_of_the_same_song_differ_only_in_when_and_where(db: Database) -> None:
    first, second = tracks.receipt(await make(db)), tracks.receipt(await make(db))
    assert json.loads(json.dumps(first)) == first
    assert {name for name in first if first[name] != second[name]} == {"library", "times"}
    assert first["inputs"] == {
        "prompt": "slow rain, piano", "engine": "sketch", "seed": 7, "lyrics": "", "title": "", "duration": 30.0,
        "steps": 32, "guidance": 4.0, "takes": 1,
    }  # fmt: skip
    assert first["times"] == {"created_at": first["times"]["created_at"], "device_seconds": 2.5}
    assert first["audio"]["md5"] == SONG.md5
    assert first["versions"] == SONG.versions


async def test_the_library_is_paged_by_index(db: Database) -> None:
    made = await make(db)
    statements: list[str] = []
    db._raw.set_trace_callback(statements.append)
    async with db.begin() as session:
        await tracks.listing(session, before=made.id)
    db._raw.set_trace_callback(None)
    listing = next(statement for statement in statements if "ORDER BY" in statement)
    async with db.read() as session:
        plans = [
            row[3] for row in await session.execute(text(f"EXPLAIN QUERY PLAN {listing.replace(':', chr(92) + ':')}"))
        ]
    (plan,) = plans
    assert plan.startswith("SEARCH track USING COVERING INDEX ix_track_"), plan
    assert plan.endswith("(owner=? AND deleted_at=? AND number<?)"), plan


async def test_a_song_is_found_by_every_word_of_title_wish_or_lyrics_in_any_script(db: Database) -> None:
    river = await make(db, "Caf\u00e9 by the river", title="Straße", lyrics="[Verse]\n[00:01.00]Ночь над рекой")
    moon = await make(db, "100% guzheng", title="月光照在旧码头上")
    expected = {
        "": [moon, river], "cafe": [river], "CAFÉ strasse": [river], "НОЧЬ cafe": [river], "码头": [moon],
        "100%": [moon], "%": [moon], "_": [], "cafe 码头": [], "verse": [], "00:01": [],
    }  # fmt: skip
    async with db.begin() as session:
        for q, songs in expected.items():
            page = await tracks.listing(session, q=q)
            assert [track.id for track in page.tracks] == [track.id for track in songs], q
        await tracks.rename(session, moon.id, "Ёлка")
        assert [track.id for track in (await tracks.listing(session, q="елка")).tracks] == [moon.id]
        assert (await tracks.listing(session, q="码头")).tracks == []


async def test_a_page_can_reach_to_a_song_that_was_seen_already(db: Database) -> None:
    made = [(await make(db)).id for _ in range(5)]
    async with db.begin() as session:
        page = await tracks.listing(session, limit=2, through=made[1])
        assert [track.id for track in page.tracks] == made[:0:-1]
        assert page.next_cursor == made[1]
        assert len((await tracks.listing(session, limit=2, through="nowhere")).tracks) == 2


async def test_those_of_several_songs_are_taken_that_are_there(db: Database) -> None:
    first, second = await make(db), await make(db)
    other = await make(db, owner="other")
    async with db.begin() as session:
        await tracks.trash(session, first.id)
        ids = [first.id, second.id, other.id, "nowhere"]
        assert [track.id for track in await tracks.several(session, ids)] == [second.id]
        assert [track.id for track in await tracks.several(session, ids, trashed=True)] == [first.id]


def wish(**fields: str) -> SongRequest:
    return SongRequest(**{"prompt": "warm lo-fi, tape hiss, late evening", "engine": "sketch", "seed": 1, **fields})


@pytest.mark.parametrize(
    ("lyrics", "title"),
    [
        ("[ti:Rain]\n[00:10.50]First line\n[00:14.00]Second", "First line"),
        ("[verse]\n\n  Plain   words \nmore", "Plain words"),
        ("[chorus] Sing it", "Sing it"),
        ("[00:01.00][00:20.00]Twice sung", "Twice sung"),
        ("[intro]\n[00:05.00]\n", "warm lo-fi, tape hiss, late evening"),
        ("", "warm lo-fi, tape hiss, late evening"),
        ("a " * 60, "a " * 29 + "a…"),
    ],
)
def test_a_song_without_a_title_is_called_by_its_first_line_or_its_prompt(lyrics: str, title: str) -> None:
    assert title_for(wish(lyrics=lyrics)) == title


def test_a_title_that_was_asked_for_stays_as_it_is() -> None:
    assert title_for(wish(title=" Mine ", lyrics="First line")) == "Mine"


def test_a_long_prompt_gives_whole_words() -> None:
    title = title_for(wish(prompt="a dreamy and very slow waltz with strings, harp, and an unhurried trumpet solo"))
    assert title == "a dreamy and very slow waltz with strings, harp, and an…"


@settings(max_examples=40)
@given(prompt=st.text(min_size=1, max_size=100), lyrics=st.text(max_size=100))
def test_there_is_always_a_title_and_it_is_never_long(prompt: str, lyrics: str) -> None:
    title = title_for(wish(prompt=prompt, lyrics=lyrics))
    assert 1 <= len(title) <= 61
    assert title == title.strip()
