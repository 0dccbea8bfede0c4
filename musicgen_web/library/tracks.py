"""The library's tracks and their verbs: add, find, list, rename, mark, put in the trash and take out again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from musicgen_web.engines.base import MAX_TITLE, Json, Song, SongRequest
from musicgen_web.errors import FieldError, InvalidRequest, NotFound
from musicgen_web.library.search import UNSUNG, matches, sought
from musicgen_web.models import LOCAL, Take, Track, now

GONE = "It may have been deleted for good. What is kept stands in the library."
TITLE_LENGTH = 60  # characters of a title we choose
MOST = 200  # tracks in one listing, however far it is to reach


@dataclass(frozen=True, slots=True)
class Page:
    """Some tracks, the newest first, and the cursor that leads to the next ones (None: that was all)."""

    tracks: Sequence[Track]
    next_cursor: str | None


async def add(session: AsyncSession, take: Take, song: Song, *, size: int, seconds: float) -> Track:
    """Enter a take's song. `size` is the FLAC's in bytes, `seconds` what the work took."""
    job = take.job
    assert take.track_id is not None, "a take is given its track's id when it is claimed"
    title = title_for(job.request)
    track = Track(
        id=take.track_id,
        owner=job.owner,
        job_id=job.id,
        take_number=take.number,
        title=title,
        request=job.request.take(take.number),
        engine=take.engine,
        duration=song.duration,
        sample_rate=song.sample_rate,
        channels=song.channels,
        size=size,
        md5=song.md5,
        peaks=song.peaks,
        plan=song.plan,
        versions=dict(song.versions),
        seconds=seconds,
        favourite=False,
        created_at=now(),
        deleted_at=None,
        sought=sought(title, job.request.prompt, job.request.lyrics),
    )
    session.add(track)
    await session.flush()
    return track


async def find(session: AsyncSession, track_id: str, owner: str = LOCAL, *, trashed: bool | None = False) -> Track:
    """Return one's own track: a kept one, a trashed one, or (None) either. Another person's is not there."""
    tracks = select(Track).where(Track.id == track_id, Track.owner == owner)
    if trashed is not None:
        tracks = tracks.where(_in_trash(trashed))
    track = await session.scalar(tracks)
    if track is None:
        raise NotFound("There is no such song.", recovery=GONE)
    return track


async def listing(
    session: AsyncSession,
    owner: str = LOCAL,
    *,
    before: str | None = None,
    limit: int = 30,
    through: str = "",
    favourites: bool = False,
    trashed: bool = False,
    q: str = "",
) -> Page:
    """Return a page of tracks, the newest first.

    `before` is the cursor of the page before. `through`: go on to this track, were it more than `limit`. `q`: words
    that all occur in a track's title, prompt or lyrics.
    """
    numbers = select(Track.number).where(Track.owner == owner, _in_trash(trashed), *matches(q))
    if favourites:
        numbers = numbers.where(Track.favourite)
    if before is not None:
        numbers = numbers.where(Track.number < await _number(session, before, owner))
    goal = select(Track.number).where(Track.id == through, Track.owner == owner)
    if through and (last := await session.scalar(goal)) is not None:
        reach = select(func.count()).select_from(numbers.where(Track.number >= last).limit(MOST).subquery())
        limit = max(limit, await session.scalar(reach) or 0)
    wanted = (await session.scalars(numbers.order_by(Track.number.desc()).limit(limit + 1))).all()
    tracks = select(Track).where(Track.number.in_(wanted)).order_by(Track.number.desc())
    found = (await session.scalars(tracks)).all()
    shown = found[:limit]
    return Page(shown, shown[-1].id if len(found) > limit else None)


async def rename(session: AsyncSession, track_id: str, title: str, owner: str = LOCAL) -> Track:
    """Give a track another title; an empty one brings the first one back."""
    track = await find(session, track_id, owner)
    track.title = title.strip()[:MAX_TITLE] or title_for(track.request)
    track.sought = sought(track.title, track.request.prompt, track.request.lyrics)
    return track


async def set_favourite(session: AsyncSession, track_id: str, favourite: bool, owner: str = LOCAL) -> Track:
    """Mark a track as a favourite, or take the mark away."""
    track = await find(session, track_id, owner)
    track.favourite = favourite
    return track


async def trash(session: AsyncSession, track_id: str, owner: str = LOCAL) -> Track:
    """Put a track in the trash; one that is there already stays."""
    track = await find(session, track_id, owner, trashed=None)
    track.deleted_at = track.deleted_at or now()
    return track


async def restore(session: AsyncSession, track_id: str, owner: str = LOCAL) -> Track:
    """Take a track out of the trash; one that is not in it stays."""
    track = await find(session, track_id, owner, trashed=None)
    track.deleted_at = None
    return track


async def several(
    session: AsyncSession, track_ids: Collection[str], owner: str = LOCAL, *, trashed: bool = False
) -> Sequence[Track]:
    """Return those of these tracks that are there, the newest first; the others are passed over."""
    tracks = select(Track).where(Track.id.in_(track_ids), Track.owner == owner, _in_trash(trashed))
    return (await session.scalars(tracks.order_by(Track.number.desc()))).all()


async def counts(session: AsyncSession, owner: str = LOCAL) -> tuple[int, float]:
    """Count the songs kept and add up their seconds."""
    kept = select(func.count(), func.coalesce(func.sum(Track.duration), 0.0)).where(
        Track.owner == owner, _in_trash(False)
    )
    songs, seconds = (await session.execute(kept)).one()
    return songs, seconds


async def of_job(session: AsyncSession, job_id: str, owner: str = LOCAL) -> Sequence[Track]:
    """Return the tracks a job has made, by take, the trashed ones too."""
    tracks = select(Track).where(Track.job_id == job_id, Track.owner == owner).order_by(Track.take_number)
    return (await session.scalars(tracks)).all()


async def ids(session: AsyncSession) -> set[str]:
    """Return the ids of all tracks there are, everybody's and trashed ones too: whose audio must be kept."""
    return set((await session.scalars(select(Track.id))).all())


