"""A song is saved with what an edit needs, and comes back bit for bit; what is no song is refused."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from diffrhythm.errors import AudioError, InvalidRequestError, SongFileError
from diffrhythm.song import MAX_UNPACKED, Song, cut

LONGEST = 6_136  # frames of 285 seconds
VERSIONS = {"diffrhythm": "1.2", "torch": "2.13.0"}


def song(frames: int = 8, samples: int = 8 * 2_048) -> Song:
    rng = np.random.default_rng(3)
    steps = rng.integers(-(2**23), 2**23, (2, samples))
    latents = rng.standard_normal((frames, 64)).astype(np.float16)
    return Song((steps / 2**23).astype(np.float32), latents, gain=0.731, seed=2**53 + 7, versions=VERSIONS)


@pytest.mark.parametrize("name", ["song.flac", "song.wav"])
def test_a_saved_song_comes_back_bit_for_bit(tmp_path: Path, name: str) -> None:
    made = song()
    made.save(tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "song.npz"])
    back = Song.load(tmp_path / "song.npz")
    np.testing.assert_array_equal(back.audio, made.audio)
    np.testing.assert_array_equal(back.latents, made.latents)
    assert back.latents.dtype == np.float16
    assert (back.gain, back.seed, back.sample_rate, back.versions) == (0.731, 2**53 + 7, 44_100, VERSIONS)
    assert back.duration == 8 * 2_048 / 44_100


def test_what_the_longest_song_keeps_is_at_most_a_megabyte(tmp_path: Path) -> None:
    song(frames=LONGEST, samples=2_048).save(tmp_path / "song.flac")
    assert (tmp_path / "song.npz").stat().st_size <= 1_000_000


def test_a_gain_of_another_number_type_is_kept_as_well(tmp_path: Path) -> None:
    replace(song(), gain=np.float64(0.5), seed=np.int64(4)).save(tmp_path / "song.flac")  # type: ignore[arg-type]
    back = Song.load(tmp_path / "song.npz")
    assert (back.gain, back.seed) == (0.5, 4)


def test_its_sound_may_stand_elsewhere(tmp_path: Path) -> None:
    song().save(tmp_path / "song.flac")
    (tmp_path / "song.flac").rename(tmp_path / "renamed.flac")
    assert Song.load(tmp_path / "song.npz", sound=tmp_path / "renamed.flac").audio.shape == (2, 8 * 2_048)
    with pytest.raises(AudioError, match=r"song\.flac: there is no such"):
        Song.load(tmp_path / "song.npz")


def about(**changed: object) -> str:
    whole = {"format": 1, "sound": "song.flac", "gain": 1.0, "seed": 1, "sample_rate": 44_100, "versions": {}}
    return json.dumps({name: value for name, value in {**whole, **changed}.items() if value is not None})


LATENTS = np.zeros((8, 64), np.float16)


@pytest.mark.parametrize(
    "entries",
    [
        {"latents": LATENTS},
        {"about": np.array(about())},
        {"latents": LATENTS, "about": np.array("{")},
        {"latents": LATENTS, "about": np.array("[]")},
        {"latents": LATENTS, "about": np.array(about(format=2))},
        {"latents": LATENTS, "about": np.array(about(gain=None))},
        {"latents": LATENTS, "about": np.array(about(gain=float("nan")))},
        {"latents": LATENTS, "about": np.array(about(gain=0))},
        {"latents": LATENTS, "about": np.array(about(seed="1"))},
        {"latents": LATENTS, "about": np.array(about(sound="../song.flac"))},
        {"latents": LATENTS, "about": np.array(about(sound=""))},
        {"latents": LATENTS, "about": np.array(about(sound=7))},
        {"latents": LATENTS, "about": np.array(about(versions=[]))},
        {"latents": LATENTS, "about": np.array(about(more=1))},
        {"latents": LATENTS.astype(np.float32), "about": np.array(about())},
        {"latents": LATENTS[:, :63], "about": np.array(about())},
        {"latents": LATENTS[:0], "about": np.array(about())},
        {"latents": LATENTS + np.float16(np.nan), "about": np.array(about())},
        {"latents": np.array([{"a": 1}], dtype=object), "about": np.array(about())},
        {"latents": np.zeros(MAX_UNPACKED, np.uint8), "about": np.array(about())},
    ],
    ids=range(20),
)
def test_a_file_that_is_no_song_is_refused_by_name(tmp_path: Path, entries: "dict[str, np.ndarray]") -> None:
    np.savez_compressed(tmp_path / "song.npz", **entries)  # type: ignore[arg-type]
    with pytest.raises(SongFileError, match=r"song\.npz: this is no kept song"):
        Song.load(tmp_path / "song.npz")


def test_a_damaged_file_is_refused_by_name(tmp_path: Path) -> None:
    song().save(tmp_path / "song.flac")
    whole = (tmp_path / "song.npz").read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    for content in (b"", b"text", whole[: len(whole) // 2], bytes(flipped), os.urandom(500)):
        (tmp_path / "song.npz").write_bytes(content)
        with pytest.raises(SongFileError, match=r"song\.npz"):
            Song.load(tmp_path / "song.npz")
    with pytest.raises(SongFileError, match="no such file"):
        Song.load(tmp_path / "none.npz")


def test_sound_of_another_rate_is_not_this_songs(tmp_path: Path) -> None:
    song().save(tmp_path / "song.flac")
    replace(song(), sample_rate=48_000).save(tmp_path / "other.flac")
    with pytest.raises(SongFileError, match="expected 44100 Hz as the song was made, found 48000"):
        Song.load(tmp_path / "song.npz", sound=tmp_path / "other.flac")


def test_a_song_is_cut_to_a_duration_and_ends_in_a_fade() -> None:
    made = song(samples=3 * 44_100)
    short = made.cut(2.5)
    assert short.duration == 2.5 and short.latents is made.latents
    untouched = short.audio.shape[1] - round(0.05 * 44_100)
    np.testing.assert_array_equal(short.audio[:, :untouched], made.audio[:, :untouched])
    assert np.abs(short.audio[:, -1]).max() < 1e-7
    assert (np.abs(short.audio) <= np.abs(made.audio[:, : short.audio.shape[1]])).all()


def test_a_song_that_is_not_longer_stays_as_it_is() -> None:
    made = song()
    assert made.cut(10.0).audio is made.audio
    assert made.cut(made.duration).audio is made.audio
    assert cut(made.audio, 1e-9).shape == (2, 1)


@pytest.mark.parametrize("duration", [0, -1, float("nan"), float("inf")])
def test_a_duration_that_is_none_is_refused(duration: float) -> None:
    with pytest.raises(AudioError, match="positive duration"):
        song().cut(duration)


def test_a_song_of_other_arrays_cannot_be_made() -> None:
    made = song()
    with pytest.raises(AudioError, match="float64"):
        replace(made, audio=made.audio.astype(np.float64))
    with pytest.raises(InvalidRequestError, match="float32"):
        replace(made, latents=made.latents.astype(np.float32))
