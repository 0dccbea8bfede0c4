"""The first tables: jobs, their takes, and the tracks that came of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("number", sa.Integer(), primary_key=True, nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("idempotency_key", sa.String(255)),
        sa.Column("fingerprint", sa.String(64)),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("engine", sa.String(32), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("cancelling", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("started_at", sa.String(32)),
        sa.Column("finished_at", sa.String(32)),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("owner", "idempotency_key", name="uq_job_owner_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_owner_number", "job", ["owner", "number"])
    op.create_index("ix_job_status_number", "job", ["status", "number"])
    op.create_table(
        "take",
        sa.Column("arrival", sa.Integer(), primary_key=True, nullable=False),
        sa.Column("job_number", sa.Integer(), sa.ForeignKey("job.number", ondelete="CASCADE"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(32), nullable=False),
        sa.Column("duration", sa.Double(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("claim", sa.String(32)),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("interruptions", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.String(32)),
        sa.Column("error_code", sa.String(32)),
        sa.Column("error_detail", sa.String()),
        sa.Column("seconds", sa.Double()),
        sa.Column("started_at", sa.String(32)),
        sa.Column("finished_at", sa.String(32)),
        sa.UniqueConstraint("job_number", "number", name="uq_take_job_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_take_line", "take", ["status", "engine", "arrival", "duration"])
    op.create_index("ix_take_claim", "take", ["claim"])
    op.create_table(
        "track",
        sa.Column("number", sa.Integer(), primary_key=True, nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("take_number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("engine", sa.String(32), nullable=False),
        sa.Column("duration", sa.Double(), nullable=False),
        sa.Column("sample_rate", sa.Integer(), nullable=False),
        sa.Column("channels", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("md5", sa.String(32), nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("favourite", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("deleted_at", sa.String(32)),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("job_id", "take_number", name="uq_track_job_take"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_track_owner_deleted_number", "track", ["owner", "deleted_at", "number"])
