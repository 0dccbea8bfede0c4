"""Presets: one for each name, so many for each person, and nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from musicgen_web.db import Database
from musicgen_web.errors import Conflict, NotFound
from musicgen_web.library import presets
from musicgen_web.migrate import migrate


@pytest.fixture
def database(tmp_path: Path) -> Path:
    migrate(tmp_path / "musicgen.db", tmp_path / "backups")
    return tmp_path / "musicgen.db"


async def test_a_preset_is_kept_found_replaced_and_removed(database: Path) -> None:
    async with Database(database) as db:
        async with db.begin() as session:
            first = (await presets.save(session, "夜", {"prompt": "lo-fi"})).id
            await presets.save(session, "beach", {"prompt": "bossa nova"})
        async with db.begin() as session:
            again = await presets.save(session, "夜", {"prompt": "ambient"})
            assert again.id == first, "the same name is the same preset"
        async with db.read() as session:
            assert [(one.name, one.values["prompt"]) for one in await presets.listing(session)] == [
                ("beach", "bossa nova"),
                ("夜", "ambient"),
            ]
        async with db.begin() as session:
            assert (await presets.remove(session, first)).values == {"prompt": "ambient"}
        async with db.read() as session:
            with pytest.raises(NotFound):
                await presets.find(session, first)


async def test_another_persons_presets_are_not_there(database: Path) -> None:
    async with Database(database) as db:
        async with db.begin() as session:
            theirs = (await presets.save(session, "mine", {}, "mira")).id
            await presets.save(session, "mine", {}, "jonas")
        async with db.begin() as session:
            for verb in (presets.find, presets.remove):
                with pytest.raises(NotFound):
                    await verb(session, theirs, "jonas")
            assert len(await presets.listing(session, "mira")) == 1


async def test_fifty_are_enough_but_one_of_them_may_still_be_changed(database: Path) -> None:
    async with Database(database) as db:
        async with db.begin() as session:
            for number in range(presets.MOST):
                await presets.save(session, str(number), {})
            await presets.save(session, "others have room", {}, "mira")
        async with db.begin() as session:
            await presets.save(session, "7", {"prompt": "pop"})
            with pytest.raises(Conflict):
                await presets.save(session, "one more", {})
