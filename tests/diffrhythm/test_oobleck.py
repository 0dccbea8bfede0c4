"""The native layers give what the published program gives, and refuse what they do not know."""

import pytest

torch = pytest.importorskip("torch")

from diffrhythm.oobleck import Half, StructureError, decoder_from, encoder_from, layers_of  # noqa: E402
from tests.support.oobleck import Twin  # noqa: E402


@pytest.fixture(scope="module")
def twin() -> Twin:
    return Twin(seed=3)


def noise(*shape: int) -> "torch.Tensor":
    return torch.randn(shape, generator=torch.Generator().manual_seed(1))


def apart(ours: "torch.Tensor", theirs: "torch.Tensor") -> float:
    assert ours.shape == theirs.shape
    return float((ours - theirs).abs().max() / theirs.abs().max())


@pytest.mark.parametrize("channels_last", [True, False])
def test_both_halves_give_what_the_program_gives(twin: Twin, channels_last: bool) -> None:
    decoder, encoder = (build(twin.state_dict(), channels_last=channels_last) for build in (decoder_from, encoder_from))
    latents, audio = noise(2, 64, 5), noise(1, 2, 3 * 2048)
    theirs = twin.decode_export(latents)
    assert theirs.abs().max() > 0.1, "the probe says something"
    assert apart(decoder(latents), theirs) < 1e-5
    assert apart(encoder(audio), twin.encode_export(audio)) < 1e-5


def test_the_input_is_left_as_it_was(twin: Twin) -> None:
    latents = noise(1, 64, 2)
    before = latents.clone()
    decoder_from(twin.state_dict(), channels_last=False)(latents)
    assert torch.equal(latents, before)


def renamed(state: "dict[str, torch.Tensor]", spelling: str) -> "dict[str, torch.Tensor]":
    match spelling:
        case "wrapped":
            return {f"autoencoder.model.{key}": tensor for key, tensor in state.items()}
        case "sorted":
            return dict(sorted(state.items()))
        case "parametrized":
            new = {"weight_g": "parametrizations.weight.original0", "weight_v": "parametrizations.weight.original1"}
            return {
                next((key.replace(old, name) for old, name in new.items() if key.endswith(old)), key): tensor
                for key, tensor in state.items()
            }
        case "folded":
            folded = {key: tensor for key, tensor in state.items() if not key.endswith(("weight_g", "weight_v"))}
            for key in [key for key in state if key.endswith("weight_g")]:
                stem = key.removesuffix("_g")
                folded[stem] = torch._weight_norm(state[stem + "_v"], state[key], 0)
            return folded
        case "columns":  # snakes as (1, channels, 1), as another library keeps them
            return {k: t.reshape(1, -1, 1) if k.endswith(("alpha", "beta")) else t for k, t in state.items()}
    raise ValueError(spelling)


@pytest.mark.parametrize("spelling", ["wrapped", "sorted", "parametrized", "folded", "columns"])
def test_the_order_and_the_shapes_decide_and_not_the_spelling(twin: Twin, spelling: str) -> None:
    state = renamed(twin.state_dict(), spelling)
    latents, audio = noise(1, 64, 2), noise(1, 2, 2 * 2048)
    assert apart(decoder_from(state)(latents), twin.decode_export(latents)) < 1e-5
    if spelling != "folded":  # those come last in the dict: the encoder's order is by number all the same
        assert apart(encoder_from(state)(audio), twin.encode_export(audio)) < 1e-5


def test_numbers_are_put_in_order_by_value() -> None:
    state = {f"decoder.layers.{at}.weight": torch.zeros(1) for at in (10, 9, 1, 2)}
    assert [layer.name for layer in layers_of(state, "decoder")] == [f"decoder.layers.{at}" for at in (1, 2, 9, 10)]


FIRST = "decoder.layers.0"
GROW = "decoder.layers.1.layers.1"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: {}, "found 0"),
        (lambda s: {k: t for k, t in s.items() if not k.startswith("decoder.layers.3.")}, "stride"),
        (lambda s: {k: t for k, t in s.items() if not k.startswith("decoder.layers.3.layers.0.")}, "modules"),
        (lambda s: {**s, "decoder.layers.9.gamma": torch.zeros(1)}, "unknown kind"),
        (lambda s: {k: t for k, t in s.items() if k != f"{FIRST}.weight_g"}, "a convolution's weights"),
        (lambda s: {**s, f"{FIRST}.weight_g": torch.ones(3, 1, 1)}, "a length for each direction"),
        (lambda s: {**s, f"{FIRST}.weight_v": s[f"{FIRST}.weight_v"][:, :32]}, r"\(any, 64, 7\)"),
        (lambda s: {**s, f"{FIRST}.bias": torch.zeros(3)}, "a bias of 8"),
        (lambda s: {**s, f"{GROW}.weight_v": s[f"{GROW}.weight_v"][..., :14]}, "even stride"),
        (lambda s: {**s, "decoder.layers.1.layers.0.beta": torch.zeros(5)}, "a snake of 8 channels"),
        (lambda s: {k: t for k, t in s.items() if not k.endswith("beta")}, "a snake"),
    ],
    ids=[
        "empty", "a block less", "a layer less", "foreign", "no length", "lengths", "inputs", "bias", "odd", "width",
        "other snakes",
    ],
)  # fmt: skip
def test_what_is_no_oobleck_is_refused_by_name(twin: Twin, change: object, words: str) -> None:
    with pytest.raises(StructureError, match=words):
        decoder_from(change(twin.state_dict()))  # type: ignore[operator]


def test_half_is_ready_for_use_and_not_for_training(twin: Twin) -> None:
    decoder = decoder_from(twin.state_dict())
    assert isinstance(decoder, Half) and not decoder.training
    assert not any(parameter.requires_grad for parameter in decoder.parameters())
    assert all(parameter.device.type == "cpu" for parameter in decoder.parameters())
