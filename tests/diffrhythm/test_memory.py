"""Whether a song fits, said before it is tried; and what would."""

from __future__ import annotations

import weakref
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")

from torch import Tensor  # noqa: E402
from torch.utils._python_dispatch import TorchDispatchMode  # noqa: E402
from torch.utils._pytree import tree_leaves  # noqa: E402

from diffrhythm import memory  # noqa: E402
from diffrhythm.errors import OutOfMemoryError  # noqa: E402
from diffrhythm.memory import estimate, fitting, require_memory, saying_what_did_not_fit  # noqa: E402
from diffrhythm.plans import Plan  # noqa: E402
from diffrhythm.sampling import noise_for, sample  # noqa: E402
from diffrhythm.spec import BASE, FULL  # noqa: E402
from tests.support.networks import SMALL, inputs_for, network  # noqa: E402

GB = 10**9
CPU = torch.device("cpu")


def test_what_fits_passes_and_guidance_is_one_batch_where_that_pays_and_fits() -> None:
    assert fitting(FULL, 6136, 80 * GB, "cuda", 2) is True
    assert fitting(FULL, 6136, 80 * GB, "cpu", 4) is False
    assert fitting(FULL, 6136, estimate(FULL, 6136, batched=False), "cuda", 2) is False


def advice(*where: object, **more: object) -> str:
    with pytest.raises(OutOfMemoryError) as refused:
        fitting(*where, **more)  # type: ignore[arg-type]
    assert refused.value.code == "OUT_OF_MEMORY"
    assert "GB needed on" in str(refused.value)
    return refused.value.recovery


def test_too_many_takes_at_once_are_told_how_many_fit() -> None:
    room = estimate(BASE, 2048, takes=3, batched=False)
    assert "Make at most 3 takes at once" in advice(BASE, 2048, room, "cuda", 2, takes=8)
    assert "Make the takes one by one" in advice(BASE, 2048, estimate(BASE, 2048, batched=False), "cuda", 2, takes=2)


def test_too_long_a_song_is_told_which_length_fits_and_that_length_does() -> None:
    room = estimate(FULL, FULL.frames(150), batched=False)
    words = advice(FULL, 6136, room, "cuda", 2)
    assert "A song of 150 seconds would fit" in words
    assert "CPU" in words
    fitting(FULL, FULL.frames(150), room, "cuda", 2)


def test_float32_on_a_gpu_is_told_of_half_precision_and_a_small_machine_the_truth() -> None:
    assert "float16" in advice(BASE, 2048, GB, "cuda", 4)
    assert advice(BASE, 2048, GB, "cpu", 4) == "Close other programs, or use a machine with more memory."


def test_once_the_weights_are_there_only_the_rest_is_asked_for() -> None:
    advice(BASE, 2048, 2 * GB, "cuda", 2)
    fitting(BASE, 2048, 2 * GB, "cuda", 2, loaded=True)


def test_the_devices_own_memory_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    free = memory.free_bytes(CPU)
    assert free is None or free > 10**6
    monkeypatch.setattr(memory, "free_bytes", lambda device: GB)
    with pytest.raises(OutOfMemoryError, match=r"about 4\.\d GB needed on cpu|about 5\.\d GB needed on cpu"):
        require_memory(BASE, 2048, CPU, torch.float32)
    monkeypatch.setattr(memory, "free_bytes", lambda device: None)
    assert require_memory(BASE, 2048, CPU, torch.float32) is False


@pytest.mark.parametrize(
    "problem",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB. And so on."),
        RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes."),
        RuntimeError("MPS backend out of memory (MPS allocated: 8 GB)."),
        MemoryError(),
    ],
    ids=["cuda", "cpu", "mps", "python"],
)
def test_every_way_to_run_out_of_memory_is_one_error(problem: Exception) -> None:
    with pytest.raises(OutOfMemoryError) as refused, saying_what_did_not_fit(CPU):
        raise problem
    assert refused.value.recovery == OutOfMemoryError.recovery
    assert refused.value.__cause__ is problem


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(RuntimeError, match="shapes"), saying_what_did_not_fit(CPU):
        raise RuntimeError("shapes do not match")


@pytest.mark.parametrize("batched", [False, True])
def test_the_estimate_is_what_the_tensors_of_a_song_really_take(batched: bool) -> None:
    spec, frames = replace(BASE, **SMALL, heads=2), 300  # type: ignore[arg-type]
    model, inputs, noise = network(spec), inputs_for(spec, frames), noise_for(1, 1, frames)
    living, most = 0, 0

    def gone(size: int) -> None:
        nonlocal living
        living -= size

    class Watch(TorchDispatchMode):
        """Count the bytes of every storage from when it is made until it is let go."""

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
            nonlocal living, most
            out = func(*args, **(kwargs or {}))
            known = {
                each.untyped_storage().data_ptr() for each in tree_leaves((args, kwargs)) if isinstance(each, Tensor)
            }
            for each in tree_leaves(out):
                if isinstance(each, Tensor) and each.untyped_storage().data_ptr() not in known:
                    living += each.untyped_storage().nbytes()
                    weakref.finalize(each.untyped_storage(), gone, each.untyped_storage().nbytes())
            most = max(most, living)
            return out

    with Watch():
        sample(model, inputs, noise, Plan(steps=3), batched=batched)
    promised = spec.working_bytes(frames, 1 + batched, 4) - 64 * 2**20
    assert most == pytest.approx(promised, rel=0.1)
    assert living == 0, "of a song that is made only the song stays"
