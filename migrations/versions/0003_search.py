"""A song is found by its words: what is searched, folded, for the songs that are there too."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from musicgen_web.library.search import sought

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("track", sa.Column("sought", sa.String(), nullable=False, server_default=""))
    connection = op.get_bind()
    for number, title, request in connection.execute(sa.text("SELECT number, title, request FROM track")).fetchall():
        wish = json.loads(request)
        words = sought(title, wish["prompt"], wish.get("lyrics", ""))
        connection.execute(
            sa.text("UPDATE track SET sought = :words WHERE number = :number"), {"words": words, "number": number}
        )
    op.drop_index("ix_track_owner_deleted_number", "track")
    op.create_index("ix_track_owner_deleted_number", "track", ["owner", "deleted_at", "number", "duration"])
    op.create_index("ix_track_sought", "track", ["owner", "deleted_at", "number", "favourite", "sought"])
