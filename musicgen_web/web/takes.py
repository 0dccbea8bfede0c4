"""The takes of one job beside each other: what its songs' pages show so that they can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from musicgen_web.errors import ENDS, Internal, NotFound
from musicgen_web.jobs import queue
from musicgen_web.library import tracks
from musicgen_web.models import CANCELLED, COMPLETED, FAILED, LOCAL, Job, Take, Track
from musicgen_web.web import phrases


@dataclass(frozen=True, slots=True)
class Takes:
    """The job that asked for them, and its songs that are kept, in order."""

    job: Job
    tracks: Sequence[Track]


async def beside(session: AsyncSession, track: Track) -> Takes | None:
    """Return the takes that a song stands among; nothing where it was the only one asked for."""
    try:
        job = await queue.find(session, track.job_id, LOCAL)
    except NotFound:
        return None
    if job.request.takes < 2:
        return None
    return Takes(job, [each for each in await tracks.of_job(session, job.id, LOCAL) if each.deleted_at is None])


def told(job: Job) -> str:
    """Say what became of those takes of a job that are no songs: sentences, or nothing."""
    failed = [f"Take {take.number} did not finish: {_why(take)}." for take in job.takes if take.status == FAILED]
    cancelled = [str(take.number) for take in job.takes if take.status == CANCELLED]
    coming = sum(take.status not in (COMPLETED, FAILED, CANCELLED) for take in job.takes)
    sentences = list(failed)
    if cancelled:
        were = "s {} were" if len(cancelled) > 1 else " {} was"
        sentences.append(f"Take{were.format(_listed(cancelled))} cancelled.")
    if coming:
        more = f"{phrases.number_word(coming)} more {'is' if coming == 1 else 'are'} on the way."
        sentences.append(more[:1].upper() + more[1:])
    return " ".join(sentences)


def _why(take: Take) -> str:
    title = ENDS.get(take.error_code or "", Internal).title
    return title[0].lower() + title[1:]


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
