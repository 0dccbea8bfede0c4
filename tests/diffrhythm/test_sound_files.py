"""A sound file is whole and rounded, or it is not there."""

import errno
from pathlib import Path

import numpy as np
import pytest
import soundfile

from diffrhythm.errors import AudioError
from diffrhythm.sound_files import read_sound, write_sound

NOISE = np.random.default_rng(0).uniform(-0.999, 0.999, (2, 70_000)).astype(np.float32)


@pytest.mark.parametrize("bits", [16, 24])
@pytest.mark.parametrize("name", ["song.flac", "song.wav", "SONG.FLAC"])
def test_samples_are_rounded_to_the_nearest_step(tmp_path: Path, name: str, bits: int) -> None:
    write_sound(tmp_path / name, NOISE, 44_100, bits=bits)
    audio, rate = read_sound(tmp_path / name)
    assert (audio.shape, audio.dtype, rate) == (NOISE.shape, np.float32, 44_100)
    assert np.abs(audio - NOISE).max() <= 0.5 / 2 ** (bits - 1) * (1 + 1e-6)
    about = soundfile.info(tmp_path / name)
    assert (about.subtype, about.format) == (f"PCM_{bits}", name[-4:].strip(".").upper())
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o644 and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("bits", [16, 24])
def test_what_was_read_is_written_again_as_the_same_samples(tmp_path: Path, bits: int) -> None:
    write_sound(tmp_path / "a.flac", NOISE, 44_100, bits=bits)
    first, _ = read_sound(tmp_path / "a.flac")
    write_sound(tmp_path / "b.flac", first, 44_100, bits=bits)
    np.testing.assert_array_equal(read_sound(tmp_path / "b.flac")[0], first)


def test_beyond_full_scale_is_cut_and_never_wraps(tmp_path: Path) -> None:
    write_sound(tmp_path / "loud.wav", np.array([[1.0, 2.0, 1e30, -1.0, -2.0, -1e30]], np.float32), 44_100)
    audio, _ = read_sound(tmp_path / "loud.wav")
    np.testing.assert_array_equal(audio[0], np.array([1 - 2.0**-23] * 3 + [-1.0] * 3, np.float32))


@pytest.mark.parametrize("step", ["write", "sync"])
def test_a_full_disk_leaves_nothing_and_the_old_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    (tmp_path / "song.flac").write_bytes(b"the old one")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if step == "sync":
        monkeypatch.setattr("diffrhythm.whole_files.os.fsync", full)
    else:
        fdopen = __import__("os").fdopen

        def opened(handle: int, mode: str) -> object:
            file = fdopen(handle, mode, buffering=0)
            return _Full(file)

        class _Full:
            def __init__(self, file: object) -> None:
                self.file = file

            def __enter__(self) -> "_Full":
                return self

            def __exit__(self, *_: object) -> None:
                self.file.close()  # type: ignore[attr-defined]

            def write(self, content: memoryview) -> None:
                self.file.write(content[: len(content) // 2])  # type: ignore[attr-defined]
                full()

        monkeypatch.setattr("diffrhythm.whole_files.os.fdopen", opened)
    with pytest.raises(OSError, match="No space left") as failed:
        write_sound(tmp_path / "song.flac", NOISE, 44_100)
    assert failed.value.errno == errno.ENOSPC
    assert [path.name for path in tmp_path.iterdir()] == ["song.flac"]
    assert (tmp_path / "song.flac").read_bytes() == b"the old one"


@pytest.mark.parametrize(
    ("name", "audio", "bits", "words"),
    [
        ("song.mp3", NOISE, 24, ".flac or .wav"),
        ("song", NOISE, 24, ".flac or .wav"),
        ("song.wav", NOISE, 8, "not 8"),
        ("song.wav", NOISE[0], 24, "70000"),
        ("song.wav", NOISE[:, :0], 24, r"\(2, 0\)"),
        ("song.wav", NOISE * np.float32(np.nan), 24, "finite"),
    ],
    ids=range(6),
)
def test_what_cannot_be_saved_is_said(tmp_path: Path, name: str, audio: np.ndarray, bits: int, words: str) -> None:
    with pytest.raises(AudioError, match=words):
        write_sound(tmp_path / name, audio, 44_100, bits=bits)
    assert not list(tmp_path.iterdir())


def test_what_is_no_sound_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="no such sound file"):
        read_sound(tmp_path / "none.flac")
    (tmp_path / "text.flac").write_text("no sound")
    with pytest.raises(AudioError, match=r"text\.flac: this is no sound file"):
        read_sound(tmp_path / "text.flac")
