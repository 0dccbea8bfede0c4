"""GET /metrics on a real server: figures follow what happens, and only this machine hears them."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from musicgen_web.figures import Figures
from musicgen_web.web.metrics import Meter, route_class
from tests.support.server import Server, until

Series = dict[tuple[str, ...], float]


def figures(server: Server) -> dict[str, Series]:
    """Return every sample by its name and the values of its labels."""
    answer = server.get("/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain")
    found: dict[str, Series] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(value for _, value in sorted(sample.labels.items()))] = sample.value
    return found


def test_figures_follow_what_happens(server: Server) -> None:
    before = figures(server)
    assert before["musicgen_takes"]["sketch", "completed"] == 0
    assert "musicgen_attempts_total" not in before
    server.wait_for(server.submit(takes=2))
    kept, thrown = (item["id"] for item in server.get("/api/v1/tracks").json["items"])
    server.ask("DELETE", f"/api/v1/tracks/{thrown}")
    server.get(f"/tracks/{kept}/audio.flac")
    told = figures(server)
    assert told["musicgen_jobs"]["completed",] == 1
    assert told["musicgen_takes"]["sketch", "completed"] == 2
    assert (told["musicgen_tracks"]["library",], told["musicgen_tracks"]["trash",]) == (1, 1)
    assert told["musicgen_workers"]["sketch", "ready"] == 1
    assert told["musicgen_attempts_total"]["sketch", "finished"] == 2
    assert told["musicgen_take_seconds_count"]["sketch",] == 2
    assert told["musicgen_requests_total"]["audio", "200"] == 1
    assert told["musicgen_database_batch_writes_count"][()] >= 3
    assert told["process_open_fds"][()] > 0


def test_a_worker_that_dies_is_counted(server: Server) -> None:
    until(lambda: figures(server)["musicgen_workers"]["sketch", "ready"] == 1, 10, "the worker to be ready")
    for child in server.children():
        child.kill()
    until(lambda: "musicgen_worker_deaths_total" in figures(server), 5, "the death to be told")
    assert figures(server)["musicgen_worker_deaths_total"]["WORKER_CRASHED", "sketch"] == 1


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_what_a_proxy_passes_on_is_refused(shared: Server, header: str) -> None:
    answer = shared.get("/metrics", **{header: "203.0.113.9"})
    assert (answer.status, answer.json["code"]) == (403, "FORBIDDEN")


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/", "page"), ("/tracks/1", "page"), ("/library/trash", "page"), ("/api/v1/jobs", "api"), ("/generate", "api"),
     ("/events", "stream"), ("/api/v1/events", "stream"), ("/static/app.1.css", "static"), ("/readyz", "probe"),
     ("/tracks/1/audio.mp3", "audio"), ("/api/v1/tracks/1/audio.flac", "audio"), ("/no/such/thing", "page")],
)  # fmt: skip
def test_an_address_is_of_one_of_few_kinds(path: str, kind: str) -> None:
    assert route_class(path) == kind


async def test_the_meter_lets_the_lifespan_through_uncounted() -> None:
    passed: list[str] = []

    async def app(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        passed.append(scope["type"])

    counted = Figures()
    await Meter(app, counted)({"type": "lifespan"}, None, None)  # type: ignore[arg-type]
    assert passed == ["lifespan"]
    assert "musicgen_requests_total{" not in counted.text().decode()
