"""The trash: songs wait there, come back, or go for good; a kill in the middle loses nothing and leaves nothing."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from musicgen_web.datadir import DataDir, sweep
from musicgen_web.db import Database
from musicgen_web.errors import Conflict, NotFound, Unavailable
from musicgen_web.library import tracks, trash
from musicgen_web.library.audio import Formats
from musicgen_web.library.trash import Trash
from musicgen_web.migrate import migrate
from musicgen_web.models import Track, now
from tests.library.test_tracks import make
from tests.support.waiting import until

DAYS = 30


@dataclass(slots=True)
class Cellar:
    """A library with its files, and the trash under test."""

    db: Database
    datadir: DataDir
    trash: Trash
    told: list[tuple[str, str]] = field(default_factory=list)

    async def song(self, *, days_in_trash: float | None = None, owner: str = "local") -> Track:
        made = await make(self.db, owner=owner)
        self.datadir.audio(made.id).write_bytes(b"sound")
        (self.datadir.cache / f"{made.id}.mp3").write_bytes(b"copy")
        if days_in_trash is not None:
            async with self.db.begin() as session:
                since = now() - timedelta(days=days_in_trash)
                await session.execute(update(Track).where(Track.id == made.id).values(deleted_at=since))
        return made

    async def rows(self) -> set[str]:
        async with self.db.read() as session:
            return set((await session.scalars(select(Track.id))).all())

    def files(self, room: str) -> set[str]:
        return {path.stem for path in (self.datadir.root / room).iterdir()}


@asynccontextmanager
async def cellar(root: Path, datadir: type[DataDir] = DataDir, *, days: int = DAYS) -> AsyncIterator[Cellar]:
    folder = datadir(root)
    folder.make()
    migrate(folder.database, folder.backups)
    async with Database(folder.database) as db:
        told: list[tuple[str, str]] = []
        formats = Formats(folder.cache)
        bin_ = Trash(db, folder, formats, days=days, tell=lambda owner, gone: told.append((owner, gone)))
        yield Cellar(db, folder, bin_, told)
        await formats.close()


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Cellar]:
    async with cellar(tmp_path / "data") as opened:
        yield opened


async def test_a_song_deleted_for_good_is_gone_with_its_sound_and_its_copies(here: Cellar) -> None:
    gone, stays = await here.song(days_in_trash=1), await here.song(days_in_trash=1)
    await here.trash.remove(gone.id)
    assert here.told == [("local", gone.id)]
    async with here.db.begin() as session:
        with pytest.raises(NotFound):  # from this moment on, before any file is touched
            await tracks.restore(session, gone.id)
    assert await here.trash.finish() == 1
    for found in (await here.rows(), here.files("tracks"), here.files("cache")):
        assert found == {stays.id}
    assert here.files("lost-found") == set()


async def test_a_song_that_is_not_in_the_trash_is_never_deleted(here: Cellar) -> None:
    kept = await here.song()
    with pytest.raises(Conflict):
        await here.trash.remove(kept.id)
    with pytest.raises(NotFound):
        await here.trash.remove("0" * 32)
    assert await here.trash.empty(now()) == 0
    assert await here.trash.expire(now() + timedelta(days=10_000)) == 0
    assert await here.trash.finish() == 0
    assert await here.rows() == here.files("tracks") == {kept.id}


async def test_another_persons_trash_is_not_ones_own(here: Cellar) -> None:
    theirs = await here.song(days_in_trash=1, owner="anna")
    with pytest.raises(NotFound):
        await here.trash.remove(theirs.id, "berta")
    assert await here.trash.empty(now(), "berta") == 0
    async with here.db.read() as session:
        assert (await trash.count(session, "anna"), await trash.count(session, "berta")) == (1, 0)
        with pytest.raises(NotFound):
            await trash.listing(session, "berta", before=theirs.id)


async def test_emptying_takes_what_was_there_when_one_looked_and_nothing_later(here: Cellar) -> None:
    seen = await here.song(days_in_trash=1)
    looked = now() - timedelta(hours=1)
    later = await here.song(days_in_trash=0)
    assert await here.trash.empty(looked) == 1
    await here.trash.finish()
    assert await here.rows() == {later.id}
    assert here.told == [("local", seen.id)]


async def test_more_songs_than_fit_one_transaction_go_too(here: Cellar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trash, "BATCH", 2)
    for _ in range(5):
        await here.song(days_in_trash=40)
    assert await here.trash.expire(now()) == 5
    assert await here.trash.finish() == 5
    assert await here.rows() == here.files("tracks") == here.files("cache") == set()


async def test_what_has_lain_too_long_goes_at_the_start_and_what_is_asked_goes_at_once(here: Cellar) -> None:
    old, young = await here.song(days_in_trash=30.1), await here.song(days_in_trash=29.9)
    async with here.trash.watched():
        assert await here.rows() == here.files("tracks") == {young.id}
        assert here.told == [("local", old.id)]
        await here.trash.remove(young.id)
        await until(lambda: here.files("tracks") == set())
        await until(lambda: _is_empty(here))


async def _is_empty(here: Cellar) -> bool:
    return not await here.rows()


async def test_it_looks_again_and_again(here: Cellar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trash, "LOOK_SECONDS", 0.02)
    async with here.trash.watched():
        await here.song(days_in_trash=31)
        await until(lambda: _is_empty(here))


async def test_a_disk_that_refuses_is_asked_again(here: Cellar, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = await here.song(days_in_trash=31)
    refused = asyncio.Event()

    def refuse(self: DataDir, ids: Collection[str]) -> None:
        refused.set()
        raise Unavailable("read-only")

    monkeypatch.setattr(trash, "LOOK_SECONDS", 0.02)
    with monkeypatch.context() as broken:
        broken.setattr(DataDir, "remove_audio", refuse)
        async with here.trash.watched():
            assert refused.is_set()
            assert (await here.rows(), here.files("tracks")) == ({gone.id}, {gone.id})
            broken.undo()
            await until(lambda: _is_empty(here))
    assert here.files("tracks") == set()


async def test_the_trash_is_paged_by_when_songs_were_thrown_away_and_by_index(here: Cellar) -> None:
    made = [await here.song(days_in_trash=days) for days in (0.03, 0.01, 0.05, 0.02, 0.04)]
    expected = [made[number].id for number in (1, 3, 0, 4, 2)]
    seen: list[str] = []
    cursor: str | None = None
    async with here.db.read() as session:
        while True:
            page = await trash.listing(session, before=cursor, limit=2)
            seen += [track.id for track in page.tracks]
            cursor = page.next_cursor
            if cursor is None:
                break
        plan = await session.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT * FROM track WHERE owner = 'local' AND deleted_at IS NOT NULL "
                "ORDER BY deleted_at DESC, number DESC LIMIT 41"
            )
        )
        assert ["USE TEMP B-TREE" in row[3] for row in plan] == [False]
    assert seen == expected


class Killed(BaseException):
    """The process is no more. Not an Exception: nothing may catch it and go on."""


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty library, migrated once; examples start from a copy."""
    folder = tmp_path_factory.mktemp("blank")
    migrate(folder / "musicgen.db", folder / "backups")
    return folder


