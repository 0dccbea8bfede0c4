"""Chunks decode and encode as the whole does, the authors' scheme as the authors' code does."""

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from diffrhythm import chunks  # noqa: E402
from diffrhythm.autoencoder import Autoencoder, Posterior, round_latents  # noqa: E402
from diffrhythm.errors import AudioError, CheckpointError, InvalidRequestError  # noqa: E402
from diffrhythm.torchscript import Halves  # noqa: E402
from tests.support.oobleck import Twin, saved  # noqa: E402

GOLDEN = Path(__file__).parents[1] / "golden" / "vae"
CASES = json.loads((GOLDEN / "vae_cases.json").read_text())["cases"]
FIGURES = np.load(GOLDEN / "vae_cases.npz")
SCHEMES = {"chunked": "reference", "full": "whole"}


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Autoencoder:
    record = tmp_path_factory.mktemp("toy") / "record.json"
    return Autoencoder.load(GOLDEN / "toy_vae.pt", trust_files=True, record=record)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Autoencoder:
    path = saved(Twin(), tmp_path_factory.mktemp("small") / "vae_model.pt")
    return Autoencoder.load(path, trust_files=True, chunk_frames=32)


def noise(*shape: int, seed: int = 0) -> "torch.Tensor":
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']}-{case['id']}")
@pytest.mark.parametrize("stored", SCHEMES)
def test_every_stored_case_comes_out_as_stored(toy: Autoencoder, case: "dict[str, str]", stored: str) -> None:
    figures = {name: torch.from_numpy(FIGURES[f"{case['kind']}/{case['id']}/{name}"]) for name in names(case)}
    if case["kind"] == "decode":
        audio = toy.decode(figures["latents"][0].T, scheme=SCHEMES[stored])
        ours = audio.reshape(2, -1, 2048)[..., case["offsets"]]
    else:
        audio = figures["audio_blocks64"][0].float().repeat_interleave(64, dim=1)[:, : case["samples"]]
        posterior = toy.encode(audio, scheme=SCHEMES[stored])
        ours = torch.cat([posterior.mean, posterior.scale], dim=1).T
    torch.testing.assert_close(ours, figures[stored][0], atol=1e-5, rtol=0)


def names(case: "dict[str, str]") -> set[str]:
    prefix = f"{case['kind']}/{case['id']}/"
    return {name.removeprefix(prefix) for name in FIGURES.files if name.startswith(prefix)}


def test_the_stored_posterior_is_drawn_as_stored() -> None:
    mean, scale, normal, expected = (
        torch.from_numpy(FIGURES[f"vae_sample/{name}"])[0].T for name in ("mean", "scale", "noise", "latents")
    )
    torch.testing.assert_close(Posterior(mean, scale).sample(normal), expected, atol=1e-5, rtol=0)


def test_a_seed_draws_the_same_latents_again() -> None:
    posterior = Posterior(noise(5, 64), noise(5, 64, seed=1))
    assert torch.equal(posterior.sample(7), posterior.sample(7))
    assert not torch.equal(posterior.sample(7), posterior.sample(8))


@pytest.mark.parametrize("frames", [1, 32, 33, 60])
def test_decoding_in_chunks_is_decoding_the_whole(small: Autoencoder, frames: int) -> None:
    latents = noise(frames, 64)
    whole = small.decode(latents, scheme="whole")
    assert whole.shape == (2, frames * 2048) and whole.dtype == torch.float32
    assert (small.decode(latents) - whole).abs().max() < 1e-5


def test_ten_frames_are_needed_and_fewer_are_heard(small: Autoencoder, monkeypatch: pytest.MonkeyPatch) -> None:
    latents, exact = noise(45, 64), chunks.exact
    whole = small.decode(latents, scheme="whole")
    monkeypatch.setattr(chunks, "exact", lambda frames, size: exact(frames, size, 5))
    assert (small.decode(latents) - whole).abs().max() > 1e-5


