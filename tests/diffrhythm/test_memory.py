"""Whether a song fits, said before it is tried; and what would."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from diffrhythm import memory  # noqa: E402
from diffrhythm.errors import OutOfMemoryError  # noqa: E402
from diffrhythm.memory import estimate, fitting, require_memory, saying_what_did_not_fit  # noqa: E402
from diffrhythm.spec import BASE, FULL  # noqa: E402

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