def title_for(request: SongRequest) -> str:
    """Return the title asked for, else the first line sung, else how the prompt begins."""
    sung = (UNSUNG.sub("", line).strip() for line in request.lyrics.splitlines())
    return request.title.strip() or _shorten(next(filter(None, sung), "")) or _shorten(request.prompt) or "Untitled"


def receipt(track: Track) -> dict[str, Json]:
    """Tell all that made the song. Only `library` and `times` differ when the same song is made again."""
    return {
        "inputs": track.request.as_json(),
        "audio": {
            "md5": track.md5,
            "duration": track.duration,
            "sample_rate": track.sample_rate,
            "channels": track.channels,
            "size": track.size,
        },
        "plan": track.plan,
        "versions": track.versions,
        "library": {
            "track_id": track.id,
            "job_id": track.job_id,
            "take_number": track.take_number,
            "title": track.title,
        },
        "times": {"created_at": track.created_at.isoformat().replace("+00:00", "Z"), "device_seconds": track.seconds},
    }


def _in_trash(trashed: bool) -> ColumnElement[bool]:
    return Track.deleted_at.is_not(None) if trashed else Track.deleted_at.is_(None)


async def _number(session: AsyncSession, cursor: str, owner: str) -> int:
    number = await session.scalar(select(Track.number).where(Track.id == cursor, Track.owner == owner))
    if number is None:
        raise InvalidRequest([FieldError("cursor", "This cursor leads nowhere; start at the first page.")])
    return number


def _shorten(text: str) -> str:
    """Keep whole words up to the length of a title."""
    words = " ".join(text.split())
    if len(words) <= TITLE_LENGTH:
        return words
    cut = words[:TITLE_LENGTH].rpartition(" ")[0] if words[TITLE_LENGTH] != " " else words[:TITLE_LENGTH]
    return (cut or words[: TITLE_LENGTH - 1]).rstrip(" ,;:–-") + "…"
