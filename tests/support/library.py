"""What must be true of a library at rest: rows and files tell the same story."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import soundfile


def assert_at_rest(data: Path) -> None:
    """No litter, no loss, no double: every entry has its sound, every sound its entry, every end its reason."""
    with sqlite3.connect(f"file:{data / 'musicgen.db'}?mode=ro", uri=True) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tracks = {row[0]: row[1] for row in db.execute("SELECT id, duration FROM track")}
        takes = db.execute("SELECT status, track_id, error_code, error_detail FROM take").fetchall()
        doubled = db.execute("SELECT count(*) FROM track GROUP BY job_id, take_number HAVING count(*) > 1").fetchall()
        jobs = db.execute("SELECT status FROM job").fetchall()
    db.close()
    assert not doubled
    assert all(status in ("completed", "failed", "cancelled") for (status,) in jobs)
    finished = [track_id for status, track_id, _, _ in takes if status == "completed"]
    assert sorted(finished) == sorted(tracks), "one song for each finished take and none else"
    assert all(code and detail for status, _, code, detail in takes if status == "failed"), "failed with a reason"
    sounds = {path.stem for path in (data / "tracks").iterdir()}
    assert sounds == set(tracks), "every entry has its sound and every sound its entry"
    assert not list((data / "incoming").iterdir()), "no temp file"
    for track_id, duration in tracks.items():
        info = soundfile.info(data / "tracks" / f"{track_id}.flac")
        assert abs(info.frames / info.samplerate - duration) < 0.001