@pytest.mark.parametrize("samples", [2048, 2049, 45 * 2048 - 1])
def test_encoding_in_chunks_is_encoding_the_whole_with_a_frame_for_every_sample(
    small: Autoencoder, samples: int
) -> None:
    audio = 0.3 * noise(2, samples)
    whole, cut = (small.encode(audio, scheme=scheme) for scheme in ("whole", "exact"))
    assert cut.mean.shape == cut.scale.shape == (-(-samples // 2048), 64)
    assert (cut.mean - whole.mean).abs().max() < 1e-5 and (cut.scale - whole.scale).abs().max() < 1e-5


def test_the_authors_encoding_drops_what_is_no_whole_frame_and_reads_its_end_flush(toy: Autoencoder) -> None:
    audio = 0.3 * noise(2, 130 * 2048 + 500)
    ours = toy.encode(audio, scheme="reference")
    assert len(ours.mean) == 130
    flush = toy.encode(audio[:, -128 * 2048 :], scheme="whole")
    torch.testing.assert_close(ours.mean[18:], flush.mean[16:], atol=1e-5, rtol=0)


class Counting:
    """Halves that note how much they are given at once, and sound like their input."""

    def __init__(self) -> None:
        self.given: list[int] = []

    def decode(self, latents: "torch.Tensor") -> "torch.Tensor":
        self.given.append(latents.shape[2])
        return latents[:, :2].repeat_interleave(2048, dim=2)

    def encode(self, audio: "torch.Tensor") -> "torch.Tensor":
        self.given.append(audio.shape[2] // 2048)
        return audio.new_zeros(1, 128, audio.shape[2] // 2048)


@pytest.fixture
def counting() -> Counting:
    return Counting()


def over(halves: Counting, frames: int = 32) -> Autoencoder:
    both = Halves(halves.decode, halves.encode, "counting", "counting")
    return Autoencoder(both, device=torch.device("cpu"), chunk_frames=frames)


def test_no_call_gets_more_than_a_chunk_however_long_the_song(counting: Counting) -> None:
    over(counting).decode(noise(300, 64))
    assert max(counting.given) == 32 and sum(counting.given) < 300 * 32 / 12 + 32
    counting.given.clear()
    over(counting).encode(torch.zeros(2, 150 * 2048 + 1))
    assert max(counting.given) == 32


def test_sound_comes_as_soon_as_it_is_decoded_and_can_be_left_there(counting: Counting) -> None:
    told: list[tuple[int, int]] = []
    blocks = over(counting).decode_blocks(noise(100, 64), on_chunk=lambda done, total: told.append((done, total)))
    assert not counting.given, "nothing is done before it is asked for"
    assert next(blocks).shape == (2, 22 * 2048)
    assert len(counting.given) == 1 and told == [(1, 7)]
    blocks.close()
    assert len(counting.given) == 1


def test_what_the_listener_of_a_chunk_raises_stops_the_work(counting: Counting) -> None:
    def stop(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        over(counting).decode(noise(100, 64), on_chunk=stop)
    with pytest.raises(InterruptedError):
        over(counting).encode(torch.zeros(2, 100 * 2048), on_chunk=stop)
    assert len(counting.given) == 2


def test_latents_are_heard_as_they_are_kept(counting: Counting) -> None:
    latents = noise(3, 64)
    heard = over(counting).decode(latents)[:, ::2048].T
    assert torch.equal(heard, round_latents(latents)[:, :2].float()) and not torch.equal(heard, latents[:, :2])


@pytest.mark.parametrize("shape", [(3, 63), (0, 64), (1, 3, 64), (64,)])
def test_latents_of_another_shape_are_refused_before_anything_is_decoded(
    counting: Counting, shape: tuple[int, ...]
) -> None:
    with pytest.raises(InvalidRequestError, match=r"\(frames, 64\)"):
        over(counting).decode_blocks(torch.zeros(shape))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 70_000.0])
def test_latents_that_are_no_numbers_are_refused_by_their_frame(counting: Counting, number: float) -> None:
    latents = torch.zeros(5, 64)
    latents[3, 2] = number
    with pytest.raises(InvalidRequestError, match="Frame 3"):
        over(counting).decode_blocks(latents)


def test_sound_that_cannot_be_encoded_is_refused(counting: Counting) -> None:
    broken = torch.zeros(2, 4096)
    broken[1, 7] = float("nan")
    for audio in (broken, torch.zeros(2, 2047), torch.zeros(1, 4096), torch.zeros(4096)):
        with pytest.raises(AudioError):
            over(counting).encode(audio)
    assert not counting.given


def test_a_decoder_of_another_rate_is_found_out(counting: Counting) -> None:
    counting.decode = lambda latents: latents[:, :2]  # type: ignore[method-assign]
    with pytest.raises(CheckpointError, match=r"\(2, 6144\); found \(2, 3\)"):
        over(counting).decode(torch.zeros(3, 64))


def test_it_says_what_runs_and_where(small: Autoencoder, counting: Counting) -> None:
    told = small.describe()
    assert (told.decoder, told.encoder, told.device, told.chunk_frames) == ("native", "native", "cpu", 32)
    with pytest.raises(ValueError, match="2 × 10"):
        over(counting, frames=20)
    with pytest.raises(ValueError, match="a scheme is"):
        over(counting).decode(torch.zeros(3, 64), scheme="other")  # type: ignore[arg-type]
