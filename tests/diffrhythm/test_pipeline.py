"""The model as one thing, on small random weights in a folder as the real ones lie in: songs, takes, edits, faults."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import soundfile  # noqa: E402

from diffrhythm import DiffRhythm, Progress, Song  # noqa: E402
from diffrhythm.__main__ import main  # noqa: E402
from diffrhythm.editing import touched  # noqa: E402
from diffrhythm.errors import (  # noqa: E402
    CheckpointError,
    DeviceError,
    InvalidRequestError,
    ModelNotLoadedError,
    OutOfMemoryError,
    UntrustedFileError,
)
from diffrhythm.pipeline import find_autoencoder  # noqa: E402
from diffrhythm.spec import FULL, SAMPLES_PER_FRAME  # noqa: E402
from tests.support.networks import SMALL, random_weights  # noqa: E402
from tests.support.oobleck import Twin, saved  # noqa: E402

FRAMES = 48
TINY = replace(FULL, **SMALL, max_frames=FRAMES)  # type: ignore[arg-type]
SIZES = {"dim": 64, "depth": 4, "text_dim": 32, "conv_layers": 1, "text_num_embeds": 20, "max_frames": FRAMES}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights as they are published, of another size: `config.json` tells it."""
    folder = tmp_path_factory.mktemp("hub") / "DiffRhythm-1_2-full"
    folder.mkdir()
    weights = {f"transformer.{name}": weight.half() for name, weight in random_weights(TINY).items()}
    torch.save({"model_state_dict": weights}, folder / "cfm_model.pt")
    (folder / "config.json").write_text(json.dumps({"model_type": "diffrhythm", "model": {**SIZES, "heads": 4}}))
    saved(Twin(), folder / "vae_model.pt")
    return folder


@pytest.fixture(scope="module")
def model(folder: Path) -> DiffRhythm:
    return DiffRhythm.from_pretrained(folder, device="cpu", torch_dtype=torch.float32, trust_files=True)


def wish(frames: int = FRAMES, **other: object) -> dict[str, object]:
    draw = np.random.default_rng(5)
    tokens = draw.integers(0, TINY.phones + 1, frames)
    return {"style": draw.normal(size=32).astype(np.float32), "tokens": tokens, "steps": 4, "seed": 7} | other


@pytest.fixture(scope="module")
def song(model: DiffRhythm) -> Song:
    return model.generate(**wish(duration=100))  # type: ignore[arg-type]


def test_a_song_has_its_sound_its_latents_and_its_seed(song: Song, tmp_path: Path) -> None:
    assert song.audio.shape == (2, FRAMES * SAMPLES_PER_FRAME)
    assert (song.latents.shape, song.latents.dtype) == ((FRAMES, 64), np.float16)
    assert 0.5 < np.abs(song.audio).max() <= 10 ** (-1 / 20)
    assert (song.seed, song.versions["diffrhythm"], song.takes) == (7, "1.2", (song,))
    song.save(tmp_path / "song.flac")
    assert soundfile.info(tmp_path / "song.flac").frames == song.audio.shape[1]
    assert np.array_equal(Song.load(tmp_path / "song.npz").latents, song.latents)


def test_takes_have_seeds_of_their_own_and_are_the_same_together_and_one_by_one(model: DiffRhythm, song: Song) -> None:
    apart = model.generate(**wish(duration=100, takes=3))  # type: ignore[arg-type]
    together = model.generate(**wish(duration=100, takes=3, at_once=3))  # type: ignore[arg-type]
    assert [take.seed for take in apart.takes] == [7, 8, 9]
    assert np.array_equal(apart.latents, song.latents)
    for one, other in zip(apart.takes, together.takes, strict=True):
        np.testing.assert_allclose(one.latents, other.latents, rtol=2e-3, atol=1e-3)  # a step of float16
    assert np.abs(apart.takes[0].latents - apart.takes[1].latents).max() > 0.5


