"""A song can be had in every format, made once and kept within a limit."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tinytag import TinyTag

from musicgen_web.datadir import DataDir, sweep
from musicgen_web.engines.base import SKETCH
from musicgen_web.errors import DiskFull, Internal, NotFound, Unavailable
from musicgen_web.library import audio, encode, errand, sent
from musicgen_web.library.audio import FORMATS, Formats
from musicgen_web.library.tags.sheet import Sheet
from musicgen_web.library.tags.words import sheet_for
from tests.support import songs
from tests.support.server import ROOT
from tests.support.waiting import until

RATE, SECONDS = 44_100, 2.0


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tracks") / "song.flac"
    times = np.arange(int(RATE * SECONDS)) / RATE
    left, right = 0.5 * np.sin(2 * np.pi * 440 * times), 0.5 * np.sin(2 * np.pi * 660 * times)
    soundfile.write(path, np.stack([left, right], axis=1), RATE, subtype="PCM_24")
    return path


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    return folder


@pytest.fixture
async def formats(cache: Path) -> AsyncIterator[Formats]:
    made = Formats(cache)
    yield made
    await made.close()


@pytest.mark.parametrize("fmt", ["wav", "mp3", "ogg", "opus"])
async def test_a_song_is_made_in_each_format(formats: Formats, song: Path, cache: Path, fmt: str) -> None:
    path = await formats.file("t1", song, fmt)
    assert [file.name for file in cache.iterdir()] == [path.name] == [f"t1.{fmt}"]
    told = TinyTag.get(path)
    assert told.duration == pytest.approx(SECONDS, abs=0.06)
    assert told.channels == 2
    sound, rate = soundfile.read(path)
    assert rate == (48_000 if fmt == "opus" else RATE)
    assert len(sound) / rate == pytest.approx(SECONDS, abs=0.06)
    assert [_pitch(sound[:, side], rate) for side in (0, 1)] == pytest.approx([440, 660], abs=2)
    assert np.sqrt(np.mean(sound**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.03)


async def test_a_wav_has_the_very_samples_of_the_song(formats: Formats, song: Path) -> None:
    path = await formats.file("t1", song, "wav")
    assert soundfile.info(path).subtype == soundfile.info(song).subtype == "PCM_24"
    assert np.array_equal(soundfile.read(path, dtype="int32")[0], soundfile.read(song, dtype="int32")[0])


async def test_flac_is_the_stored_file_itself(formats: Formats, song: Path, cache: Path) -> None:
    assert await formats.file("t1", song, "flac") == song
    assert list(cache.iterdir()) == []


def called(title: str) -> Sheet:
    return sheet_for(songs.track(title=title), "Sketch")


@pytest.mark.parametrize("fmt", FORMATS)
async def test_a_copy_to_download_has_the_sheet_inside_and_one_to_play_has_not(
    formats: Formats, song: Path, cache: Path, fmt: str
) -> None:
    stored = song.read_bytes()
    sheet = called("雨夜")
    kept = await formats.file("t1", song, fmt, sheet)
    played = await formats.file("t1", song, fmt)
    assert kept == cache / f"t1-{sheet.digest}.{fmt}"
    assert {file.name for file in cache.iterdir()} == {kept.name, f"t1.{fmt}"} - {"t1.flac"}
    assert (TinyTag.get(kept).title, TinyTag.get(played).title) == ("雨夜", None)
    assert song.read_bytes() == stored
    assert (soundfile.read(kept)[0] == soundfile.read(played)[0]).all()


async def test_another_title_is_another_copy_and_the_encoder_does_not_run_again(
    formats: Formats, song: Path, cache: Path
) -> None:
    first = await formats.file("t1", song, "mp3", called("one"))
    encoded = (cache / "t1.mp3").stat().st_ino
    second = await formats.file("t1", song, "mp3", called("two"))
    assert (TinyTag.get(first).title, TinyTag.get(second).title) == ("one", "two")
    assert (cache / "t1.mp3").stat().st_ino == encoded
    assert await formats.file("t1", song, "mp3", called("one")) == first


async def test_copies_with_a_sheet_count_against_the_limit(cache: Path, song: Path) -> None:
    formats = Formats(cache, limit=10)
    kept = await formats.file("t1", song, "wav", called("one"))
    assert [file.name for file in cache.iterdir()] == [kept.name], "the plain one has gone: it was used before"


async def test_a_full_cache_takes_away_nothing_that_is_about_to_be_read(cache: Path, song: Path) -> None:
    formats = Formats(cache, limit=10)
    asked = [formats.file(track_id, song, "wav", called(title)) for track_id in ("t1", "t2") for title in "ab"]
    assert len(set(await asyncio.gather(*asked))) == 4


async def test_nobody_reads_the_words_in_the_list_of_processes(
    formats: Formats, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words: list[str] = []
    real = asyncio.create_subprocess_exec

    async def watched(*args: str, **more: object) -> asyncio.subprocess.Process:
        words.extend(args)
        return await real(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    await formats.file("t1", song, "flac", called("a secret"))
    assert words[-1] == "tagged" and not any("secret" in word for word in words)


def test_a_sheet_that_arrives_in_part_makes_no_copy(song: Path, cache: Path) -> None:
    for arrived in (b"", called("one").to_bytes()[:-5]):
        child = subprocess.run(
            [sys.executable, "-m", "musicgen_web.library.encode", song, cache / "t1-x.flac", "flac", "tagged"],
            input=arrived, capture_output=True, check=False,
        )  # fmt: skip
        assert child.returncode not in (0, errand.DISK_FULL)
        assert list(cache.iterdir()) == []


async def test_two_who_ask_at_once_share_one_making(
    formats: Formats, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Path] = []
    real = audio.send

    async def counted(module: str, words: Sequence[str], told: bytes, target: Path) -> None:
        started.append(target)
        await real(module, words, told, target)

    monkeypatch.setattr(audio, "send", counted)
    leaving = asyncio.create_task(formats.file("t1", song, "wav"))
    staying = [asyncio.create_task(formats.file("t1", song, "wav")) for _ in range(3)]
    while not started:  # noqa: ASYNC110 the making begins in a task of its own
        await asyncio.sleep(0)
    leaving.cancel()
    assert len(set(await asyncio.gather(*staying))) == 1
    assert await formats.file("t1", song, "wav") == staying[0].result()
    assert len(started) == 1


async def test_the_copy_unused_for_longest_goes_when_the_cache_is_full(cache: Path, song: Path) -> None:
    formats = Formats(cache, limit=1_200_000)  # two copies of 529 kB
    first, second = [await formats.file(track_id, song, "wav") for track_id in ("t1", "t2")]
    for path, age in ((first, 200), (second, 100)):
        os.utime(path, (time.time() - age,) * 2)
    with first.open("rb") as reading:
        assert await formats.file("t1", song, "wav") == first
        await formats.file("t3", song, "wav")
        assert sorted(file.name for file in cache.iterdir()) == ["t1.wav", "t3.wav"]
        os.utime(first, (time.time() - 200,) * 2)
        await formats.file("t4", song, "wav")
        assert len(reading.read()) > 500_000  # a reader keeps what it has open
    assert sorted(file.name for file in cache.iterdir()) == ["t3.wav", "t4.wav"]


async def test_a_copy_larger_than_the_cache_is_still_given(cache: Path, song: Path) -> None:
    assert (await Formats(cache, limit=10).file("t1", song, "wav")).is_file()


async def test_unknown_formats_and_missing_songs_are_not_found(formats: Formats, song: Path) -> None:
    for source, fmt in ((song, "exe"), (song, "../x"), (song.with_name("gone.flac"), "wav")):
        with pytest.raises(NotFound):
            await formats.file("t1", source, fmt)


async def test_a_damaged_song_is_an_error_of_ours_and_can_be_asked_for_again(
    formats: Formats, song: Path, cache: Path, tmp_path: Path
) -> None:
    source = tmp_path / "song.flac"
    source.write_bytes(b"this is no sound")
    with pytest.raises(Internal):
        await formats.file("t1", source, "mp3")
    assert list(cache.iterdir()) == []
    shutil.copy(song, source)
    assert (await formats.file("t1", source, "mp3")).is_file()


async def test_a_child_that_hangs_is_stopped(
    formats: Formats, song: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent, "SECONDS", 0.01)
    with pytest.raises(Unavailable):
        await formats.file("t1", song, "mp3")
    assert list(cache.iterdir()) == []


async def test_a_child_that_hangs_over_a_sheet_is_stopped_and_the_song_can_be_asked_for_again(
    formats: Formats, song: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as hurry, pytest.raises(Unavailable):
        hurry.setattr(sent, "SECONDS", 0.01)
        await formats.file("t1", song, "flac", called("one"))
    assert list(cache.iterdir()) == []
    assert TinyTag.get(await formats.file("t1", song, "flac", called("one"))).title == "one"


async def test_what_a_killed_server_left_half_written_goes_at_the_next_start(song: Path, tmp_path: Path) -> None:
    datadir = DataDir(tmp_path / "data")
    datadir.make()
    kept = await Formats(datadir.cache).file("t1", song, "flac", called("one"))
    kept.with_name(f"{kept.name}.77.part").write_bytes(b"half")
    assert sweep(datadir, ()).deleted == 1
    assert list(datadir.cache.iterdir()) == [kept]


async def test_closing_stops_the_making_and_leaves_nothing(cache: Path, song: Path) -> None:
    formats = Formats(cache)
    waiting = [asyncio.create_task(formats.file(track_id, song, "mp3")) for track_id in ("t1", "t2", "t3")]
    while not any(cache.iterdir()):  # noqa: ASYNC110 until a child writes
        await asyncio.sleep(0.01)
    await formats.close()
    ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(end, Unavailable) for end in ended)
    assert list(cache.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, check=False
    )
    if not mounted or mounted.returncode != 0:
        pytest.skip("no small file system can be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("fmt", ["wav", "mp3", "ogg", "opus"])
async def test_a_full_disk_is_said_and_leaves_nothing(small_disk: Path, tmp_path: Path, fmt: str) -> None:
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (RATE * 5, 2))
    soundfile.write(tmp_path / "noise.flac", noise, RATE)
    with pytest.raises(DiskFull):
        await Formats(small_disk).file("t1", tmp_path / "noise.flac", fmt)
    assert list(small_disk.iterdir()) == []


@pytest.mark.parametrize("fmt", FORMATS)
async def test_a_disk_too_full_for_the_sheet_is_said_and_leaves_nothing(
    small_disk: Path, tmp_path: Path, fmt: str
) -> None:
    soundfile.write(tmp_path / "short.flac", np.zeros((RATE // 8, 2)), RATE)
    formats = Formats(small_disk)
    plain = await formats.file("t1", tmp_path / "short.flac", fmt)
    (small_disk / "ballast").write_bytes(bytes(max(0, 64 * 1024 - 8 * 1024 - _pages(plain, small_disk))))
    with pytest.raises(DiskFull):
        await formats.file("t1", tmp_path / "short.flac", fmt, called("one"))
    assert {file.name for file in small_disk.iterdir()} == {"ballast", f"t1.{fmt}"} - {"t1.flac"}


async def test_a_disk_that_takes_no_writes_gives_what_it_has_and_says_so(small_disk: Path, song: Path) -> None:
    formats = Formats(small_disk)
    (small_disk / "t1.wav").write_bytes(b"made before")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)  # noqa: ASYNC221
    assert await formats.file("t1", song, "wav") == small_disk / "t1.wav"
    assert await formats.file("t1", song, "flac") == song
    with pytest.raises(Unavailable):
        await formats.file("t1", song, "flac", called("one"))


def _pages(file: Path, disk: Path) -> int:
    """Return what a file takes away from a disk: whole pages, or nothing when it lies elsewhere."""
    return -(-file.stat().st_size // 4096) * 4096 if file.parent == disk else 0


def test_a_write_that_fails_is_not_taken_for_a_copy(song: Path) -> None:
    class Full:
        def __init__(self, file: object) -> None:
            self.seek, self.tell, self.read, self.readinto = file.seek, file.tell, file.read, file.readinto

        def write(self, data: bytes) -> int:
            raise OSError(28, "no space")

    for fmt in FORMATS:
        if fmt != "flac":
            with song.open("rb") as file, pytest.raises(OSError, match="no space"):
                encode.encode(song, Full(file), fmt)


def test_the_child_ends_when_its_server_is_gone(song: Path, tmp_path: Path) -> None:
    with (tmp_path / "x").open("w+b") as file, pytest.raises(InterruptedError):
        encode.encode(song, file, "wav", lambda: False)


def test_the_web_process_stays_free_of_numbers_and_sound() -> None:
    code = "import sys, musicgen_web.library.audio; print({'numpy', 'soundfile', 'soxr', 'scipy'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"


def _pitch(sound: np.ndarray, rate: int) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(sound * np.hanning(len(sound)))))) * rate / len(sound)


async def test_a_song_that_goes_for_good_takes_all_its_copies_along(cache: Path, song: Path) -> None:
    formats = Formats(cache)
    for track_id in ("a1", "a2"):
        await formats.file(track_id, song, "wav")
        await formats.file(track_id, song, "wav", called("x"))
    await formats.forget("a1")
    assert sorted(path.name for path in cache.iterdir()) == sorted(["a2.wav", f"a2-{called('x').digest}.wav"])


async def test_a_song_that_is_forgotten_has_no_copy_left_also_none_that_is_being_made(
    formats: Formats, song: Path, cache: Path
) -> None:
    await formats.file("1", song, "ogg")
    await formats.file("2", song, "ogg")
    making = asyncio.create_task(formats.file("1", song, "wav"))
    await until(lambda: formats._making)
    await formats.forget("1")
    with pytest.raises(NotFound, match="deleted just now"):  # who was waiting for it is told so
        await making
    assert [path.name for path in cache.iterdir()] == ["2.ogg"]
    await formats.forget("1")


async def test_a_song_is_taken_apart_once_and_what_was_spread_out_for_it_is_gone(formats: Formats, cache: Path) -> None:
    wish = songs.request(duration=5.0, seed=3)
    one, other = await asyncio.gather(*(formats.piece("t1", "score", SKETCH.writes_midi, wish) for _ in range(2)))
    assert one == other == cache / "t1-score.mid"
    assert one.read_bytes().startswith(b"MThd")
    assert [path.name for path in cache.iterdir()] == ["t1-score.mid"]


async def test_a_song_that_goes_while_it_is_taken_apart_leaves_nothing(formats: Formats, cache: Path) -> None:
    wish = songs.request(duration=60.0, seed=3)
    taking = asyncio.create_task(formats.piece("t1", "stems", SKETCH.writes_stems, wish))
    await until(lambda: any(cache.glob("*.part/*")), 60)
    await formats.forget("t1")
    with pytest.raises(NotFound, match="deleted just now"):
        await taking
    assert list(cache.iterdir()) == []


async def test_an_engine_that_fails_to_take_a_song_apart_leaves_nothing(formats: Formats, cache: Path) -> None:
    with pytest.raises(Internal):
        await formats.piece("t1", "score", "musicgen_web.engines.sketch.midi:nothing", songs.request())
    assert list(cache.iterdir()) == []


def test_a_child_that_wants_too_much_memory_ends_and_not_the_machine(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from musicgen_web.library import encode, errand\n"
        "encode.encode = lambda *_: bytearray(2 * errand.MEMORY)\n"
        "encode.main(*sys.argv[1:])\n"
    )
    made = tmp_path / "copy.wav"
    told = subprocess.run(
        [sys.executable, "-c", program, "song.flac", str(made), "wav"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode and "MemoryError" in told.stderr
    assert not made.exists()
