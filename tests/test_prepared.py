"""A prepared statement says what SQLAlchemy would say, with the parameters it would send."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert

from musicgen_web.models import Base
from musicgen_web.prepared import Prepared

TAKE, TRACK = Base.metadata.tables["take"], Base.metadata.tables["track"]


def test_an_insert_fills_the_columns_it_was_prepared_for_as_their_types_keep_them() -> None:
    statement = Prepared(insert(TRACK).returning(TRACK.c.number), ["created_at", "favourite"])
    assert statement.sql == "INSERT INTO track (favourite, created_at) VALUES (?, ?) RETURNING number"
    values = {"favourite": True, "created_at": datetime(2026, 1, 1, tzinfo=UTC), "unused": "x"}
    assert statement.parameters(values) == [1, "2026-01-01T00:00:00.000000Z"]


def test_what_a_statement_says_itself_need_not_be_given() -> None:
    statement = Prepared(select(func.count()).select_from(TAKE).where(TAKE.c.status == "pending"))
    assert "WHERE take.status = ?" in statement.sql
    assert statement.parameters({}) == ["pending"]
