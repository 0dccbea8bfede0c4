"""Weight files as people have them: what is right loads to the last bit, what is not is refused in words."""

from __future__ import annotations

import gc
import os
import warnings
import weakref
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402
from torch import Tensor  # noqa: E402

from diffrhythm import checkpoints  # noqa: E402
from diffrhythm.checkpoints import load  # noqa: E402
from diffrhythm.dit import DiT  # noqa: E402
from diffrhythm.errors import CheckpointError, InvalidRequestError, ModelNotLoadedError  # noqa: E402
from diffrhythm.plans import Plan  # noqa: E402
from diffrhythm.sampling import noise_for, sample  # noqa: E402
from diffrhythm.spec import BASE, BASE_V1, FULL, FULL_V1  # noqa: E402
from tests.support.networks import SMALL, TINY, TINY_FULL, inputs_for, random_weights  # noqa: E402

HALF = {name: weight.half() for name, weight in random_weights(TINY).items()}
PREFIXED = {f"transformer.{name}": weight for name, weight in HALF.items()}
AVERAGED = {f"ema_model.{name}": weight for name, weight in PREFIXED.items()}
COUNTERS = {"initted": torch.tensor(True), "step": torch.tensor(7)}

CONTAINERS: dict[str, object] = {
    "model_state_dict": {"model_state_dict": OrderedDict(PREFIXED)},
    "plain": PREFIXED,
    "plain without prefix": HALF,
    "averaged": {"ema_model_state_dict": AVERAGED | COUNTERS},
    "a training run's": {
        "model_state_dict": PREFIXED,
        "ema_model_state_dict": {"ema_model.x": torch.ones(1)},
        "step": 3,
    },
}


def saved(path: Path, held: object) -> Path:
    torch.save(held, path)
    return path


def refusal(path: Path, spec=TINY) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(CheckpointError) as refused:
        load(path, spec)
    assert str(path) in str(refused.value)
    assert "expected" in str(refused.value) and "found" in str(refused.value)
    assert refused.value.code == ModelNotLoadedError.code == "MODEL_NOT_LOADED"
    assert refused.value.recovery
    return str(refused.value)


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_known_container_gives_the_weights_to_the_last_bit(name: str, tmp_path: Path) -> None:
    model = load(saved(tmp_path / "cfm_model.pt", CONTAINERS[name]), TINY)
    for key, weight in model.state_dict().items():
        assert torch.equal(weight, HALF[key].to(weight.dtype)), key
    assert not any(weight.is_meta or weight.requires_grad for weight in model.parameters())
    assert not model.training


def test_safetensors_give_the_same(tmp_path: Path) -> None:
    save_file(PREFIXED, tmp_path / "model.safetensors")
    state = load(tmp_path, TINY).state_dict()
    assert all(torch.equal(weight, HALF[key].to(weight.dtype)) for key, weight in state.items())


def test_a_loaded_network_answers_like_the_one_that_was_saved(tmp_path: Path) -> None:
    there = DiT(TINY)
    there.load_state_dict({name: weight.float() for name, weight in HALF.items()})
    here = load(saved(tmp_path / "cfm_model.pt", {"model_state_dict": PREFIXED}), TINY, dtype=torch.float32)
    songs = [sample(model, inputs_for(TINY, 6), noise_for(1, 1, 6), Plan(steps=3)) for model in (there, here)]
    assert torch.equal(*songs)


@pytest.mark.parametrize("dtype", [None, torch.float32, torch.float16, torch.bfloat16])
def test_weights_have_the_dtype_asked_for_and_times_are_embedded_in_float32(
    dtype: torch.dtype | None, tmp_path: Path
) -> None:
    state = load(saved(tmp_path / "cfm_model.pt", HALF), TINY, dtype=dtype).state_dict()
    kinds = {weight.dtype for name, weight in state.items() if "time_embed" not in name}
    assert kinds == {dtype or torch.float16}
    assert {weight.dtype for name, weight in state.items() if "time_embed" in name} == {torch.float32}


@pytest.mark.parametrize("container", ["pt", "safetensors"])
def test_in_the_stored_dtype_the_weights_are_the_files_own_pages(container: str, tmp_path: Path) -> None:
    path = tmp_path / f"cfm_model.{container}"
    torch.save(HALF, path) if container == "pt" else save_file(HALF, path)
    tensors = checkpoints.read_tensors(path)
    places = {name: tensor.data_ptr() for name, tensor in tensors.items()}
    ready: dict[str, Tensor] = {}
    assert not checkpoints._convert(dict(tensors), ready, torch.device("cpu"), torch.float16)
    alike = [name for name in places if ready[name].data_ptr() == places[name]]
    assert len(alike) == len([name for name in places if "time_embed" not in name])
    maps = Path("/proc/self/maps")  # Linux's list of what is mapped
    assert not maps.exists() or str(path) in maps.read_text()


