"""Names of devices and dtypes, and which precision is chosen where."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from diffrhythm import devices  # noqa: E402
from diffrhythm.devices import cpu_flags, fast_dtype, parse_device, parse_dtype, physical_cores  # noqa: E402
from diffrhythm.errors import DeviceError  # noqa: E402

CPU = torch.device("cpu")


@pytest.fixture
def gpus(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Let torch say that it has so many GPUs of a capability."""

    def has(count: int, capability: tuple[int, int] = (9, 0)) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: count > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: count)
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device=None: capability)

    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    has(0)
    return has


def test_auto_takes_the_fastest_that_is_there(gpus, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    assert parse_device("auto") == parse_device(" CPU ") == CPU
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert parse_device() == torch.device("mps")
    gpus(1)
    assert parse_device().type == "cuda"


def test_a_gpu_has_its_number(gpus) -> None:  # type: ignore[no-untyped-def]
    gpus(2)
    assert parse_device("cuda") == torch.device("cuda", 0)
    assert parse_device(torch.device("cuda", 1)) == torch.device("cuda", 1)
    with pytest.raises(DeviceError, match="cuda:2 is not here: the last of them is cuda:1"):
        parse_device("cuda:2")


@pytest.mark.parametrize("name", ["", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:0:1", "tpu", "meta", "cpu:1", "mps"])
def test_a_device_that_is_unknown_or_absent_is_refused_by_name(gpus, name: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DeviceError, match=r"^device: ") as refused:
        parse_device(name)
    assert (refused.value.field, refused.value.code) == ("device", "INVALID_REQUEST")
    assert name in str(refused.value)


def test_without_a_gpu_the_reason_is_given(gpus, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(torch.version, "cuda", None)
    with pytest.raises(DeviceError, match="cuda is not here: this PyTorch is built without CUDA"):
        parse_device("cuda")
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    with pytest.raises(DeviceError, match="this PyTorch finds no GPU"):
        parse_device("cuda:0")


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("fp16", torch.float16),
        ("torch.bfloat16", torch.bfloat16),
        (torch.float32, torch.float32),
        ("half", torch.float16),
    ],
)
def test_a_dtype_may_be_named_in_the_usual_ways(name: object, dtype: torch.dtype) -> None:
    assert parse_dtype(name, CPU) is dtype  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["int8", "float64", torch.int64, "", "fast"])
def test_a_dtype_that_no_network_runs_in_is_refused(name: object) -> None:
    with pytest.raises(DeviceError, match=r"^torch_dtype: one of auto, float32, float16, bfloat16"):
        parse_dtype(name, CPU)  # type: ignore[arg-type]


def test_a_gpu_computes_in_half_precision_where_it_has_tensor_cores(gpus) -> None:  # type: ignore[no-untyped-def]
    gpus(1, (7, 5))
    assert fast_dtype(torch.device("cuda", 0)) is torch.float16
    gpus(1, (6, 1))
    assert fast_dtype(torch.device("cuda", 0)) is torch.float32
    assert fast_dtype(torch.device("mps")) is torch.float16


@pytest.mark.parametrize(
    ("flags", "dtype"),
    [("avx2 fma", torch.float32), ("avx2 avx512f", torch.float32), ("avx512f avx512_bf16", torch.bfloat16)],
)
def test_a_cpu_computes_in_half_precision_only_where_it_says_that_it_can(
    flags: str, dtype: torch.dtype, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nflags\t\t: fpu {flags}\nbugs\t\t:\n\nprocessor\t: 1\n")
    assert cpu_flags(tmp_path / "cpuinfo") == {"fpu", *flags.split()}
    monkeypatch.setattr(devices, "cpu_flags", lambda: cpu_flags(tmp_path / "cpuinfo"))
    assert parse_dtype("auto", CPU) is parse_dtype(None, CPU) is dtype


def test_a_system_that_cannot_be_asked_has_a_plain_processor(tmp_path: Path) -> None:
    assert cpu_flags(tmp_path / "none") == frozenset()


def test_hyper_threads_count_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {0, 1, 2, 3}, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    for cpu, siblings in enumerate(["0,2", "1,3", "0,2", "1,3"]):
        folder = tmp_path / f"cpu{cpu}" / "topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text(f"{siblings}\n")
    monkeypatch.setattr(devices, "text_of", lambda path: "" if "cgroup" in str(path) else path.read_text().strip())
    assert physical_cores(tmp_path) == 2
    monkeypatch.setattr(devices, "text_of", lambda path: "100000 100000" if "cgroup" in str(path) else str(path))
    assert physical_cores(tmp_path) == 1, "a container's share is respected"


def test_torch_is_given_one_thread_a_core(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_num_threads()
    monkeypatch.setattr(devices, "physical_cores", lambda: 1)
    try:
        assert devices.use_physical_cores() == torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