@settings(max_examples=25)
@given(
    ages=st.lists(st.none() | st.floats(0, 60), min_size=1, max_size=4),
    asked=st.integers(0, 3),
    dies_after=st.integers(0, 6),
)
def test_killed_anywhere_only_what_should_go_is_gone_and_no_file_is_without_its_row(
    blank: Path, ages: list[float | None], asked: int, dies_after: int
) -> None:
    async def life() -> None:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "data"
            shutil.copytree(blank, root)
            steps = iter(range(dies_after))

            def step() -> None:
                if next(steps, None) is None:
                    raise Killed

            class Mortal(DataDir):
                __slots__ = ()

                def remove_audio(self, track_ids: Collection[str]) -> None:
                    for track_id in track_ids:
                        step()
                        DataDir.remove_audio(self, [track_id])
                    step()

            stay: set[str] = set()
            async with cellar(root, Mortal) as here:
                for number, age in enumerate(ages):
                    song = await here.song(days_in_trash=age)
                    if age is not None and number == asked:
                        await here.trash.remove(song.id)
                    elif age is None or age <= DAYS:
                        stay.add(song.id)
                with suppress(Killed):
                    await here.trash.expire(now())
                    step()
                    await here.trash.finish()
            async with cellar(root) as here, here.trash.watched():
                assert await here.rows() == stay
                assert here.files("tracks") == here.files("cache") == stay
                swept = await asyncio.to_thread(sweep, here.datadir, await here.rows())
                assert (swept.set_aside, swept.missing) == (0, 0)
                assert here.files("lost-found") == set()

    asyncio.run(life())


def test_a_file_that_is_gone_already_hinders_nothing(tmp_path: Path) -> None:
    datadir = DataDir(tmp_path / "data")
    datadir.make()
    datadir.remove_audio(["0" * 32])
    assert list(datadir.tracks.iterdir()) == []
