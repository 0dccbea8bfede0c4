"""People and scripts who use a server that may die at any moment: what they ask for, and what they were promised."""

from __future__ import annotations

import http.client
import json
import random
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

TIMEOUT = 20.0  # seconds
LINE = 12  # takes in line above which nobody asks for more
FORMATS = ("flac", "wav", "mp3", "ogg", "opus")
PAGES = (
    "/",
    "/queue",
    "/library",
    "/library/trash",
    "/system",
    "/api/v1/jobs",
    "/api/v1/tracks",
    "/health",
    "/metrics",
)
CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
PROMPTS = ("warm lo-fi", "bright pop, 120 bpm", "calm ambient", "bossa nova, nylon guitar", "house, no melody")

Answer = tuple[int, http.client.HTTPMessage, bytes]


@dataclass(slots=True)
class Promises:
    """What the server said yes to: the ids of jobs, the keys of forms, the songs deleted for good."""

    jobs: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)
    unheard: int = 0  # requests that a death cut off
    wrong: list[str] = field(default_factory=list)


class Visitor(threading.Thread):
    """One of them. `doors` is open while there may be visitors; `over` ends the visit."""

    def __init__(
        self, number: int, port: int, promises: Promises, doors: threading.Event, over: threading.Event, seed: int
    ) -> None:
        super().__init__(name=f"visitor {number}", daemon=True)
        self.port, self.promises, self.doors, self.over = port, promises, doors, over
        self.chance = random.Random(f"{seed} {number}")
        self.is_inside = False
        self.cookie = ""

    def run(self) -> None:
        while not self.over.is_set():
            if not self.doors.wait(0.2):
                continue
            self.is_inside = True
            deed = self.chance.choices(list(DEEDS), weights=[weight for weight in DEEDS.values()])[0]
            self.promises.asked[deed.__name__] += 1
            try:
                deed(self)
            except (OSError, http.client.HTTPException):
                self.promises.unheard += 1
            except Exception as error:
                self.promises.wrong.append(f"{deed.__name__}: {error!r}")
            self.is_inside = False
            time.sleep(self.chance.random() * 0.3)

    def ask(
        self, method: str, path: str, body: object = None, form: dict[str, str] | None = None, **headers: str
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        data = None
        if form is not None:
            data, headers["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded"
        elif body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        if self.cookie:
            headers["Cookie"] = self.cookie
        try:
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            found = answer.status, answer.headers, answer.read()
        finally:
            connection.close()
        if cookie := answer.headers["Set-Cookie"]:
            self.cookie = cookie.split(";")[0]
        if answer.status >= 500 and answer.status != 503:
            self.promises.wrong.append(f"{method} {path}: {answer.status} {found[2][:200]!r}")
        return found

    def json(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, object]]:
        status, _, content = self.ask(method, path, body, **headers)
        return status, json.loads(content) if content else {}

    def some(self, kind: str, *, trashed: bool = False) -> str | None:
        """Return the id of a job or a track, or None where there is none."""
        _, found = self.json("GET", f"/api/v1/{kind}?limit=50{'&trashed=true' if trashed else ''}")
        items = found.get("items")
        return self.chance.choice(items)["id"] if isinstance(items, list) and items else None

    def wish(self) -> dict[str, object]:
        return {
            "prompt": self.chance.choice(PROMPTS),
            "duration": self.chance.choice([5, 8, 12]),
            "takes": self.chance.choice([1, 1, 1, 2]),
            "lyrics": self.chance.choice(["", "[00:01.00]la la la"]),
        }

    def is_full(self) -> bool:
        _, health = self.json("GET", "/health")
        queue = health.get("queue")
        return isinstance(queue, dict) and sum(queue.values()) > LINE


def submit(visitor: Visitor) -> None:
    """A script that does what scripts should: it asks again with the same key until it is answered."""
    if visitor.is_full():
        return
    key, wish, until = secrets.token_hex(8), visitor.wish(), time.monotonic() + TIMEOUT
    answered: set[str] = set()
    while time.monotonic() < until:
        try:
            status, answer = visitor.json("POST", "/generate", wish, **{"Idempotency-Key": key})
        except (OSError, http.client.HTTPException, ValueError):
            time.sleep(0.2)
            continue
        if status == 200:
            answered.add(str(answer["job_id"]))
            visitor.promises.jobs.add(str(answer["job_id"]))
            if visitor.chance.random() < 0.7:
                break
        elif status in (429, 503):
            time.sleep(0.5)
        else:
            raise AssertionError(f"{status} {answer}")
    if len(answered) > 1:
        raise AssertionError(f"one key, jobs {answered}")


def submit_form(visitor: Visitor) -> None:
    if visitor.is_full():
        return
    _, _, page = visitor.ask("GET", "/")
    token = CSRF.search(page.decode())
    if token is None:
        raise AssertionError("the page has no token")
    key = secrets.token_hex(8)
    form = {name: str(value) for name, value in visitor.wish().items()} | {"csrf": token[1], "key": key}
    status, _, _ = visitor.ask("POST", "/jobs", form=form)
    if status == 303:
        visitor.promises.keys.add(key)
    elif status not in (429, 503, 403):
        raise AssertionError(f"the form was answered with {status}")


def look(visitor: Visitor) -> None:
    visitor.ask("GET", visitor.chance.choice(PAGES))


def look_at_song(visitor: Visitor) -> None:
    if track := visitor.some("tracks"):
        visitor.ask("GET", visitor.chance.choice([f"/tracks/{track}", f"/api/v1/tracks/{track}/receipt.json"]))


def listen(visitor: Visitor) -> None:
    """An open page: its stream, for a few seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", visitor.port, timeout=TIMEOUT)
    try:
        connection.request("GET", visitor.chance.choice(["/events", "/api/v1/events"]))
        answer, until = connection.getresponse(), time.monotonic() + visitor.chance.random() * 4
        while time.monotonic() < until and answer.readline():
            pass
    finally:
        connection.close()


def download(visitor: Visitor) -> None:
    if track := visitor.some("tracks"):
        wish = visitor.chance.choice(FORMATS)
        visitor.ask("GET", f"/api/v1/tracks/{track}/audio.{wish}{visitor.chance.choice(['', '?download=true'])}")


def rename(visitor: Visitor) -> None:
    if track := visitor.some("tracks"):
        visitor.ask("PATCH", f"/api/v1/tracks/{track}", {"title": secrets.token_hex(6), "favourite": True})


def cancel(visitor: Visitor) -> None:
    if job := visitor.some("jobs"):
        visitor.ask("POST", f"/api/v1/jobs/{job}/cancel")


def retry(visitor: Visitor) -> None:
    if not visitor.is_full() and (job := visitor.some("jobs")):
        status, answer = visitor.json("POST", f"/api/v1/jobs/{job}/retry")
        if status == 202:
            visitor.promises.jobs.add(str(answer["id"]))


def throw_away(visitor: Visitor) -> None:
    if track := visitor.some("tracks"):
        visitor.ask("DELETE", f"/api/v1/tracks/{track}")


def restore(visitor: Visitor) -> None:
    if track := visitor.some("tracks", trashed=True):
        visitor.ask("POST", f"/api/v1/tracks/{track}/restore")


def delete(visitor: Visitor) -> None:
    if track := visitor.some("tracks", trashed=True):
        visitor.promises.removed.add(track)  # before the answer: it may be done and not told
        visitor.ask("DELETE", f"/api/v1/tracks/{track}?forever=true")


DEEDS: dict[Callable[[Visitor], None], int] = {
    submit: 20, submit_form: 10, look: 20, look_at_song: 8, listen: 6, download: 10, rename: 6, cancel: 4, retry: 3,
    throw_away: 6, restore: 3, delete: 4,
}  # fmt: skip