def test_progress_never_goes_back_and_ends_whole(model: DiffRhythm) -> None:
    told: list[Progress] = []
    model.generate(**wish(duration=100, takes=2, on_progress=told.append))  # type: ignore[arg-type]
    fractions = [progress.fraction for progress in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    blocks = TINY.depth * 2 * 3 * 2  # two branches, three steps, two takes
    sampling = [progress for progress in told if progress.stage == "sampling"]
    assert len(sampling) == blocks + 6
    assert (sampling[-1].done, sampling[-1].total) == (6, 6)
    assert {progress.stage for progress in told} == {"sampling", "decoding"}


@pytest.mark.parametrize("stage", ["sampling", "decoding"])
def test_an_exception_of_the_listener_stops_it_and_the_next_song_is_the_same(
    model: DiffRhythm, song: Song, stage: str
) -> None:
    class Enough(Exception):
        pass

    def stop(progress: Progress) -> None:
        if progress.stage == stage and progress.done:
            raise Enough

    with pytest.raises(Enough):
        model.generate(**wish(duration=100, on_progress=stop))  # type: ignore[arg-type]
    again = model.generate(**wish(duration=100))  # type: ignore[arg-type]
    assert np.array_equal(again.audio, song.audio)


def test_an_edit_leaves_what_was_not_touched_as_it_was(model: DiffRhythm, song: Song) -> None:
    edited = model.edit(song, [(1.0, 1.3)], **wish(seed=11))  # type: ignore[arg-type]
    first, last = int(1.0 * 21.533203125), int(1.3 * 21.533203125)
    outside = [*range(first), *range(last, FRAMES)]
    assert np.array_equal(edited.latents[outside].view(np.uint16), song.latents[outside].view(np.uint16))
    assert not np.array_equal(edited.latents[first:last], song.latents[first:last])
    ((start, end),) = touched([(first, last)], FRAMES)
    assert np.array_equal(edited.audio[:, : start * SAMPLES_PER_FRAME], song.audio[:, : start * SAMPLES_PER_FRAME])
    assert np.array_equal(edited.audio[:, end * SAMPLES_PER_FRAME :], song.audio[:, end * SAMPLES_PER_FRAME :])
    inside = slice(first * SAMPLES_PER_FRAME, last * SAMPLES_PER_FRAME)
    assert not np.array_equal(edited.audio[:, inside], song.audio[:, inside])
    assert edited.gain == song.gain


def test_a_song_goes_on_and_what_there_was_stays(model: DiffRhythm, song: Song) -> None:
    short = replace(song, audio=song.audio[:, : 20 * SAMPLES_PER_FRAME], latents=song.latents[:20])
    longer = model.extend(short, 1.0, **wish(frames=41))  # type: ignore[arg-type]
    assert np.array_equal(longer.latents[:20].view(np.uint16), short.latents.view(np.uint16))
    assert longer.audio.shape[1] == 41 * SAMPLES_PER_FRAME
    kept = 10 * SAMPLES_PER_FRAME  # ten frames before the seam sound otherwise
    assert np.array_equal(longer.audio[:, :kept], short.audio[:, :kept])
    with pytest.raises(InvalidRequestError, match="does not fit"):
        model.extend(song, 1.0, **wish(frames=69))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"duration": 95}, "duration"),
        ({"duration": 100.5}, "duration"),
        ({"tokens": [1, 2, 3]}, "tokens"),
        ({"tokens": [99] * FRAMES}, "tokens"),
        ({"tokens": [0.5] * FRAMES}, "tokens"),
        ({"style": [1.0]}, "style"),
        ({"style": [float("nan")] * 32}, "style"),
        ({"style": ["loud"] * 32}, "style"),
        ({"negative_style": [float("inf")] * 32}, "negative_style"),
        ({"seed": -1}, "seed"),
        ({"takes": 0}, "takes"),
        ({"at_once": 0}, "at_once"),
        ({"steps": 1}, "steps"),
        ({"guidance": float("nan")}, "guidance"),
        ({"draft": "loud"}, "draft"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_by_name(model: DiffRhythm, other: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidRequestError, match=f"^{field}: ") as refused:
        model.generate(**wish(duration=100) | other)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.field) == ("INVALID_REQUEST", field)


def test_a_draft_brings_its_own_steps(model: DiffRhythm) -> None:
    told: list[Progress] = []
    model.generate(**wish(duration=100, draft="quickest", on_progress=told.append))  # type: ignore[arg-type]
    assert [progress.total for progress in told if progress.stage == "sampling"][-1] == 15


def test_what_was_unloaded_says_so(folder: Path) -> None:
    gone = DiffRhythm.from_pretrained(folder, device="cpu", trust_files=True)
    gone.unload()
    with pytest.raises(ModelNotLoadedError, match="unloaded"):
        gone.generate(**wish(duration=100))  # type: ignore[arg-type]


