"""From noise to a latent song: the times, the guidance, the solvers, and what is kept of a song that is edited.

It builds no model. Latents are (frames, 64), about unit variance; t = 0 is noise, t = 1 the song.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from diffrhythm.dit import Condition, DiT, OnBlock, nothing
from diffrhythm.errors import InvalidRequestError, NotFiniteError
from diffrhythm.inpainting import Edit
from diffrhythm.plans import Plan
from diffrhythm.spec import ModelSpec

Velocity = Callable[[Tensor, float], Tensor]
"""Latents (takes, frames, 64) and a time to their velocity."""

OnStep = Callable[[int, int], None]
"""Told (done, total) after each step; an exception from it stops the song and passes through."""

MAX_SEED = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a song is made from. tokens (frames,): phone ids + 1, 0 where nobody sings; style (condition_dim,).

    `negative_style` is what guidance leads away from; the authors use the style of one recorded voice, None is zeros.
    `start` is where in its song the excerpt begins, as a fraction; 0 for a whole song. `length`: what the model is told
    of the song's length, as a fraction of the longest (None: the frames there are).
    """

    tokens: Tensor
    style: Tensor
    negative_style: Tensor | None = None
    edit: Edit | None = None
    start: float = 0.0
    length: float | None = None

    @property
    def frames(self) -> int:
        return self.tokens.shape[0]


def noise_for(seed: int, takes: int, frames: int, channels: int = 64, *, first: int = 0) -> Tensor:
    """Return the noise of takes `first` … `first + takes - 1`, (takes, frames, channels), float32, on the CPU.

    Take k has the noise of the seed `seed + k`, whether the takes are made at once or one by one, on every device.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED - first - takes:
        raise InvalidRequestError("seed", f"a whole number from 0 to 2⁶³ − 1, less the takes, not {seed!r}")
    if takes < 1:
        raise InvalidRequestError("takes", f"at least 1, not {takes}")
    drawn = (torch.Generator().manual_seed(seed + first + take) for take in range(takes))
    return torch.stack([torch.randn(frames, channels, generator=generator) for generator in drawn])


@torch.no_grad()
def sample(
    model: DiT,
    inputs: Inputs,
    noise: Tensor,
    plan: Plan = Plan(),  # noqa: B008 - frozen
    *,
    at_once: int | None = None,
    batched: bool | None = None,
    on_step: OnStep = lambda done, total: None,
    on_block: OnBlock = nothing,
) -> Tensor:
    """Return one latent a row of `noise`, (takes, frames, 64), float32, on the CPU.

    `at_once` takes go through the network together (None: all). `batched` runs both branches of the guidance in one
    pass, which is faster on a GPU and needs more memory (None: on CUDA). With an edit, frames outside its spans are the
    old ones bit for bit. Raises InvalidRequestError, NotFiniteError; what a callback raises passes through.
    """
    check(model.spec, inputs, noise)
    together = noise.shape[0] if at_once is None else at_once
    if together < 1:
        raise InvalidRequestError("at_once", f"at least 1, not {together}")
    both = branches(model, inputs, is_guided=plan.is_guided)
    in_one = model.device.type == "cuda" if batched is None else batched
    velocity = guided(model, both, plan, batched=in_one, on_block=on_block)
    made: list[Tensor] = []
    groups = torch.split(noise, together)
    for number, group in enumerate(groups):

        def told(done: int, total: int, before: int = number) -> None:
            on_step(before * total + done, len(groups) * total)

        start = group.to(model.device, torch.float32)
        latents = solve(velocity, start, plan, told, reference_rounding=model.reference_rounding)
        made.append(latents.to("cpu"))
    latents = torch.cat(made)
    if not bool(latents.isfinite().all()):
        raise NotFiniteError(f"The network's answer is not finite in {model.dtype} on {model.device}.")
    return latents if inputs.edit is None else inputs.edit.applied(latents)


def branches(model: DiT, inputs: Inputs, *, is_guided: bool = True) -> Condition:
    """Return what the song is led to (row 0) and, for guidance, away from (row 1): no words, no context, its style."""
    spec, device = model.spec, model.device
    tokens = inputs.tokens.to(device, torch.int64)
    style = inputs.style.to(device, torch.float32)
    known = torch.zeros(inputs.frames, spec.latent_channels)
    context = (known if inputs.edit is None else inputs.edit.context()).to(device)
    away = torch.zeros_like(style) if inputs.negative_style is None else inputs.negative_style.to(style)
    rows = 1 + is_guided
    duration = inputs.frames / spec.max_frames if inputs.length is None else inputs.length
    return model.condition(
        torch.stack([tokens, torch.zeros_like(tokens)])[:rows],
        torch.stack([style, away])[:rows],
        torch.stack([context, torch.zeros_like(context)])[:rows],
        torch.full((rows,), inputs.start, device=device),
        torch.full((rows,), duration, device=device),
    )


def guided(model: DiT, both: Condition, plan: Plan, *, batched: bool = False, on_block: OnBlock = nothing) -> Velocity:
    """Push the velocity from row 1 of the condition away and toward row 0: p + (p − n) · guidance."""
    kept = both.row(0)

    def velocity(latent: Tensor, now: float) -> Tensor:
        time = torch.full((), now, dtype=torch.float32, device=latent.device)  # a copy from the CPU would wait for it
        if not plan.is_guided_at(now):
            return model(latent, time, kept, on_block)
        if batched:
            toward, away = model(torch.cat((latent, latent)), time, both, on_block).chunk(2)
        else:
            toward = model(latent, time, kept, on_block)
            away = model(latent, time, both.row(1), on_block)
        return toward + (toward - away) * plan.guidance

    return velocity


def times(plan: Plan, *, reference_rounding: bool = False) -> list[float]:
    """Return the plan's grid points from 0 to 1, rounded to float32 as the network sees them."""
    grid = torch.linspace(0, 1, plan.steps)
    if plan.sway:
        grid = grid + plan.sway * (torch.cos(torch.pi / 2 * grid) - 1 + grid)
    return (grid.half().float() if reference_rounding else grid).tolist()


