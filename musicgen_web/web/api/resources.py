"""Records as JSON: the job and the track as programs see them. Times are ISO 8601 UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast, overload

from musicgen_web.errors import ENDS, Internal
from musicgen_web.jobs.live import Live
from musicgen_web.library.audio import FORMATS
from musicgen_web.models import COMPLETED, FAILED, PENDING, PROCESSING, Job, Take, Track
from musicgen_web.web.api.shapes import jobs as shapes
from musicgen_web.web.api.shapes import tracks as track_shapes
from musicgen_web.web.api.shapes.news import ProgressNews
from musicgen_web.web.api.shapes.server import Queue
from musicgen_web.web.forecast import Forecast


@overload
def time_json(time: datetime) -> str: ...
@overload
def time_json(time: datetime | None) -> str | None: ...
def time_json(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def error_json(code: str, detail: str | None) -> shapes.Failure:
    """Return the words for how a take ended, by its code."""
    kind = ENDS.get(code, Internal)
    return {
        "code": code,
        "title": kind.title,
        "detail": detail or kind.title,
        "recovery": kind.recovery,
        "retryable": kind.retryable,
    }


def take_json(take: Take) -> shapes.Take:
    return {
        "number": take.number,
        "status": take.status,
        "track_id": take.track_id if take.status == COMPLETED else None,
        "error": error_json(take.error_code, take.error_detail) if take.error_code else None,
    }


def status_json(job: Job, forecast: Forecast) -> shapes.JobStatus:
    """Return what `GET /status/{id}` answers."""
    failed = job.failed_take if job.status == FAILED else None
    return {
        "job_id": job.id,
        "status": job.status,
        "cancelling": job.cancelling and not job.is_final,
        "progress": forecast.progress,
        "stage": forecast.stage,
        "detail": forecast.detail,
        "position": forecast.position,
        "eta_seconds": forecast.eta_json,
        "result_path": f"/tracks/{job.track_ids[0]}/audio.flac" if job.track_ids else None,
        "track_ids": job.track_ids,
        "takes": [take_json(take) for take in job.takes],
        "error": error_json(failed.error_code or "", failed.error_detail) if failed else None,
        "created_at": time_json(job.created_at),
        "started_at": time_json(job.started_at),
        "finished_at": time_json(job.finished_at),
        "attempt": job.attempt,
    }


def job_json(job: Job, forecast: Forecast) -> shapes.Job:
    """Return the job as `/api/v1/jobs` shows it: its status, its address and the request it came from."""
    request = cast(shapes.SongInputs, job.request.as_json())
    return {"id": job.id, "url": f"/api/v1/jobs/{job.id}", **status_json(job, forecast), "request": request}


def queue_json(counts: Mapping[str, int]) -> Queue:
    return {"pending": counts.get(PENDING, 0), "processing": counts.get(PROCESSING, 0)}


def live_json(job_id: str, live: Live) -> ProgressNews:
    """Return the newest progress of a job that runs."""
    return {
        "id": job_id,
        "status": PROCESSING,
        "progress": live.fraction,
        "stage": live.stage,
        "detail": live.detail,
        "done": live.done,
        "total": live.total,
        "attempt": live.attempt,
    }


def track_json(track: Track) -> track_shapes.Track:
    return {
        "id": track.id,
        "url": f"/api/v1/tracks/{track.id}",
        "title": track.title,
        "prompt": track.request.prompt,
        "engine": track.engine,
        "seed": track.request.seed,
        "duration": track.duration,
        "size": track.size,
        "favourite": track.favourite,
        "plan": cast(track_shapes.Plan, track.plan),
        "job_id": track.job_id,
        "take": track.take_number,
        "audio": {form: f"/api/v1/tracks/{track.id}/audio.{form}" for form in FORMATS},
        "created_at": time_json(track.created_at),
        "deleted_at": time_json(track.deleted_at),
    }
