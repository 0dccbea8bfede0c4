"""What is written into a copy is what other people's readers find there, and the sound stays the same."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tinytag import TinyTag

from musicgen_web.library import encode
from musicgen_web.library.audio import FORMATS
from musicgen_web.library.tags import picture
from musicgen_web.library.tags.sheet import Sheet

TITLES = [
    "a" * 200, "雨" * 200, "👩‍🚀🎶" * 40, "two\nlines\tand a tab", "ünïcödé — “quotes” = ; / \\", "עִבְרִית العربية",
    " spaces ", "ID3\x7fOggS fLaC RIFF", "İ", "\ufeffmark",
]  # fmt: skip


def tagged(plain: dict[str, Path], fmt: str, sheet: Sheet) -> bytes:
    target = io.BytesIO()
    encode.tag(plain[fmt], target, fmt, sheet)
    return target.getvalue()


def told(data: bytes, fmt: str) -> TinyTag:
    return TinyTag.get(filename=f"song.{fmt}", file_obj=io.BytesIO(data), image=True)


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_reader_finds_all_that_the_sheet_says(plain: dict[str, Path], sheet: Sheet, fmt: str) -> None:
    found = told(tagged(plain, fmt, sheet), fmt)
    assert (found.title, found.artist, found.year) == (sheet.title, sheet.artist, sheet.date)
    assert found.comment == sheet.comment
    assert (found.other["bpm"], found.other["initial_key"]) == (["82"], ["Bbm"])
    assert found.other["receipt"] == [sheet.receipt]
    synced = "[00:00.50]Paper boats\n[00:03.25]in the rain\n[01:01.00]"
    if fmt in ("mp3", "wav"):
        assert found.other["lyrics"] == [sheet.lyrics, synced]
    else:
        assert (found.other["lyrics"], found.other["syncedlyrics"]) == ([sheet.lyrics], [synced])
    cover = found.images.front_cover
    assert cover is not None and cover.mime_type == "image/png"
    assert cover.data == picture.png(sheet.picture)


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_sound_stays_sample_for_sample(plain: dict[str, Path], sheet: Sheet, fmt: str) -> None:
    data = tagged(plain, fmt, sheet)
    with soundfile.SoundFile(plain[fmt]) as before, soundfile.SoundFile(io.BytesIO(data)) as after:
        assert (before.frames, before.samplerate, before.subtype) == (after.frames, after.samplerate, after.subtype)
        assert np.array_equal(before.read(dtype="int32"), after.read(dtype="int32"))
    assert told(data, fmt).duration == pytest.approx(TinyTag.get(plain[fmt]).duration, abs=1e-6)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("title", TITLES, ids=range(len(TITLES)))
def test_any_title_comes_back(plain: dict[str, Path], sheet: Sheet, fmt: str, title: str) -> None:
    assert told(tagged(plain, fmt, replace(sheet, title=title)), fmt).title == title


@pytest.mark.parametrize("fmt", ["flac", "wav", "ogg", "opus"])
def test_the_library_that_decodes_reads_the_title_too(plain: dict[str, Path], sheet: Sheet, fmt: str) -> None:
    with soundfile.SoundFile(io.BytesIO(tagged(plain, fmt, sheet))) as file:
        assert (file.title, file.artist, file.date) == (sheet.title, sheet.artist, sheet.date)


@pytest.mark.parametrize("fmt", FORMATS)
def test_what_is_not_known_is_not_said(plain: dict[str, Path], sheet: Sheet, fmt: str) -> None:
    bare = replace(sheet, bpm=0, key="", lyrics="", synced=(), comment="", receipt="")
    found = told(tagged(plain, fmt, bare), fmt)
    assert (found.title, found.comment) == (sheet.title, None)
    assert not {"bpm", "initial_key", "lyrics", "syncedlyrics", "receipt"} & set(found.other)


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_longest_words_fit(plain: dict[str, Path], sheet: Sheet, fmt: str) -> None:
    lines = [(index / 2, "雨" * 60) for index in range(166)]
    long = replace(sheet, lyrics="雨" * 10_000, synced=lines, comment="雨" * 2_000)
    data = tagged(plain, fmt, long)
    found = told(data, fmt)
    assert found.comment == long.comment and long.lyrics in found.other["lyrics"]
    assert soundfile.info(io.BytesIO(data)).frames == soundfile.info(plain[fmt]).frames


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_same_sheet_gives_the_same_bytes(plain: dict[str, Path], sheet: Sheet, fmt: str) -> None:
    assert tagged(plain, fmt, sheet) == tagged(plain, fmt, Sheet.from_bytes(sheet.to_bytes()))


@pytest.mark.parametrize("fmt", ["flac", "mp3", "ogg", "opus"])
def test_new_tags_take_the_place_of_old_ones(plain: dict[str, Path], sheet: Sheet, fmt: str, tmp_path: Path) -> None:
    once = tmp_path / f"once.{fmt}"
    once.write_bytes(tagged(plain, fmt, replace(sheet, title="another one")))
    assert tagged({fmt: once}, fmt, sheet) == tagged(plain, fmt, sheet)


@pytest.mark.parametrize("fmt", ["flac", "wav", "ogg", "opus"])
@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: b"no sound" * 20, lambda data: data[:50]])
def test_what_is_no_such_file_is_refused(fmt: str, damage, plain, sheet: Sheet, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    broken = tmp_path / "broken"
    broken.write_bytes(damage(plain[fmt].read_bytes()))
    with pytest.raises(ValueError, match=r"\w"):
        encode.tag(broken, io.BytesIO(), fmt, sheet)
