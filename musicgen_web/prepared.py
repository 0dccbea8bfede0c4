"""A statement made into SQL once: for verbs that come in crowds SQLAlchemy's way to it costs more than the statement.

ENQUEUE = Prepared(insert(JOB).returning(JOB.c.number), ["id", "owner"])
rows = writer.run(ENQUEUE, {"id": "…", "owner": "…"})
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy.dialects import sqlite

DIALECT = sqlite.dialect()


class Prepared:
    """A statement's SQL, and how a mapping of values becomes its parameters. `columns`: those an INSERT fills."""

    def __init__(self, statement: ClauseElement, columns: Collection[str] | None = None) -> None:
        compiled: Any = statement.compile(dialect=DIALECT, column_keys=None if columns is None else list(columns))
        self.sql = str(compiled)
        self._own = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        self._parameters = [(name, _change(compiled.binds[name].type)) for name in compiled.positiontup]

    def parameters(self, values: Mapping[str, Any]) -> list[Any]:
        given = {**self._own, **values} if self._own else values
        return [change(given[name]) if change else given[name] for name, change in self._parameters]


def _change(kind: Any) -> Callable[[Any], Any] | None:
    """What the type of a column does to a value on its way into the database."""
    change: Callable[[Any], Any] | None = kind.dialect_impl(DIALECT).bind_processor(DIALECT)
    return change
