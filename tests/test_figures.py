"""The figures: what is counted has its line in docs/operating.md, and counting counts."""

from __future__ import annotations

import re
from pathlib import Path

from musicgen_web.figures import Figures

OPERATING = Path(__file__).parents[1] / "docs" / "operating.md"


def test_every_figure_has_its_line_and_every_line_its_figure() -> None:
    kinds = {family.name: family.type for family in Figures().registry.collect() if family.name.startswith("musicgen_")}
    told = {name + ("_total" if kind == "counter" else ""): kind for name, kind in kinds.items()}
    listed = re.findall(r"^\| `(musicgen_\w+)` \| (\w+) \|", OPERATING.read_text(encoding="utf-8"), re.MULTILINE)
    assert dict(listed) == told
    assert len(listed) == len(told) > 8


def test_what_happens_is_counted_and_two_servers_do_not_share_it() -> None:
    figures, other = Figures(), Figures()
    figures.finished("sketch", 3.0)
    figures.ended("sketch", "OUT_OF_MEMORY")
    figures.died("sketch", "WORKER_CRASHED")
    figures.answered("page", 200)
    figures.committed(7)
    text = figures.text().decode()
    for line in (
        'musicgen_attempts_total{engine="sketch",outcome="finished"} 1.0',
        'musicgen_attempts_total{engine="sketch",outcome="OUT_OF_MEMORY"} 1.0',
        'musicgen_take_seconds_sum{engine="sketch"} 3.0',
        'musicgen_worker_deaths_total{code="WORKER_CRASHED",engine="sketch"} 1.0',
        'musicgen_requests_total{route="page",status="200"} 1.0',
        "musicgen_database_batch_writes_sum 7.0",
    ):
        assert line in text
    assert "_created" not in text
    assert 'outcome="finished"' not in other.text().decode()
