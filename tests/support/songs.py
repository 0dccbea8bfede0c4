"""Records made up for tests of pages: no database, no sound."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from musicgen_web.engines.base import Json, SongRequest
from musicgen_web.models import FINAL, Job, Take, Track

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PEAKS = bytes(byte for index in range(800) for byte in ((-(index % 100) - 1) % 256, index % 100 + 1))
PLAN: dict[str, Json] = {
    "summary": "lo-fi · 82 bpm · Bb major",
    "bpm": 82.0,
    "key": "Bb",
    "mode": "major",
    "instruments": ["Rhodes", "Nylon guitar"],
    "sections": [{"name": "intro", "start": 0.0, "end": 20.0}, {"name": "chorus", "start": 20.0, "end": 95.0}],
    "chords": [{"name": "Bbmaj7", "start": 0.0}, {"name": "F#m", "start": 40.0}],
}


def request(**wish: Any) -> SongRequest:
    return SongRequest(**({"prompt": "warm lo-fi", "engine": "sketch", "seed": 7} | wish))


def track(number: int = 1, **facts: Any) -> Track:
    fields: dict[str, Any] = {
        "number": number, "id": f"{number:032x}", "owner": "local", "job_id": f"{number + 100:032x}", "take_number": 1,
        "title": "Harbour bells", "request": request(), "engine": "sketch", "duration": 95.0, "sample_rate": 44_100,
        "channels": 2, "size": 7_800_000, "md5": f"{number * 7919:032x}", "peaks": PEAKS, "plan": PLAN,
        "versions": {"sketch": "1"}, "seconds": 3.1, "favourite": False, "created_at": NOON, "deleted_at": None,
    }  # fmt: skip
    return Track(**(fields | facts))


def job(
    status: str = "pending", number: int = 1, *, error: str | None = None, detail: str | None = None, **wish: Any
) -> Job:
    asked = request(**wish)
    made = Job(
        number=number, id=f"{number + 500:032x}", owner="local", request=asked, engine="sketch", status=status,
        cancelling=False, created_at=NOON, started_at=None, finished_at=NOON if status in FINAL else None,
    )  # fmt: skip
    made.takes = [
        Take(
            number=index + 1, engine="sketch", duration=asked.duration, status="failed" if error else status, attempt=1,
            interruptions=0, error_code=error, error_detail=detail,
        )
        for index in range(asked.takes)
    ]  # fmt: skip
    return made