def test_no_number_is_drawn_for_weights_that_the_file_will_bring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path / "cfm_model.pt", HALF)

    def draw(*args: object, **more: object) -> None:
        raise AssertionError("random weights")

    for name in ("_no_grad_uniform_", "_no_grad_normal_"):
        monkeypatch.setattr(torch.nn.init, name, draw)
    load(path, TINY)
    with pytest.raises(AssertionError, match="random weights"):
        DiT(TINY)


def test_nothing_is_ever_read_but_as_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []
    original = torch.load
    monkeypatch.setattr(torch, "load", lambda path, **how: (asked.append(how), original(path, **how))[1])
    load(saved(tmp_path / "cfm_model.pt", HALF), TINY)
    assert [(how["weights_only"], how["mmap"]) for how in asked] == [(True, True)]


def changed(**changes: Tensor | None) -> dict[str, Tensor]:
    weights = dict(HALF)
    for name, weight in changes.items():
        weights.pop(name, None)
        if weight is not None:
            weights[name] = weight
    return weights


def test_every_missing_extra_and_misshapen_tensor_is_named(tmp_path: Path) -> None:
    wrong = changed(
        **{
            "proj_out.bias": None,
            "text_fusion_linears.1.0.weight": None,
            "proj_out.weight": torch.zeros(3, 64),
            "input_embed.proj.bias": torch.zeros(64, dtype=torch.int32),
            "stranger": torch.zeros(1),
        }
    )
    with pytest.raises(CheckpointError) as refused:
        load(saved(tmp_path / "cfm_model.pt", wrong), TINY)
    assert set(refused.value.problems) == {
        "proj_out.bias is missing",
        "text_fusion_linears.1.0.weight is missing",
        "stranger is unknown",
        "proj_out.weight has the shape (3, 64) instead of (64, 64)",
        "input_embed.proj.bias is int32, which is no dtype of weights",
    }


def test_many_problems_are_all_kept_and_the_message_stays_short(tmp_path: Path) -> None:
    half_of_them = dict(list(HALF.items())[::2])
    with pytest.raises(CheckpointError) as refused:
        load(saved(tmp_path / "cfm_model.pt", half_of_them), TINY)
    assert len(refused.value.problems) == len(HALF) - len(half_of_them)
    assert len(str(refused.value)) < 1_000
    assert f"and {len(refused.value.problems) - 6} more" in str(refused.value)


def test_numbers_that_are_not_finite_and_holes_are_named(tmp_path: Path) -> None:
    bad, worse = HALF["proj_out.weight"].clone(), HALF["norm_out.linear.bias"].clone()
    bad[3, 2], worse[0] = torch.nan, -torch.inf
    hole = torch.zeros(64, 64, dtype=torch.float16)
    name = "transformer_blocks.2.self_attn.q_proj.weight"
    wrong = changed(**{"proj_out.weight": bad, "norm_out.linear.bias": worse, name: hole})
    with pytest.raises(CheckpointError) as refused:
        load(saved(tmp_path / "cfm_model.pt", wrong), TINY)
    assert set(refused.value.problems) == {
        "proj_out.weight has numbers that are not finite",
        "norm_out.linear.bias has numbers that are not finite",
        f"{name} holds nothing but zeros, as a file with a hole does",
    }


def test_of_a_refused_file_nothing_stays_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = HALF["proj_out.weight"].clone()
    bad[0, 0] = torch.nan
    path = saved(tmp_path / "cfm_model.pt", changed(**{"proj_out.weight": bad}))
    watched: list[weakref.ref[Tensor]] = []
    original = checkpoints._convert

    def convert(tensors, ready, device, dtype):  # type: ignore[no-untyped-def]
        problems = original(tensors, ready, device, dtype)
        watched.extend(weakref.ref(tensor) for tensor in ready.values())
        return problems

    monkeypatch.setattr(checkpoints, "_convert", convert)
    with pytest.raises(CheckpointError) as refused:
        load(path, TINY, dtype=torch.float32)
    gc.collect()
    assert refused.value is not None
    assert watched and not [ref for ref in watched if ref() is not None]


def write(data: bytes) -> Callable[[Path], None]:
    return lambda path: (path.write_bytes(data), None)[1]


