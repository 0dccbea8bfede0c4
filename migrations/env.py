"""Run the migrations on the connection that `musicgen_web.migrate` opened."""

from __future__ import annotations

from alembic import context

from musicgen_web.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by building it anew
    transaction_per_migration=False,
)
context.run_migrations()