def solve(
    velocity: Velocity,
    noise: Tensor,
    plan: Plan,
    on_step: OnStep = lambda done, total: None,
    *,
    reference_rounding: bool = False,
) -> Tensor:
    """Follow the velocity from noise to a latent, in the plan's way."""
    grid = times(plan, reference_rounding=reference_rounding)
    latent = noise
    for step, reached in enumerate(SOLVERS[plan.solver](velocity, noise, grid), start=1):
        latent = reached
        on_step(step, plan.steps - 1)
    return latent


def euler(velocity: Velocity, latent: Tensor, grid: Sequence[float]) -> Iterator[Tensor]:
    """Go straight on for a step: what the authors use."""
    for now, then in pairwise(grid):
        latent = latent + (then - now) * velocity(latent, now)
        yield latent


def midpoint(velocity: Velocity, latent: Tensor, grid: Sequence[float]) -> Iterator[Tensor]:
    """Second order: look at the middle of the step, go the whole of it that way. Two evaluations a step."""
    for now, then in pairwise(grid):
        half = (then - now) / 2
        middle = latent + half * velocity(latent, now)
        latent = latent + (then - now) * velocity(middle, now + half)
        yield latent


def adams_bashforth(velocity: Velocity, latent: Tensor, grid: Sequence[float]) -> Iterator[Tensor]:
    """Second order with one evaluation a step: the step before says how the velocity changes."""
    before: Tensor | None = None
    width = 0.0
    for now, then in pairwise(grid):
        slope = velocity(latent, now)
        step = then - now
        bend = 0.0 if before is None else (slope - before) * (step / (2 * width))
        latent = latent + step * (slope + bend)
        before, width = slope, step
        yield latent


SOLVERS = {"euler": euler, "midpoint": midpoint, "adams-bashforth": adams_bashforth}


def check(spec: ModelSpec, inputs: Inputs, noise: Tensor) -> None:
    """Refuse by name what the network cannot take."""
    frames, channels = inputs.frames, spec.latent_channels
    if inputs.tokens.ndim != 1 or not 1 <= frames <= spec.max_frames:
        shape = tuple(inputs.tokens.shape)
        raise InvalidRequestError("tokens", f"one whole number a frame, 1 to {spec.max_frames} of them, not {shape}")
    if (
        inputs.tokens.is_floating_point()
        or not 0 <= int(inputs.tokens.min()) <= int(inputs.tokens.max()) <= spec.phones
    ):
        raise InvalidRequestError("tokens", f"whole numbers from 0 to {spec.phones}")
    if noise.ndim != 3 or noise.shape[1:] != (frames, channels):
        raise InvalidRequestError("noise", f"(takes, {frames}, {channels}), not {tuple(noise.shape)}")
    for field, style in (("style", inputs.style), ("negative_style", inputs.negative_style)):
        if style is None:
            continue
        if style.shape != (spec.condition_dim,):
            raise InvalidRequestError(field, f"a vector of {spec.condition_dim}, not {tuple(style.shape)}")
        if not bool(style.isfinite().all()):
            raise InvalidRequestError(field, "finite numbers; some of these are not")
    if inputs.edit is not None and inputs.edit.frames != frames:
        raise InvalidRequestError("edit", f"{frames} frames, as the tokens have, not {inputs.edit.frames}")