def torch_script(path: Path) -> None:
    class Toy(torch.nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(Toy()).save(str(path))


def plain_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")


class Evil:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, ...]]:
        return os.mkdir, ("evil-was-here",)


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:3e81\nsize 2218709125\n"
FOREIGN: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (write(b""), "an empty file"),
    "zeros": (write(bytes(4096)), "4096 bytes that begin with zeros"),
    "pointer": (write(POINTER), "a Git LFS pointer for 2218709125 bytes"),
    "web page": (write(b"<!DOCTYPE html><html>Not found"), "a web page"),
    "old pickle": (write(b"\x80\x02}q\x00."), "a pickle outside a zip"),
    "noise": (write(b"\x01\x02hello there, this is noise"), "something else, which begins with"),
    "the autoencoder": (torch_script, "a TorchScript module, as the autoencoder's vae_model.pt is"),
    "code": (lambda path: torch.save({"model_state_dict": {"a": Evil()}}, path), "could run code"),
    "a number": (lambda path: torch.save(3, path), "one int"),
    "other things": (lambda path: torch.save({"epoch": 3}, path), "epoch is no tensor"),
    "another model": (lambda path: torch.save({"mulan.audio.x": torch.ones(1)}, path), "1 tensors of another model"),
    "nothing": (lambda path: torch.save({}, path), "no tensor at all"),
    "no zip of torch's": (plain_zip, "a zip that PyTorch did not write"),
    "a broken header": (write(b"\x10\0\0\0\0\0\0\0{not json at all}"), "whose header is damaged"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_that_is_something_else_is_called_by_its_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make, words = FOREIGN[name]
    make(tmp_path / "cfm_model.pt")
    assert words in refusal(tmp_path / "cfm_model.pt")
    assert [path.name for path in tmp_path.iterdir()] == ["cfm_model.pt"], "no code of the file has run"


@pytest.mark.parametrize("container", ["pt", "safetensors"])
@pytest.mark.parametrize("part", [0.001, 0.5, 0.999])
def test_a_truncated_file_is_called_so(container: str, part: float, tmp_path: Path) -> None:
    path = tmp_path / f"cfm_model.{container}"
    torch.save(PREFIXED, path) if container == "pt" else save_file(PREFIXED, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    assert "truncated" in refusal(path) or "breaks off" in refusal(path)


def test_a_damaged_directory_of_a_zip_is_no_crash(tmp_path: Path) -> None:
    path = saved(tmp_path / "cfm_model.pt", HALF)
    whole = bytearray(path.read_bytes())
    at = whole.find(b"data.pkl") + 40
    whole[at : at + 200] = bytes(200)
    path.write_bytes(whole)
    refusal(path)


def test_a_missing_file_and_an_unfinished_download_are_told_apart(tmp_path: Path) -> None:
    assert "no such file." in refusal(tmp_path / "cfm_model.pt")
    (tmp_path / "cfm_model.pt.part").write_bytes(b"PK\x03\x04")
    assert "but an unfinished cfm_model.pt.part" in refusal(tmp_path / "cfm_model.pt")
    assert "a download that has not ended" in refusal(tmp_path / "cfm_model.pt.part")
    (tmp_path / "0f3a.incomplete").write_bytes(b"PK\x03\x04")
    assert "a download that has not ended" in refusal(tmp_path / "0f3a.incomplete")


def test_a_folder_without_the_file_says_what_it_looked_for_and_what_is_there(tmp_path: Path) -> None:
    assert "found an empty folder" in refusal(tmp_path)
    (tmp_path / "notes.txt").write_text("hello")
    said = refusal(tmp_path)
    assert "expected one of cfm_model.pt" in said and "a folder with notes.txt" in said


def test_a_file_that_contradicts_what_was_asked_for_is_refused(tmp_path: Path) -> None:
    full = saved(tmp_path / "full.pt", {name: weight.half() for name, weight in random_weights(TINY_FULL).items()})
    base = saved(tmp_path / "base.pt", HALF)
    assert "the weights of DiffRhythm 1.2 full" in refusal(full, TINY)
    assert "the weights of DiffRhythm 1.2 base, or of version 1" in refusal(base, TINY_FULL)
    assert "the weights of DiffRhythm 1.2 full" in refusal(full, replace(FULL_V1, **SMALL))  # type: ignore[arg-type]


def test_full_and_base_are_recognised_by_the_file_and_version_1_by_request() -> None:
    plain = {"proj_out.bias": torch.ones(1)}
    full = plain | {"duration_time_embed.time_mlp.0.bias": torch.ones(1)}
    recognise = checkpoints.recognise
    assert (recognise(plain), recognise(full), recognise(plain, "1")) == (BASE, FULL, FULL_V1)
    with pytest.raises(InvalidRequestError):
        recognise(plain, "3")


def test_a_folder_named_like_a_model_of_version_1_is_loaded_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / BASE_V1.repo
    folder.mkdir(parents=True)
    saved(folder / "cfm_model.pt", HALF)
    small = replace(BASE_V1, **SMALL)  # type: ignore[arg-type]
    monkeypatch.setattr(checkpoints, "spec_named", lambda name, version: small if BASE_V1.repo in str(name) else None)
    assert load(folder).spec.causal
