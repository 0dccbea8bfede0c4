"""The sampler against the reference's stored songs; how often it asks the network; seeds, edits, and being stopped."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

torch = pytest.importorskip("torch")

from hypothesis import given  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from diffrhythm.errors import InvalidRequestError, NotFiniteError  # noqa: E402
from diffrhythm.inpainting import Edit  # noqa: E402
from diffrhythm.plans import DRAFTS, FULL_QUALITY, Plan  # noqa: E402
from diffrhythm.sampling import SOLVERS, Inputs, branches, guided, noise_for, sample, solve, times  # noqa: E402
from tests.support.networks import TINY, TINY_FULL, Case, golden_case, golden_ids, inputs_for, network  # noqa: E402


def inputs_of(case: Case) -> Inputs:
    spans = tuple((start, end) for start, end in case.about["segments"])
    edit = Edit(case["cond"][0], spans) if case.about["edit"] else None
    return Inputs(
        case["text"][0],
        case["style"][0],
        case["neg_style"][0],
        edit,
        start=float(case["start_time"]),
        length=float(case["song_duration"]),
    )


def plan_of(case: Case) -> Plan:
    about = case.about
    return Plan(about["steps"], about["cfg_strength"], sway=about["sway_sampling_coef"] or 0.0)


@pytest.mark.parametrize("batched", [False, True], ids=["two passes", "one batch"])
@pytest.mark.parametrize(("set_name", "case_id"), golden_ids("sample"))
def test_a_song_is_the_stored_one(set_name: str, case_id: str, batched: bool) -> None:
    model, case = golden_case(set_name, case_id)
    made = sample(model, inputs_of(case), case["y0"], plan_of(case), batched=batched)
    worst = float((made - case["out"]).abs().max())
    print(f"worst {worst:.1e}")  # noqa: T201 - shown by pytest -rP
    assert worst <= case.allowed


@pytest.mark.parametrize(("set_name", "case_id"), golden_ids("sample", with_="has_trajectory"))
def test_the_way_to_a_song_is_the_stored_one(set_name: str, case_id: str) -> None:
    model, case = golden_case(set_name, case_id)
    plan, states = plan_of(case), []
    with torch.no_grad():
        velocity = guided(model, branches(model, inputs_of(case)), plan)
        end = solve(lambda latent, now: (states.append(latent), velocity(latent, now))[1], case["y0"], plan)
    assert torch.allclose(torch.stack([*states, end]), case["trajectory"], atol=1e-4)


@pytest.mark.parametrize(("set_name", "case_id"), golden_ids("sample", with_="edit"))
def test_outside_the_edited_spans_the_latents_stay_bit_for_bit(set_name: str, case_id: str) -> None:
    model, case = golden_case(set_name, case_id)
    made = sample(model, inputs_of(case), case["y0"], plan_of(case))
    edit = inputs_of(case).edit
    assert edit is not None
    for take in made:
        assert torch.equal(take[~edit.mask()], case["cond"][0][~edit.mask()])


def counted(monkeypatch: pytest.MonkeyPatch, model):  # type: ignore[no-untyped-def]
    """Count passes, and rows through the text embedding."""
    counts = {"passes": 0, "rows": 0, "texts": 0}

    def passed(module, given, out) -> None:  # type: ignore[no-untyped-def]
        counts["passes"] += 1
        counts["rows"] += given[0].shape[0]

    model.register_forward_hook(passed)
    model.text_embed.register_forward_hook(
        lambda module, given, out: counts.__setitem__("texts", counts["texts"] + out.shape[0])
    )
    return counts


def test_a_song_takes_62_passes_and_each_branchs_text_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model = network()
    counts = counted(monkeypatch, model)
    sample(model, inputs_for(TINY, 6), noise_for(1, 1, 6))
    assert counts == {"passes": 62, "rows": 62, "texts": 2}
    assert FULL_QUALITY.most_passes == 62


def test_one_batch_for_both_branches_halves_the_passes_and_takes_share_the_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = network()
    counts = counted(monkeypatch, model)
    sample(model, inputs_for(TINY, 6), noise_for(1, 3, 6), Plan(steps=4), batched=True)
    assert counts == {"passes": 3, "rows": 18, "texts": 2}
    sample(model, inputs_for(TINY, 6), noise_for(1, 3, 6), Plan(steps=4), at_once=1)
    assert counts == {"passes": 3 + 18, "rows": 36, "texts": 4}, "one by one, the song's text is read once all the same"


def test_without_guidance_the_other_branch_is_never_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    model = network()
    counts = counted(monkeypatch, model)
    sample(model, inputs_for(TINY, 6), noise_for(1, 1, 6), Plan(steps=5, guidance=0), batched=True)
    assert counts == {"passes": 4, "rows": 4, "texts": 1}


def test_guidance_in_a_middle_interval_spares_the_passes_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    model = network()
    counts = counted(monkeypatch, model)
    sample(model, inputs_for(TINY, 6), noise_for(1, 1, 6), Plan(steps=5, guided_from=0.25, guided_to=0.5))
    assert counts["passes"] == 4 + 2


def test_guidance_is_p_plus_p_minus_n_times_its_strength() -> None:
    model = network(TINY_FULL)
    inputs = inputs_for(TINY_FULL, 7)
    latent, plan = noise_for(1, 1, 7), Plan(guidance=4.0)
    with torch.no_grad():
        both = branches(model, inputs)
        p, n = (model(latent, torch.tensor(0.5), both.row(row)) for row in (0, 1))
        assert torch.allclose(guided(model, both, plan)(latent, 0.5), p + (p - n) * 4, atol=1e-5)
        silent = replace(inputs, tokens=torch.zeros_like(inputs.tokens), style=inputs.negative_style)
        assert torch.allclose(branches(model, silent).row(0).projected, both.row(1).projected, atol=1e-6)


def test_take_k_has_the_noise_of_seed_plus_k_however_it_is_drawn() -> None:
    together = noise_for(7, 3, 5)
    for take in range(3):
        assert torch.equal(together[take], noise_for(7, 1, 5, first=take)[0])
        assert torch.equal(together[take], noise_for(7 + take, 1, 5)[0])
    assert not torch.equal(together[0], together[1])
    state = torch.random.get_rng_state()
    noise_for(1, 1, 5)
    assert torch.equal(state, torch.random.get_rng_state()), "the global generator is nobody's business"


def test_the_same_seed_makes_the_same_song_and_takes_at_once_are_those_made_one_by_one() -> None:
    model, inputs, plan = network(), inputs_for(TINY, 12), Plan(steps=4)
    once = sample(model, inputs, noise_for(3, 3, 12), plan)
    assert torch.equal(once, sample(model, inputs, noise_for(3, 3, 12), plan))
    assert torch.allclose(once, sample(model, inputs, noise_for(3, 3, 12), plan, at_once=1), atol=1e-4)
    assert torch.allclose(once[1:2], sample(model, inputs, noise_for(4, 1, 12), plan), atol=1e-4)
    assert once.dtype == torch.float32


def test_steps_are_told_in_order_over_all_takes() -> None:
    told: list[tuple[int, int]] = []
    noise = noise_for(1, 3, 5)
    sample(network(), inputs_for(TINY, 5), noise, Plan(steps=3), at_once=2, on_step=lambda *step: told.append(step))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


class Stop(Exception):
    pass


@pytest.mark.parametrize("where", ["on_step", "on_block"])
def test_a_song_can_be_stopped_and_the_next_one_is_none_the_worse(where: str) -> None:
    model, inputs, noise, plan = network(), inputs_for(TINY, 5), noise_for(1, 1, 5), Plan(steps=4)
    before = sample(model, inputs, noise, plan)
    calls = []

    def stop(*step: int) -> None:
        calls.append(step)
        if len(calls) == 2:
            raise Stop

    with pytest.raises(Stop):
        sample(model, inputs, noise, plan, **{where: stop})
    assert len(calls) == 2
    assert torch.equal(sample(model, inputs, noise, plan), before)


def test_an_answer_that_is_no_number_is_an_error_and_not_a_song() -> None:
    model = network()
    model.proj_out.weight.fill_(1e38)
    with pytest.raises(NotFiniteError, match=r"not finite in torch\.float32 on cpu") as refused:
        sample(model, inputs_for(TINY, 5), noise_for(1, 1, 5), Plan(steps=3))
    assert "bfloat16" in refused.value.recovery


@given(st.integers(2, 200), st.floats(-1, 1.7))
def test_times_go_from_noise_to_song_and_never_back(steps: int, sway: float) -> None:
    grid = times(Plan(steps=steps, sway=sway))
    assert len(grid) == steps
    assert grid[0] == pytest.approx(0, abs=1e-6)
    assert grid[-1] == pytest.approx(1, abs=1e-6)
    assert all(now <= then + 1e-6 for now, then in pairwise(grid))


def test_sway_follows_its_formula_and_the_references_grid_is_rounded_to_half() -> None:
    plain, swayed = times(Plan(steps=5)), times(Plan(steps=5, sway=-1.0))
    assert plain == [0, 0.25, 0.5, 0.75, 1]
    assert swayed[2] == pytest.approx(0.5 - (torch.cos(torch.tensor(torch.pi / 4)).item() - 1 + 0.5))
    rounded = times(Plan(), reference_rounding=True)
    assert 1e-5 < max(abs(a - b) for a, b in zip(rounded, times(Plan()), strict=True)) < 3.5e-4


@pytest.mark.parametrize(("solver", "order"), [("euler", 1), ("midpoint", 2), ("adams-bashforth", 2)])
def test_a_solver_has_its_order(solver: str, order: int) -> None:
    """On dy/dt = y, whose end is e: twice the steps, half or a quarter of the error."""
    start = torch.ones(1, 1, 1, dtype=torch.float64)
    errors = []
    for steps in (17, 33):
        end = solve(lambda latent, now: latent, start, Plan(steps=steps, solver=solver))
        errors.append(abs(float(end) - torch.e))
    assert errors[0] / errors[1] == pytest.approx(2**order, rel=0.15)


def test_every_solver_of_a_plan_exists_and_every_draft_says_that_it_is_one() -> None:
    for plan in DRAFTS.values():
        assert plan.solver in SOLVERS
        assert plan.is_draft
    assert not FULL_QUALITY.is_draft
    for solver in SOLVERS:
        assert Plan(solver=solver).most_passes % 62 == 0


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("steps", {"steps": 1}),
        ("steps", {"steps": 3.5}),
        ("guidance", {"guidance": -1}),
        ("guidance", {"guidance": float("nan")}),
        ("sway", {"sway": -2}),
        ("solver", {"solver": "magic"}),
        ("guided_from", {"guided_from": 0.8, "guided_to": 0.2}),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_by_name(field: str, change: dict[str, float]) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        Plan(**change)  # type: ignore[arg-type]
    assert refused.value.field == field


GOOD = inputs_for(TINY, 5)
BAD = {
    "tokens": [
        {"tokens": torch.full((5,), 21)},
        {"tokens": torch.full((5,), -1)},
        {"tokens": torch.zeros(5)},
        {"tokens": torch.zeros(0, dtype=torch.int64)},
        {"tokens": torch.zeros(1, 5, dtype=torch.int64)},
    ],
    "style": [{"style": torch.zeros(31)}, {"style": torch.full((32,), torch.nan)}],
    "negative_style": [{"negative_style": torch.full((32,), torch.inf)}],
    "edit": [{"edit": Edit(torch.zeros(4, 64), ((0, 2),))}],
}


@pytest.mark.parametrize(("field", "change"), [(field, change) for field, all_ in BAD.items() for change in all_])
def test_what_the_network_cannot_take_is_refused_by_name(field: str, change: dict[str, torch.Tensor]) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        sample(network(), replace(GOOD, **change), noise_for(1, 1, 5))  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("seed", lambda: noise_for(-1, 1, 5)),
        ("seed", lambda: noise_for(2**63 - 1, 2, 5)),
        ("takes", lambda: noise_for(1, 0, 5)),
        ("noise", lambda: sample(network(), GOOD, torch.zeros(1, 6, 64))),
        ("at_once", lambda: sample(network(), GOOD, noise_for(1, 1, 5), at_once=0)),
    ],
)
def test_a_seed_or_a_number_of_takes_that_cannot_be_is_refused(field: str, call) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidRequestError) as refused:
        call()
    assert refused.value.field == field


spans_of = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 20)).map(lambda span: (span[0], sum(span))), min_size=1, max_size=4
)


@given(spans_of, st.integers(1, 50), st.integers(0, 9))
def test_an_edit_splits_every_song_into_what_is_kept_and_what_is_new(spans, frames: int, seed: int) -> None:  # type: ignore[no-untyped-def]
    old = torch.randn(frames, 2, generator=torch.Generator().manual_seed(seed))
    inside = {frame for start, end in spans for frame in range(start, end) if frame < frames}
    if not inside:
        with pytest.raises(InvalidRequestError, match="at least one frame"):
            Edit(old, tuple(spans))
        return
    edit = Edit(old, tuple(spans))
    assert {int(frame) for frame in edit.mask().nonzero()} == inside
    made = torch.full((3, frames, 2), 9.0)
    applied = edit.applied(made)
    for frame in range(frames):
        is_new = frame in inside
        assert torch.equal(edit.context()[frame], torch.zeros(2) if is_new else old[frame])
        assert torch.equal(applied[:, frame], made[:, frame] if is_new else old[frame].expand(3, 2))


def test_a_continuation_keeps_all_it_was_given_and_makes_the_rest() -> None:
    old = torch.randn(4, 64, generator=torch.Generator().manual_seed(1))
    inputs = replace(inputs_for(TINY, 9), edit=Edit.continuation(old, 9))
    made = sample(network(), inputs, noise_for(1, 2, 9), Plan(steps=3))
    assert torch.equal(made[:, :4], old.expand(2, 4, 64))
    assert bool((made[:, 4:] != 0).all())
    with pytest.raises(InvalidRequestError, match="fewer frames than the 4"):
        Edit.continuation(old, 4)


def test_old_latents_that_are_too_long_are_cut_and_too_short_ones_refused() -> None:
    old = torch.ones(6, 64)
    assert Edit.rewriting(old, 4, [(0, 2)]).frames == 4
    assert Edit.rewriting(old, 8, [(2, 3), (6, 8)]).frames == 8
    with pytest.raises(InvalidRequestError, match="8 frames, or spans that cover what is missing, not 6"):
        Edit.rewriting(old, 8, [(2, 3)])


def test_old_latents_that_are_no_numbers_are_refused_with_their_frame() -> None:
    old = torch.ones(6, 64)
    old[3, 1] = torch.nan
    with pytest.raises(InvalidRequestError, match="latents: finite numbers; frame 3 has others"):
        Edit(old, ((0, 2),))
    for spans in (((2, 2),), ((-1, 3),), ()):
        with pytest.raises(InvalidRequestError, match=r"^segments: "):
            Edit(torch.ones(6, 64), spans)
