"""The parts by themselves: tables against the facts about them, norms against their formulas."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional as F  # noqa: E402

from diffrhythm import layers  # noqa: E402


def test_rotation_turns_the_first_half_against_the_second_and_keeps_lengths() -> None:
    x = torch.randn(1, 2, 5, 8, generator=torch.Generator().manual_seed(1))
    turned = layers.rotate(x, layers.rotation(5, 8))
    assert torch.equal(turned[:, :, 0], x[:, :, 0]), "the first frame is not turned"
    pairs = lambda t: t[..., :4] ** 2 + t[..., 4:] ** 2  # noqa: E731
    assert torch.allclose(pairs(turned), pairs(x), atol=1e-6)


def test_attention_sees_how_far_apart_frames_are_and_not_where_they_stand() -> None:
    q, k = (
        torch.randn(1, 1, 1, 64, generator=torch.Generator().manual_seed(seed)).expand(1, 1, 9, 64) for seed in (1, 2)
    )
    by = layers.rotation(9, 64)
    scores = layers.rotate(q, by) @ layers.rotate(k, by).transpose(-1, -2)
    assert torch.allclose(scores[0, 0, 2, 5], scores[0, 0, 5, 8], atol=1e-4)
    assert not torch.allclose(scores[0, 0, 2, 5], scores[0, 0, 5, 2], atol=1e-2)


@pytest.mark.parametrize(("frames", "radians"), [(2048, 0.33), (6144, 0.98)])
def test_the_references_rounding_turns_far_frames_by_as_much_as_was_measured(frames: int, radians: float) -> None:
    inverse = 1 / 10_000 ** (torch.arange(0, 64, 2) / 64)
    expected = ((inverse.half().float() - inverse) * (frames - 1)).abs()
    assert float(expected.max()) == pytest.approx(radians, abs=0.01)
    exact, rounded = layers.rotation(frames, 64), layers.rotation(frames, 64, reference_rounding=True)
    apart = torch.atan2(rounded[1][-1], rounded[0][-1]) - torch.atan2(exact[1][-1], exact[0][-1])
    assert torch.allclose(torch.remainder(apart + torch.pi, 2 * torch.pi).sub(torch.pi).abs(), expected, atol=2e-3)


def test_the_texts_position_table_has_all_cosines_before_all_sines() -> None:
    table = layers.text_positions(3, 8)
    assert torch.equal(table[0], torch.tensor([1.0] * 4 + [0.0] * 4))
    assert table[2, [0, 4]].tolist() == pytest.approx([math.cos(2), math.sin(2)], abs=1e-6)
    assert (
        float((layers.text_positions(50, 8, reference_rounding=True) - layers.text_positions(50, 8)).abs().max()) < 5e-4
    )


def test_the_root_mean_square_norm_is_torchs_own() -> None:
    norm = layers.RMSNorm(16)
    torch.nn.init.normal_(norm.weight, generator=torch.Generator().manual_seed(0))
    x = torch.randn(2, 3, 16, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(norm(x), F.rms_norm(x, [16], norm.weight, 1e-6), atol=1e-6)


def test_a_half_precision_norm_takes_its_mean_in_float32() -> None:
    x = torch.full((1, 1, 16), 3e4, dtype=torch.float16)  # its square is beyond float16
    assert torch.allclose(layers.RMSNorm(16).half()(x), torch.ones(1, 1, 16, dtype=torch.float16))


def test_the_response_norm_looks_over_all_frames() -> None:
    norm = layers.GlobalResponseNorm(4)
    torch.nn.init.ones_(norm.gamma)
    x = torch.randn(1, 6, 4, generator=torch.Generator().manual_seed(1))
    changed = x.clone()
    changed[0, 5] *= 10
    assert not torch.allclose(norm(x)[0, 0], norm(changed)[0, 0])
    loud = x.norm(dim=1, keepdim=True)
    assert torch.allclose(norm(x), x * loud / (loud.mean(-1, keepdim=True) + 1e-6) + x, atol=1e-6)


def test_positions_by_convolution_are_never_computed_in_half_precision_on_a_cpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []
    original = F.conv1d
    monkeypatch.setattr(F, "conv1d", lambda x, *rest, **more: (seen.append(x.dtype), original(x, *rest, **more))[1])
    part = layers.ConvPosition(32)
    x = torch.randn(1, 7, 32, generator=torch.Generator().manual_seed(1)).bfloat16().float()
    exact = part.bfloat16().float()(x)
    seen.clear()
    half = part.bfloat16()(x.bfloat16())
    assert (seen, half.dtype) == ([torch.float32] * 2, torch.bfloat16)
    assert torch.allclose(half.float(), exact, atol=1e-2)


def test_half_precision_rounds_the_time_only_where_the_reference_is_asked_for() -> None:
    embed = layers.ScalarEmbedding(8)
    time = torch.tensor([0.3333333])
    assert torch.equal(embed(time), embed(time, reference_rounding=False))
    assert not torch.allclose(embed(time), embed(time, reference_rounding=True), atol=1e-6)
