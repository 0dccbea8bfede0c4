"""The writer: what is on the disk is what was given, what is told of it is true, and a full disk says so."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path

import numpy as np
import pytest
import soundfile

from musicgen_web.engines.writer import PEAKS, Samples, SongWriter


def music(frames: int, channels: int = 2) -> Samples:
    return np.random.default_rng(7).uniform(-0.5, 0.5, (frames, channels)).astype(np.float32)


def written(path: Path, samples: Samples, block: int = 70_000, seed: int = 0) -> tuple[str, bytes, int]:
    with SongWriter(path, len(samples), channels=samples.shape[1], seed=seed) as writer:
        for start in range(0, len(samples), block):
            writer.write(samples[start : start + block])
        return writer.finish()


@pytest.mark.parametrize("frames", [1, 799, 44_101, 200_003])
def test_the_md5_and_the_length_are_those_of_the_decoded_samples(tmp_path: Path, frames: int) -> None:
    md5, _, told = written(tmp_path / "a.flac", music(frames))
    decoded, rate = soundfile.read(tmp_path / "a.flac", dtype="int16")
    assert (len(decoded), told, rate) == (frames, frames, 44_100)
    assert hashlib.md5(decoded.tobytes()).hexdigest() == md5


def test_the_size_of_the_blocks_does_not_change_the_samples(tmp_path: Path) -> None:
    samples = music(150_000)
    assert written(tmp_path / "a.flac", samples, 65_536)[1] == written(tmp_path / "b.flac", samples, 65_536)[1]
    one, many = written(tmp_path / "a.flac", samples, 150_000), written(tmp_path / "b.flac", samples, 65_536)
    assert one == many


def test_peaks_are_the_lowest_and_highest_of_each_eight_hundredth(tmp_path: Path) -> None:
    samples = np.zeros((80_000, 2), dtype=np.float32)
    samples[100:200] = [1.0, 0.5]  # a mono mix of 0.75 inside the second bin
    samples[79_950] = -1.0
    pairs = np.frombuffer(written(tmp_path / "a.flac", samples, 12_345)[1], dtype=np.int8).reshape(PEAKS, 2)
    assert pairs[1, 1] == 95
    assert pairs[799, 0] == -127
    assert not pairs[2:799].any()


def test_a_song_shorter_than_its_peaks_has_them_all(tmp_path: Path) -> None:
    assert len(written(tmp_path / "a.flac", music(100))[1]) == 2 * PEAKS


def test_silence_stays_silence_and_the_dither_follows_the_seed(tmp_path: Path) -> None:
    samples = np.full((20_000, 2), 0.000_01, dtype=np.float32)
    samples[:10_000] = 0.0
    first, again, other = (written(tmp_path / "a.flac", samples, seed=seed)[0] for seed in (1, 1, 2))
    decoded, _ = soundfile.read(tmp_path / "a.flac", dtype="int16")
    assert first == again != other
    assert not decoded[:10_000].any()
    assert set(np.unique(decoded[10_000:])) == {-1, 0, 1}


def test_a_sample_that_is_no_number_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    samples = music(1_000)
    samples[500, 1] = np.nan
    with pytest.raises(ValueError, match="finite"):
        written(tmp_path / "a.flac", samples)
    assert list(tmp_path.iterdir()) == []


def test_more_or_fewer_frames_than_promised_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="fit"), SongWriter(tmp_path / "a.flac", 10) as writer:
        writer.write(music(11))
    with pytest.raises(ValueError, match="only 3 of 10"), SongWriter(tmp_path / "a.flac", 10) as writer:
        writer.write(music(3))
        writer.finish()
    with pytest.raises(ValueError, match="block is"), SongWriter(tmp_path / "a.flac", 10) as writer:
        writer.write(music(3, channels=1))


def test_a_full_disk_is_said_in_the_systems_words(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full")
    (tmp_path / "a.flac").symlink_to(full)
    with pytest.raises(OSError) as caught:
        written(tmp_path / "a.flac", music(300_000))
    assert caught.value.errno == errno.ENOSPC


def test_a_folder_that_is_not_there_is_said_in_the_systems_words(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        written(tmp_path / "nowhere" / "a.flac", music(10))


def test_leaving_early_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), SongWriter(tmp_path / "a.flac", 100_000) as writer:
        writer.write(music(50_000))
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
