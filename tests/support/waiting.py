"""Wait on the thing itself, with a deadline."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable

PATIENCE = 10.0  # seconds; a test that needs them all has failed


async def until(is_so: Callable[[], object], seconds: float = PATIENCE) -> float:
    """Wait until it is so (the question may be a coroutine function), and return how long that took."""
    begun = time.monotonic()
    while True:
        answer = is_so()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return time.monotonic() - begun
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"still not so after {seconds:g} s")
        await asyncio.sleep(0.01)
