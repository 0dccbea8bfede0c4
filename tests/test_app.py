"""The application as it is put together."""

from __future__ import annotations

from pathlib import Path

from litestar.routes import HTTPRoute

from musicgen_web.app import create_site
from musicgen_web.datadir import DataDir
from musicgen_web.engines.base import SKETCH
from musicgen_web.settings import Settings


def test_parts_are_handed_over_in_turn_and_no_task_is_started_for_them(tmp_path: Path) -> None:
    datadir = DataDir(tmp_path)
    datadir.make()
    site = create_site(Settings(), datadir, (SKETCH,))
    routes = [route for route in site.door.app.routes if isinstance(route, HTTPRoute)]  # type: ignore[attr-defined]
    batches = [
        batch for route in routes for _, model in route.route_handler_map.values() for batch in model.dependency_batches
    ]
    assert len(batches) > 50 and all(len(batch) == 1 for batch in batches)
