"""A worker that is ready."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from musicgen_web.jobs.pool import Slot
from tests.support.slots import serving
from tests.support.waiting import until


@pytest.fixture
async def slot() -> AsyncIterator[Slot]:
    async with serving() as slot:
        await until(lambda: slot.is_ready)
        yield slot
