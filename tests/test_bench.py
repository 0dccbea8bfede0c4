"""The benches can be called: each says what it does and what may be chosen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAMES = (
    "submit_rate",
    "page_times",
    "event_latency",
    "memory",
    "soak",
    "first_song",
    "sketch_speed",
    "styles_apart",
    "sung_words",
    "lyrics",
    "lint",
)
CHOICES = {
    "submit_rate": "--clients",
    "page_times": "--streams",
    "event_latency": "--crowd",
    "soak": "--minutes",
    "sung_words": "--seeds",
    "lint": "--turns",
}


def test_every_bench_has_its_section_and_what_may_be_chosen_is_read() -> None:
    documents = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`python -m bench.{name}" not in documents] == []
    program = (
        "import importlib, io, contextlib, sys\n"
        f"for name, choice in {CHOICES!r}.items():\n"
        "    sys.argv = [name, '--help']\n"
        "    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.suppress(SystemExit):\n"
        "        importlib.import_module(f'bench.{name}').main()\n"
        "    assert choice in said.getvalue(), name\n"
        "import bench.memory, bench.first_song, bench.listening, bench.load, bench.filling\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_report_is_a_table_that_names_machine_date_and_load() -> None:
    from bench.report import Report, share

    report = Report("Pages", "an empty house")
    report.row("/queue", 12.0, "ms", reference=6.0, target="≤ 500 ms")
    text = str(report)
    assert "| /queue | 12.0 ms | 6.0 ms | 2.00 | ≤ 500 ms |" in text
    assert "cores of" in text and "UTC; load average at the start" in text
    assert share(range(1, 101), 0.95) == 96 and share([5.0], 0.99) == 5.0  # type: ignore[arg-type]