def test_the_first_opening_must_be_allowed_and_the_autoencoder_may_lie_beside(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "org" / "DiffRhythm-1_2-full"
    own.mkdir(parents=True)
    for name in ("cfm_model.pt", "config.json"):
        (own / name).symlink_to(folder / name)
    with pytest.raises(CheckpointError, match=r"vae_model\.pt in it"):
        DiffRhythm.from_pretrained(own, device="cpu")
    beside = tmp_path / "org" / "DiffRhythm-vae" / "vae_model.pt"
    beside.parent.mkdir()
    beside.write_bytes((folder / "vae_model.pt").read_bytes())
    with pytest.raises(UntrustedFileError, match="trust_files=True"):
        DiffRhythm.from_pretrained(own, device="cpu")
    assert DiffRhythm.from_pretrained(own, device="cpu", trust_files=True).spec == TINY


def test_the_hubs_own_cache_is_read_as_it_lies(tmp_path: Path) -> None:
    network = tmp_path / "models--ASLP-lab--DiffRhythm-1_2-full" / "snapshots" / "abc"
    decoder = tmp_path / "models--ASLP-lab--DiffRhythm-vae" / "snapshots" / "def" / "vae_model.pt"
    for place in (network, decoder.parent):
        place.mkdir(parents=True)
    decoder.touch()
    assert find_autoencoder(network) == decoder


def test_a_configuration_that_is_none_is_refused(folder: Path, tmp_path: Path) -> None:
    for name in ("cfm_model.pt", "vae_model.pt"):
        (tmp_path / name).symlink_to(folder / name)
    for text in ("", "[]", "{}", '{"model": 3}', '{"model": {"dim": "wide"}}', '{"model": {"depth": -1}}'):
        (tmp_path / "config.json").write_text(text)
        with pytest.raises(CheckpointError, match=r"config\.json: expected the sizes"):
            DiffRhythm.from_pretrained(tmp_path, device="cpu", trust_files=True)


def test_a_device_that_is_not_here_and_memory_that_is_not_enough_are_said_before_weights_are_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DeviceError, match="device"):
        DiffRhythm.from_pretrained(folder, device="abacus")
    monkeypatch.setattr("diffrhythm.memory.free_bytes", lambda device: 1_000)
    with pytest.raises(OutOfMemoryError, match="needed on cpu"):
        DiffRhythm.from_pretrained(folder, device="cpu", trust_files=True)


def test_the_command_renders_a_song_with_a_bar(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = wish()
    np.save(tmp_path / "style.npy", np.asarray(asked["style"])[None])
    np.save(tmp_path / "tokens.npy", np.asarray(asked["tokens"]))
    words = ["generate", "--model", str(folder), "--style", str(tmp_path / "style.npy"), "--duration", "100"]
    words += ["--tokens", str(tmp_path / "tokens.npy"), "--steps", "4", "--device", "cpu", "--trust-files"]
    assert main([*words, "--takes", "2", "-o", str(tmp_path / "song.flac")]) == 0
    told = capsys.readouterr()
    assert "sampling 6 of 6" in told.err and "decoding" in told.err
    assert [line.rpartition(", ")[2] for line in told.out.splitlines()] == ["seed 0", "seed 1"]
    assert {path.name for path in tmp_path.glob("song*")} == {
        "song-1.flac", "song-1.npz", "song-2.flac", "song-2.npz",
    }  # fmt: skip
    (tmp_path / "song.lrc").write_text("[00:01.00]Leave the lamp on\n[00:02.00]leave the door", encoding="utf-8")
    sung = [word if word != "--tokens" else "--lyrics" for word in words]
    sung[sung.index(str(tmp_path / "tokens.npy"))] = str(tmp_path / "song.lrc")
    assert main([*sung, "-o", str(tmp_path / "y.flac")]) == 1
    assert "tokens: " in capsys.readouterr().err, "this small network sings 20 phones, and 48 frames"
    (tmp_path / "song.lrc").write_text("[00:01.00]ночь", encoding="utf-8")
    assert main([*sung, "-o", str(tmp_path / "y.flac")]) == 1
    assert "Line 1: " in capsys.readouterr().err
    assert main([*words[:3], "--style", str(tmp_path / "none.npy"), *words[5:], "-o", str(tmp_path / "x.flac")]) == 1
    assert "style:" in capsys.readouterr().err
