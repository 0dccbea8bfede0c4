"""The published file is opened once trusted; native layers take over only after they proved themselves on a probe."""

import logging
import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from diffrhythm import torchscript  # noqa: E402
from diffrhythm.errors import CheckpointError, UntrustedFileError  # noqa: E402
from diffrhythm.oobleck import Half, decoder_from  # noqa: E402
from tests.support.oobleck import Twin, saved  # noqa: E402

CPU = torch.device("cpu")
TOY = Path(__file__).parents[1] / "golden" / "vae" / "toy_vae.pt"


@pytest.fixture(scope="module")
def twin() -> Twin:
    return Twin()


@pytest.fixture(scope="module")
def file(twin: Twin, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(twin, tmp_path_factory.mktemp("vae") / "vae_model.pt")


def test_the_native_layers_take_over_where_they_give_the_same(twin: Twin, file: Path) -> None:
    halves = torchscript.load(file, device=CPU, trust_files=True)
    assert (halves.decoder, halves.encoder) == ("native", "native")
    assert isinstance(halves.decode, Half) and isinstance(halves.encode, Half)
    latents = torchscript.latent_probe()
    assert torchscript.difference(halves.decode(latents), twin.decode_export(latents)) < 1e-5


def test_one_weight_read_otherwise_and_the_program_itself_is_run(
    twin: Twin, file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def altered(state: "dict[str, torch.Tensor]", *, channels_last: bool) -> Half:
        key = "decoder.layers.3.layers.2.layers.1.weight_v"
        other = state[key].clone()
        other[0, 0, 0] += 0.5
        return decoder_from({**state, key: other}, channels_last=channels_last)

    monkeypatch.setattr("diffrhythm.torchscript.oobleck.decoder_from", altered)
    with caplog.at_level(logging.WARNING):
        halves = torchscript.load(file, device=CPU, trust_files=True)
    assert halves.decoder.startswith("TorchScript: the native layers differ by") and halves.encoder == "native"
    assert "autoencoder.torchscript" in caplog.text and "differ" in caplog.text
    latents = torchscript.latent_probe()
    assert torch.equal(halves.decode(latents), twin.decode_export(latents))


def test_another_architecture_is_run_by_its_own_program_and_says_why(tmp_path: Path) -> None:
    halves = torchscript.load(Path(shutil.copy(TOY, tmp_path)), device=CPU, trust_files=True)
    assert halves.decoder.startswith("TorchScript: decoder: expected 3 + 14·n modules")
    assert halves.encoder.startswith("TorchScript: encoder: expected")


def test_the_program_can_be_asked_for(file: Path) -> None:
    halves = torchscript.load(file, device=CPU, native=False, trust_files=True)
    assert halves.decoder == halves.encoder == "TorchScript: as was asked for"


def test_nothing_is_opened_that_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.jit.load", lambda *_, **__: pytest.fail("opened"))
    with pytest.raises(UntrustedFileError):
        torchscript.load(Path(shutil.copy(TOY, tmp_path)), device=CPU)


@pytest.mark.parametrize("content", [b"", b"not a program", TOY.read_bytes()[:50_000]], ids=["empty", "text", "half"])
def test_what_is_no_program_is_refused_and_not_recorded(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "vae_model.pt"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="expected a TorchScript file"):
        torchscript.load(path, device=CPU, trust_files=True)
    assert list(tmp_path.iterdir()) == [path]


def test_another_file_of_weights_is_no_program(tmp_path: Path) -> None:
    path = tmp_path / "vae_model.pt"
    torch.save({"model_state_dict": {"a": torch.zeros(3)}}, path)
    with pytest.raises(CheckpointError, match="expected a TorchScript file"):
        torchscript.load(path, device=CPU, trust_files=True)


def test_a_program_without_both_methods_is_refused_by_their_names(tmp_path: Path) -> None:
    path = saved(torch.nn.Linear(2, 2), tmp_path / "vae_model.pt")
    with pytest.raises(CheckpointError, match="no decode_export and no encode_export"):
        torchscript.load(path, device=CPU, trust_files=True)


def test_where_descriptors_have_no_names_the_open_file_itself_is_read(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    load = torch.jit.load
    monkeypatch.setattr("torch.jit.load", lambda source, **how: read.append(source) or load(source, **how))
    monkeypatch.setattr("diffrhythm.torchscript.Path", lambda _: Path("/nowhere"))
    assert torchscript.load(file, device=CPU, trust_files=True).decoder == "native"
    assert not isinstance(read[0], str)


def test_a_difference_is_a_share_of_the_peak_and_silence_proves_nothing() -> None:
    peak = torch.tensor([4.0, -1.0])
    assert torchscript.difference(peak + torch.tensor([0.0, 0.1]), peak) == pytest.approx(0.025)
    for ours, theirs in ((torch.zeros(2), torch.zeros(2)), (torch.zeros(3), peak), (peak * float("nan"), peak)):
        assert torchscript.difference(ours, theirs) == float("inf")
