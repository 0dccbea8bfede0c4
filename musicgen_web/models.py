"""The tables: jobs, their takes, the tracks that came of them, and presets.

Order is the database's own number; what people and addresses see is a random id of 128 bits.
"""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from musicgen_web.engines.base import Json, SongRequest

PENDING, PROCESSING, COMPLETED, FAILED, CANCELLED = "pending", "processing", "completed", "failed", "cancelled"
FINAL = (COMPLETED, FAILED, CANCELLED)
STATUSES = (PENDING, PROCESSING, *FINAL)
LOCAL = "local"  # the one person there is until accounts exist


def new_id() -> str:
    """Return a random public id: 128 bits, lower-case hex, safe in an address and as part of a DOM id."""
    return secrets.token_hex(16)


def now() -> datetime:
    return datetime.now(UTC)


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time, kept as ISO 8601 text so that rows read as they sort."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class RequestJson(TypeDecorator[SongRequest]):
    """A song request, kept as JSON text. Fields that a later version added take their defaults."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: SongRequest | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value.as_json(), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> SongRequest | None:
        return None if value is None else SongRequest(**json.loads(value))


class Base(DeclarativeBase):
    type_annotation_map = {datetime: UtcTime, SongRequest: RequestJson, dict[str, Json]: JSON, dict[str, Any]: JSON}


class Job(Base):
    """One request on its way. `number` is the order of arrival."""

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("owner", "idempotency_key", name="uq_job_owner_key"),
        Index("ix_job_owner_number", "owner", "number"),
        Index("ix_job_status_number", "status", "number"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True, default=new_id)
    owner: Mapped[str] = mapped_column(String(64))
    idempotency_key: Mapped[str | None] = mapped_column(String(255))
    fingerprint: Mapped[str | None] = mapped_column(String(64))  # SHA-256 of the body the key came with
    request: Mapped[SongRequest]
    engine: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(16), default=PENDING)
    cancelling: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    takes: Mapped[list[Take]] = relationship(back_populates="job", lazy="selectin", order_by="Take.number")

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def attempt(self) -> int:
        return max((take.attempt for take in self.takes), default=0) or 1

    @property
    def track_ids(self) -> list[str]:
        return [take.track_id for take in self.takes if take.track_id and take.status == COMPLETED]

    @property
    def failed_take(self) -> Take | None:
        """The first take that ended in an error: its words are the job's when no take succeeded."""
        return next((take for take in self.takes if take.error_code and take.status == FAILED), None)


class Take(Base):
    """One song a job asks for: what is claimed, cancelled and committed. `arrival` is its place in all time."""

    __tablename__ = "take"
    __table_args__ = (
        UniqueConstraint("job_number", "number", name="uq_take_job_number"),
        Index("ix_take_line", "status", "engine", "arrival", "duration"),  # claims, places and waits read only this
        Index("ix_take_claim", "claim"),
        {"sqlite_autoincrement": True},
    )

    arrival: Mapped[int] = mapped_column(primary_key=True)
    job_number: Mapped[int] = mapped_column(ForeignKey("job.number", ondelete="CASCADE"))
    number: Mapped[int]  # 1 … 8 within its job
    engine: Mapped[str] = mapped_column(String(32))
    duration: Mapped[float]  # seconds asked for: what estimates add up without reading requests
    status: Mapped[str] = mapped_column(String(16), default=PENDING)
    claim: Mapped[str | None] = mapped_column(String(32))  # the owner clause: a fresh id for every claim
    attempt: Mapped[int] = mapped_column(default=0)  # claims that counted: three in all
    interruptions: Mapped[int] = mapped_column(default=0)  # deaths of the whole server while it was processing
    track_id: Mapped[str | None] = mapped_column(String(32))  # chosen at the claim, true once completed
    error_code: Mapped[str | None] = mapped_column(String(32))
    error_detail: Mapped[str | None]
    seconds: Mapped[float | None]  # of work, by the monotonic clock
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    job: Mapped[Job] = relationship(back_populates="takes", lazy="joined")


class Track(Base):
    """A finished song in the library. Its audio is `tracks/<id>.flac` in the data directory."""

    __tablename__ = "track"
    __table_args__ = (
        UniqueConstraint("job_id", "take_number", name="uq_track_job_take"),
        Index("ix_track_owner_deleted_number", "owner", "deleted_at", "number", "duration"),  # counts read only this
        Index("ix_track_sought", "owner", "deleted_at", "number", "favourite", "sought"),  # a search reads only this
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    owner: Mapped[str] = mapped_column(String(64))
    job_id: Mapped[str] = mapped_column(String(32))
    take_number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    request: Mapped[SongRequest]  # of this take: with its own seed
    engine: Mapped[str] = mapped_column(String(32))
    duration: Mapped[float]  # seconds
    sample_rate: Mapped[int]
    channels: Mapped[int]
    size: Mapped[int]  # bytes of the FLAC
    md5: Mapped[str] = mapped_column(String(32))  # of the decoded samples
    peaks: Mapped[bytes]
    plan: Mapped[dict[str, Json]]
    versions: Mapped[dict[str, Json]]
    seconds: Mapped[float]  # of work
    favourite: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    deleted_at: Mapped[datetime | None]
    sought: Mapped[str] = mapped_column(server_default="")  # the words it is found by, folded (library/search.py)


class Preset(Base):
    """What stood in the fields of the desk, under a name: somebody likes to begin there."""

    __tablename__ = "preset"
    __table_args__ = (
        UniqueConstraint("owner", "name", name="uq_preset_owner_name"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True, default=new_id)
    owner: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(60))
    values: Mapped[dict[str, Json]]
    created_at: Mapped[datetime] = mapped_column(default=now)
