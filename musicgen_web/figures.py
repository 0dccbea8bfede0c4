"""What is counted while the server runs, for Prometheus: each kept where it happens, told by GET /metrics.

Every name here has its line in docs/operating.md; a test compares. No prompt, title, id or address is ever a label.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import generate_latest

FINISHED, CANCELLED, PUT_BACK = "finished", "cancelled", "put_back"  # outcomes of an attempt beside the error codes
SECONDS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600)
WRITES = (1, 2, 5, 10, 20, 50, 100, 200, 500)


class Figures:
    """One server's figures, in a registry of their own."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each counter that nobody asks for
        own = self.registry = CollectorRegistry()
        ProcessCollector(registry=own)
        self.jobs = Gauge("musicgen_jobs", "Jobs by status.", ["status"], registry=own)
        self.takes = Gauge("musicgen_takes", "Takes by engine and status.", ["engine", "status"], registry=own)
        self.tracks = Gauge("musicgen_tracks", "Tracks kept and in the trash.", ["place"], registry=own)
        self.workers = Gauge("musicgen_workers", "Workers by engine and state.", ["engine", "state"], registry=own)
        self.streams = Gauge("musicgen_open_streams", "Event streams that are open.", registry=own)
        self.attempts = Counter("musicgen_attempts", "Attempts by how they ended.", ["engine", "outcome"], registry=own)
        self.seconds = Histogram(
            "musicgen_take_seconds", "Seconds of work for a finished take.", ["engine"], buckets=SECONDS, registry=own
        )
        self.deaths = Counter(
            "musicgen_worker_deaths", "Workers that died unasked, by why.", ["engine", "code"], registry=own
        )
        self.requests = Counter(
            "musicgen_requests", "Answers by kind of address and status.", ["route", "status"], registry=own
        )
        self.batches = Histogram(
            "musicgen_database_batch_writes", "Writes that were committed together.", buckets=WRITES, registry=own
        )

    def ended(self, engine: str, outcome: str) -> None:
        """An attempt at a take is over."""
        self.attempts.labels(engine, outcome).inc()

    def finished(self, engine: str, seconds: float) -> None:
        """An attempt gave a song after so many seconds of work."""
        self.ended(engine, FINISHED)
        self.seconds.labels(engine).observe(seconds)

    def died(self, engine: str, code: str) -> None:
        """A worker died without being told to."""
        self.deaths.labels(engine, code).inc()

    def answered(self, route: str, status: int) -> None:
        """A request got its answer, or the beginning of it."""
        self.requests.labels(route, str(status)).inc()

    def committed(self, writes: int) -> None:
        """The database took so many writes in one commit."""
        self.batches.observe(writes)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)
