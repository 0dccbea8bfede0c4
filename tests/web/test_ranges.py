"""A player can seek in a file, and whoever leaves early costs nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.types import Message, Receive, Scope, Send

from musicgen_web.errors import NotFound
from musicgen_web.web.ranges import PIECE, RangedFile, content_disposition, safe_name

CONTENT = bytes(range(256)) * 4096  # 1 MiB, four pieces
ETAG = '"abc"'


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("tracks") / "song.flac"
    file.write_bytes(CONTENT)
    return file


@pytest.fixture
async def client(path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = RangedFile(path, media_type="audio/flac", etag="abc", name="Papierboote.flac")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        client.base_url = "http://test"
        yield client


async def test_a_player_that_asks_for_nothing_special_gets_the_file(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    assert answer.status_code == 200
    assert answer.content == CONTENT
    assert dict(answer.headers) == {
        "content-type": "audio/flac",
        "content-length": str(len(CONTENT)),
        "accept-ranges": "bytes",
        "etag": ETAG,
        "cache-control": "private, max-age=3600",
        "content-disposition": "inline; filename=\"Papierboote.flac\"; filename*=UTF-8''Papierboote.flac",
    }


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=1000000-", 1_000_000, None),
        ("bytes=-10", -10, None),
        ("BYTES = 0 - 0".replace(" =", "="), 0, 1),
        ("bytes=5-99999999999999999999999999", 5, None),
        ("bytes=-99999999", 0, None),
        (f"bytes={PIECE - 1}-{PIECE}", PIECE - 1, PIECE + 1),
    ],
)
async def test_a_range_is_answered_with_its_bytes(
    client: httpx.AsyncClient, asked: str, start: int, end: int | None
) -> None:
    answer = await client.get("/", headers={"range": asked})
    assert answer.status_code == 206
    assert answer.content == CONTENT[start:end]
    first = start % len(CONTENT)
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(answer.content) - 1}/{len(CONTENT)}"
    assert answer.headers["content-length"] == str(len(answer.content))


@pytest.mark.parametrize("asked", ["bytes=1048576-", "bytes=-0", "bytes=" + "9" * 5000 + "-"])
async def test_a_range_behind_the_end_is_refused_with_the_length(client: httpx.AsyncClient, asked: str) -> None:
    answer = await client.get("/", headers={"range": asked})
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{len(CONTENT)}"


@pytest.mark.parametrize(
    "asked", ["bytes=9-0", "bytes=-", "bytes=a-b", "bytes=0-1,5-6", "seconds=0-9", "", "0-9", "bytes=-1-2"]
)
async def test_what_is_no_single_range_gets_the_whole_file(client: httpx.AsyncClient, asked: str) -> None:
    answer = await client.get("/", headers={"range": asked})
    assert (answer.status_code, len(answer.content)) == (200, len(CONTENT))


async def test_two_range_headers_count_as_several_ranges(client: httpx.AsyncClient) -> None:
    answer = await client.get("/", headers=[("range", "bytes=0-1"), ("range", "bytes=3-4")])
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("mark", "status"), [(ETAG, 206), ('"other"', 200), (f"W/{ETAG}", 200), ("Sat, 01 Jan 2022 00:00:00 GMT", 200)]
)
async def test_a_range_of_another_version_is_not_mixed_in(client: httpx.AsyncClient, mark: str, status: int) -> None:
    answer = await client.get("/", headers={"range": "bytes=0-9", "if-range": mark})
    assert answer.status_code == status


@pytest.mark.parametrize("held", [ETAG, f"W/{ETAG}", "*", f'"x", {ETAG}'])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_what_the_browser_holds_is_not_sent_again(client: httpx.AsyncClient, held: str, method: str) -> None:
    answer = await client.request(method, "/", headers={"if-none-match": held, "range": "bytes=0-9"})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == ETAG
    assert "content-length" not in answer.headers


async def test_an_older_copy_is_replaced(client: httpx.AsyncClient) -> None:
    assert (await client.get("/", headers={"if-none-match": '"older"'})).status_code == 200


async def test_head_tells_everything_but_the_bytes(client: httpx.AsyncClient) -> None:
    answer = await client.head("/", headers={"range": "bytes=0-9"})  # ranges are for GET alone (RFC 9110 §14.2)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(CONTENT))


async def test_an_empty_file_is_an_empty_answer(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    app = RangedFile(tmp_path / "empty", media_type="audio/flac", etag="e")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        assert (await client.get("http://test/")).headers["content-length"] == "0"
        assert (await client.get("http://test/", headers={"range": "bytes=0-"})).status_code == 416
        assert (await client.get("http://test/", headers={"range": "bytes=-5"})).status_code == 416


@given(asked=st.from_regex(r"\A(bytes=)?[0-9]{0,3}-[0-9]{0,3}(,[0-9]-)?\Z") | st.text(st.characters(max_codepoint=255)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_range_header_breaks_the_answer(client: httpx.AsyncClient, asked: str) -> None:
    answer = await client.get("/", headers={"range": asked.encode("latin-1")})
    assert answer.status_code in (200, 206, 416)
    assert int(answer.headers["content-length"]) == len(answer.content)


async def test_a_missing_file_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    sent: list[Message] = []
    for missing in (tmp_path / "gone.flac", tmp_path):
        with pytest.raises(NotFound):
            await RangedFile(missing, media_type="audio/flac", etag="x")(_scope(), _silent, _collect(sent))
    assert sent == []


async def test_a_reader_who_leaves_stops_the_reading(path: Path) -> None:
    left = asyncio.Event()
    sent: list[Message] = []

    async def receive() -> Message:
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)
        left.set()
        for _ in range(3):  # let the watcher see it
            await asyncio.sleep(0)

    await RangedFile(path, media_type="audio/flac", etag="x")(_scope(), receive, send)
    assert len(sent) < 4
    assert not _still_open(path)


async def test_a_cancelled_answer_closes_its_file(path: Path) -> None:
    stuck = asyncio.Event()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            stuck.set()
            await asyncio.Event().wait()

    answer = asyncio.create_task(RangedFile(path, media_type="audio/flac", etag="x")(_scope(), _silent, send))
    await stuck.wait()
    answer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answer
    assert not _still_open(path)


async def test_over_a_real_connection_a_seek_and_a_closed_tab_work(tmp_path: Path) -> None:
    large = tmp_path / "large.flac"
    with large.open("wb") as file:
        file.truncate(64 * PIECE)
        file.seek(32 * PIECE)
        file.write(b"here")
    ended: asyncio.Queue[int] = asyncio.Queue()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        pieces = 0

        async def counted(message: Message) -> None:
            nonlocal pieces
            pieces += message["type"] == "http.response.body"
            await send(message)

        try:
            await RangedFile(large, media_type="audio/flac", etag="x")(scope, receive, counted)
        finally:
            ended.put_nowait(pieces)

    async with _served(app) as port:
        async with httpx.AsyncClient(trust_env=False) as client:
            for _ in range(2):  # the connection is kept alive between them
                answer = await client.get(
                    f"http://127.0.0.1:{port}/", headers={"range": f"bytes={32 * PIECE}-{32 * PIECE + 3}"}
                )
                assert (answer.status_code, answer.content) == (206, b"here")
                assert await ended.get() == 1
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readexactly(1000)
        writer.close()
        assert await asyncio.wait_for(ended.get(), 10) < 64
        assert not _still_open(large)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Paper Boats.flac", "Paper Boats.flac"),
        ("../../etc/passwd", "-..-etc-passwd"),
        ('a\\b:c*d?"e<f>g|h.mp3', "a-b-c-d--e-f-g-h.mp3"),
        ("line\r\nbreak.wav", "line break.wav"),
        ("\u202egnp.mp3\x00", "gnp.mp3"),
        ("夜に駆ける.ogg", "夜に駆ける.ogg"),
        ("CON.wav", "CON-.wav"),
        (" . .wav", "song.wav"),
        ("", "song"),
        ("\ud800.flac", "song.flac"),
    ],
)
def test_a_file_is_called_by_its_title_as_far_as_any_system_takes_it(title: str, expected: str) -> None:
    assert safe_name(title) == expected


@given(st.text() | st.text().map("{}.flac".format))
def test_no_title_escapes_into_the_headers_or_the_folders(title: str) -> None:
    header = content_disposition(title, download=True)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert not {"/", "\\", "\0"} & set(safe_name(title))
    assert 0 < len(safe_name(title).encode()) <= 180
    assert safe_name(safe_name(title)) == safe_name(title)


def test_a_title_in_any_script_has_a_plain_name_beside_it() -> None:
    assert (
        content_disposition("Été.mp3", download=True)
        == "attachment; filename=\"Ete.mp3\"; filename*=UTF-8''%C3%89t%C3%A9.mp3"
    )
    assert content_disposition("夜.mp3", download=False).startswith('inline; filename="song.mp3"; filename*=UTF-8')


def _scope() -> Scope:
    return {"type": "http", "method": "GET", "headers": []}


async def _silent() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


def _collect(sent: list[Message]) -> Send:
    async def send(message: Message) -> None:
        sent.append(message)

    return send


def _still_open(path: Path) -> bool:
    handles = Path("/proc/self/fd")
    if not handles.exists():
        pytest.skip("this system does not tell which files are open")
    return any(_target(handle) == str(path) for handle in handles.iterdir())


def _target(handle: Path) -> str:
    try:
        return str(handle.readlink())
    except FileNotFoundError:
        return ""


@asynccontextmanager
async def _served(app: object) -> AsyncIterator[int]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    task = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 uvicorn has no event for it
        await asyncio.sleep(0.005)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task
