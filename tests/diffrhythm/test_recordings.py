"""Any recording becomes 44.1 kHz stereo with latents at a known level, or is refused in words."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from diffrhythm.autoencoder import Autoencoder  # noqa: E402
from diffrhythm.errors import AudioError  # noqa: E402
from diffrhythm.recordings import at_reference_level, prepare, record  # noqa: E402

GOLDEN = Path(__file__).parents[1] / "golden" / "vae"


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Autoencoder:
    kept = tmp_path_factory.mktemp("toy") / "record.json"
    return Autoencoder.load(GOLDEN / "toy_vae.pt", trust_files=True, record=kept)


def noise(channels: int, samples: int) -> np.ndarray:
    return (0.1 * np.random.default_rng(1).standard_normal((channels, samples))).astype(np.float32)


def test_the_stored_level_is_reached_as_stored() -> None:
    with np.load(GOLDEN / "vae_cases.npz") as figures:
        given, expected = figures["normalize/in"][0], figures["normalize/out_minus6dbfs"][0]
    level, gain = at_reference_level(given)
    np.testing.assert_allclose(level, expected, atol=1e-5)
    np.testing.assert_allclose(given * gain, expected, atol=1e-5)


def test_silence_keeps_its_level(toy: Autoencoder) -> None:
    silence = np.zeros((2, 4_096), np.float32)
    level, gain = at_reference_level(silence)
    assert gain == 1.0 and not level.any()
    assert record(toy, silence, 44_100, seed=1).gain == 1.0


@pytest.mark.parametrize(("shape", "source"), [((9_000,), 0), ((1, 9_000), 0), ((2, 9_000), 1), ((6, 9_000), 1)])
def test_one_channel_is_heard_on_both_sides_and_of_many_the_first_two(shape: tuple[int, ...], source: int) -> None:
    audio = noise(6, 9_000)[: shape[0] if len(shape) == 2 else 1].reshape(shape)
    stereo = prepare(audio, 44_100)
    flat = np.atleast_2d(audio)
    np.testing.assert_array_equal(stereo, flat[[0, source]])


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000, 96_000])
def test_another_rate_is_brought_to_ours(rate: int) -> None:
    wave = np.sin(2 * np.pi * 440 * np.arange(rate) / rate)[None].astype(np.float64)
    stereo = prepare(wave, rate)
    assert stereo.dtype == np.float32 and stereo.shape == (2, 44_100)
    spectrum = np.abs(np.fft.rfft(stereo[0] * np.hanning(44_100)))
    assert spectrum.argmax() == 440


@pytest.mark.parametrize(
    ("audio", "rate", "words"),
    [
        (np.full((2, 9_000), np.nan, np.float32), 44_100, "not finite"),
        (np.full((2, 9_000), 1e300), 44_100, "too large"),
        (noise(2, 2_047), 44_100, "2047 samples"),
        (noise(2, 2_048), 48_000, "1882 samples"),
        (noise(2, 0), 44_100, "0 samples"),
        (noise(2, 0), 48_000, "0 samples"),
        (noise(2, 9_000).T, 44_100, r"\(9000, 2\)"),
        (np.zeros((2, 9_000), np.int16), 44_100, "int16"),
        (np.zeros((1, 2, 9_000), np.float32), 44_100, r"\(1, 2, 9000\)"),
        (noise(2, 9_000), 0, "not 0"),
        (noise(2, 9_000), 44_100.5, "44100.5"),
        (noise(2, 9_000), True, "True"),
    ],
    ids=range(12),
)  # fmt: skip
def test_what_is_no_recording_is_refused_in_words(audio: np.ndarray, rate: int, words: str) -> None:
    with pytest.raises(AudioError, match=words):
        prepare(audio, rate)


def test_a_recording_has_a_frame_for_every_sample_and_the_same_seed_draws_the_same(toy: Autoencoder) -> None:
    audio = noise(2, 3 * 2_048 + 1)
    told: list[tuple[int, int]] = []
    first = record(toy, audio, 44_100, seed=7, on_chunk=lambda done, total: told.append((done, total)))
    assert first.latents.shape == (4, 64) and first.latents.dtype == np.float16 and told == [(1, 1)]
    np.testing.assert_array_equal(first.audio, audio)
    np.testing.assert_array_equal(first.latents, record(toy, audio, 44_100, seed=7).latents)
    assert not np.array_equal(first.latents, record(toy, audio, 44_100, seed=8).latents)
    assert first.gain == pytest.approx(np.abs(audio).max() / 10 ** (-6 / 20))
