"""The network against the reference's stored answers, and what it must not do on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional as F  # noqa: E402
from torch.utils._python_dispatch import TorchDispatchMode  # noqa: E402

from diffrhythm.checkpoints import without_weights  # noqa: E402
from diffrhythm.dit import DiT  # noqa: E402
from diffrhythm.spec import BASE_V1, MODELS, ModelSpec  # noqa: E402
from tests.support.networks import SETS, SMALL, TINY, TINY_FULL, Case, golden, golden_case, golden_ids, network  # noqa: E402


def condition(model: DiT, case: Case):  # type: ignore[no-untyped-def]
    about, x = case.about, case["x"]
    is_told = not (about["drop_audio_cond"] or about["cond_is_zero"])
    return model.condition(
        torch.zeros_like(case["text"]) if about["drop_text"] else case["text"],
        torch.zeros_like(case["style"]) if about["drop_prompt"] else case["style"],
        case["cond"] if is_told else torch.zeros_like(x),
        case["start_time"],
        case["duration"],
    )


@pytest.mark.parametrize(("set_name", "case_id"), golden_ids("forward"))
def test_a_pass_gives_the_stored_answer(set_name: str, case_id: str) -> None:
    model, case = golden_case(set_name, case_id)
    seen: dict[str, torch.Tensor] = {}
    hooks = [
        block.register_forward_hook(lambda module, given, out, name=f"block{index}_raw": seen.__setitem__(name, out))
        for index, block in enumerate(model.transformer_blocks)
    ]
    names = {"t_emb": "time_embed", "s_emb": "start_time_embed", "d_emb": "duration_time_embed", "norm_out": "norm_out"}
    for name, path in (names | {"text_embed": "text_embed"}).items():
        if hasattr(model, path):
            keep = lambda module, given, out, name=name: seen.__setitem__(name, out)  # noqa: E731
            hooks.append(getattr(model, path).register_forward_hook(keep))
    keep_input = lambda module, given, out: seen.__setitem__("input_embed", given[0] + out)  # noqa: E731
    hooks.append(model.input_embed.conv_pos_embed.register_forward_hook(keep_input))
    try:
        with torch.no_grad():
            out = model(case["x"], case["time"], condition(model, case))
    finally:
        for hook in hooks:
            hook.remove()
    frames = case["out_frames"] if case.about["frame_subset"] else slice(None)
    worst = float((out[:, frames] - case["out"]).abs().max())
    print(f"worst {worst:.1e}")  # noqa: T201 - shown by pytest -rP
    assert worst <= case.allowed
    for name in case.about["intermediates"]:
        stored = case[f"inter/{name}"]
        assert torch.allclose(seen[name].reshape(stored.shape), stored, atol=1e-4), name


def test_every_stored_case_is_one_that_is_tested() -> None:
    kinds = Counter(case.about["kind"] for name in SETS for case in golden(name)[1])
    assert set(kinds) == {"forward", "sample"}
    assert kinds == Counter(forward=len(list(golden_ids("forward"))), sample=len(list(golden_ids("sample"))))
    assert set(SETS) >= {"small_base", "small_full", "wide_full"}


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.name)
def test_the_tensors_are_those_of_the_published_weights(spec: ModelSpec) -> None:
    model = without_weights(spec)
    state = model.state_dict()
    assert len(state) == (223 if spec.has_duration else 219)
    assert sum(tensor.numel() for tensor in state.values()) == spec.parameters
    assert tuple(state["input_embed.conv_pos_embed.conv1d.2.weight"].shape) == (2048, 128, 31)
    assert not list(model.buffers()), "nothing that the file lacks has to be rebuilt"
    assert not any(weight.requires_grad for weight in model.parameters())


def one(model: DiT, frames: int, rows: int = 1, seed: int = 0):  # type: ignore[no-untyped-def]
    generator = torch.Generator().manual_seed(seed)
    spec = model.spec
    return model.condition(
        torch.randint(0, spec.phones + 1, (rows, frames), generator=generator),
        torch.randn(rows, spec.condition_dim, generator=generator),
        torch.randn(rows, frames, 64, generator=generator),
        torch.zeros(rows),
        torch.full((rows,), 0.5),
    )


def test_no_mask_is_ever_made_and_nothing_has_the_size_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    frames, model = 71, network(replace(TINY, heads=2))  # heads as wide as torch's kernel for attention takes
    given = []
    original = F.scaled_dot_product_attention

    def attention(q, k, v, attn_mask=None, **more):  # type: ignore[no-untyped-def]
        given.append((attn_mask, more))
        return original(q, k, v, attn_mask=attn_mask, **more)

    monkeypatch.setattr(F, "scaled_dot_product_attention", attention)
    made = []

    class Watch(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
            out = func(*args, **(kwargs or {}))
            made.extend(
                tuple(each.shape) for each in (out if isinstance(out, tuple) else (out,)) if hasattr(each, "shape")
            )
            return out

    with Watch(), torch.no_grad():
        model(torch.randn(1, frames, 64), torch.tensor(0.5), one(model, frames))
    assert given == [(None, {"is_causal": False})] * model.spec.depth
    assert made and not [shape for shape in made if shape.count(frames) > 1]


def test_in_1_2_every_frame_hears_later_ones_and_in_version_1_none_does() -> None:
    for spec, hears in ((TINY, True), (replace(BASE_V1, **SMALL), False)):
        model = network(spec)
        attention = model.transformer_blocks[0].self_attn
        x = torch.randn(1, 9, spec.dim, generator=torch.Generator().manual_seed(3))
        later = x.clone()
        later[:, 8] += 1
        by = model._rotation(9)
        assert torch.allclose(attention(x, by)[:, :8], attention(later, by)[:, :8], atol=1e-6) is not hears


def test_version_1_is_the_same_network_with_causal_attention() -> None:
    """No stored answers of version 1 exist: this holds the two apart by the attention alone."""
    model, causal = network(TINY), network(replace(BASE_V1, **SMALL))
    latent = torch.randn(1, 12, 64, generator=torch.Generator().manual_seed(1))
    time = torch.tensor(0.3)
    assert not torch.allclose(model(latent, time, one(model, 12)), causal(latent, time, one(causal, 12)), atol=1e-3)
    for block in causal.transformer_blocks:
        block.self_attn.causal = False
    assert torch.equal(model(latent, time, one(model, 12)), causal(latent, time, one(causal, 12)))


def test_a_condition_of_one_row_serves_all_takes_and_one_of_two_each_its_half() -> None:
    model = network(TINY_FULL)
    both = one(model, 10, rows=2)
    latents = torch.randn(4, 10, 64, generator=torch.Generator().manual_seed(1))
    time = torch.tensor(0.25)
    with torch.no_grad():
        together = model(latents, time, both)
        apart = [model(latents[k : k + 1], time, both.row(k // 2)) for k in range(4)]
        shared = model(latents, time, both.row(0))
    assert torch.allclose(together, torch.cat(apart), atol=1e-5)
    assert torch.allclose(shared[:2], together[:2], atol=1e-5)
    assert both.row(0).projected.data_ptr() == both.projected.data_ptr(), "a row is a view"


def test_between_two_blocks_the_song_can_be_stopped() -> None:
    model = network()
    calls = []

    def on_block() -> None:
        calls.append(None)
        if len(calls) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model(torch.zeros(1, 5, 64), torch.tensor(0.5), one(model, 5), on_block)
    assert len(calls) == 3


def test_half_precision_weights_answer_in_float32_near_the_exact_answer() -> None:
    exact = network()
    half = network().to(torch.bfloat16)
    for name in ("time_embed", "start_time_embed"):
        getattr(half, name).float()
    latent = torch.randn(1, 20, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        right, near = (model(latent, torch.tensor(0.5), one(model, 20)) for model in (exact, half))
    assert near.dtype == torch.float32
    assert float((near - right).norm() / right.norm()) < 0.05
