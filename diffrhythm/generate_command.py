"""`python -m diffrhythm generate`: a song from timed lyrics, or stored tokens, and a style vector, with a bar."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from diffrhythm.errors import DiffRhythmError, InvalidRequestError, LyricsError
from diffrhythm.plans import DRAFTS

if TYPE_CHECKING:
    from diffrhythm.pipeline import Progress

WIDTH = 32  # of the bar, in characters


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which words follow `generate`."""
    needed = parser.add_argument_group("what it is made of")
    needed.add_argument("--model", required=True, type=Path, metavar="FOLDER", help="the folder with cfm_model.pt")
    needed.add_argument("--autoencoder", type=Path, metavar="PLACE", help="vae_model.pt, if it is not in or beside it")
    needed.add_argument("--style", required=True, type=Path, metavar="FILE", help=".npy, 512 numbers")
    needed.add_argument("--negative-style", type=Path, metavar="FILE", help=".npy, what guidance leads away from")
    words = needed.add_mutually_exclusive_group(required=True)
    words.add_argument("--lyrics", type=Path, metavar="FILE", help="timed lyrics (LRC, SRT)")
    words.add_argument("--tokens", type=Path, metavar="FILE", help=".npy, a whole number a frame")
    parser.add_argument("--duration", type=int, default=95, metavar="SECONDS", help="95, or 96 to 285 (95)")
    parser.add_argument("--seed", type=int, default=0, help="the same seed is the same song (0)")
    parser.add_argument("--steps", type=int, default=32, help="points from noise to song (32)")
    parser.add_argument("--guidance", type=float, default=4.0, help="how firmly the wish is followed (4)")
    parser.add_argument("--takes", type=int, default=1, help="songs of one wish, each with a seed of its own (1)")
    parser.add_argument("--draft", choices=sorted(DRAFTS), help="quicker, and not what the model's authors heard")
    parser.add_argument("--device", default="auto", help="auto, cuda, cuda:1, mps or cpu (auto)")
    parser.add_argument("--dtype", default="auto", help="auto, float32, float16 or bfloat16 (auto)")
    parser.add_argument("--version", choices=("1", "1.2"), help="of the weights, where their folder does not say it")
    parser.add_argument("--trust-files", action="store_true", help="allow the first opening of the autoencoder's file")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="FILE", help="a name in .flac or .wav")


def run(given: argparse.Namespace) -> int:
    """Make the song and write it; 1 and words where that cannot be."""
    try:
        _make(given)
    except (DiffRhythmError, OSError) as problem:
        recovery = problem.recovery if isinstance(problem, DiffRhythmError) else ""
        sys.stderr.write(f"\n{problem} {recovery}".rstrip() + "\n")
        return 1
    return 0


def _make(given: argparse.Namespace) -> None:
    style = _array("style", given.style)
    tokens = _sung(given.lyrics, given.duration) if given.lyrics else _array("tokens", given.tokens)
    away = None if given.negative_style is None else _array("negative_style", given.negative_style)
    from diffrhythm.devices import use_physical_cores  # here: help and wrong files do not wait for torch
    from diffrhythm.pipeline import DiffRhythm

    use_physical_cores()
    model = DiffRhythm.from_pretrained(
        given.model, device=given.device, torch_dtype=given.dtype, version=given.version,
        autoencoder=given.autoencoder, trust_files=given.trust_files,
    )  # fmt: skip
    song = model.generate(
        style=style, tokens=tokens, negative_style=away, duration=given.duration, seed=given.seed, steps=given.steps,
        guidance=given.guidance, takes=given.takes, draft=given.draft, on_progress=bar(sys.stderr.write),
    )  # fmt: skip
    sys.stderr.write("\n")
    for take in song.takes:
        place = given.output if len(song.takes) == 1 else _numbered(given.output, take.seed - song.seed + 1)
        take.save(place)
        sys.stdout.write(f"{place}: {take.duration:.2f} s, seed {take.seed}\n")


def bar(write: Callable[[str], object]) -> Callable[[Progress], None]:
    """Return what draws the progress, on one line, when it has changed."""
    shown = ""

    def draw(progress: Progress) -> None:
        nonlocal shown
        ticks = round(progress.fraction * WIDTH)
        line = f"{'|' * ticks:.<{WIDTH}} {progress.stage} {progress.done} of {progress.total}"
        if line != shown:
            write(f"\r{line:<{WIDTH + 32}}")
            shown = line

    return draw


def _sung(path: Path, duration: int) -> NDArray[np.int64]:
    """Return the tokens of timed lyrics. Raises LyricsError naming each line that cannot be sung."""
    from diffrhythm import lrc, srt  # here: stored tokens do without the dictionaries
    from diffrhythm.phonemes import Pronouncer
    from diffrhythm.tokens import place

    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InvalidRequestError("lyrics", f"{path} is not UTF-8") from problem
    lyrics = srt.parse(text) if srt.is_srt(text) else lrc.parse(text)
    with Pronouncer() as pronouncer:
        placed = place(lyrics.lines, duration, pronouncer)
    if placed.problems:
        raise LyricsError(placed.problems)
    return np.array(placed.tokens, np.int64)


def _array(field: str, path: Path) -> NDArray[np.generic]:
    """Read an array without opening anything that could run; (1, n) is taken as (n,), as the authors' files are."""
    try:
        found = np.load(path, allow_pickle=False)
    except FileNotFoundError as problem:
        raise InvalidRequestError(field, f"{path} is not there") from problem
    except (OSError, ValueError, EOFError) as problem:
        raise InvalidRequestError(field, f"{path} is no array (.npy): {problem}") from problem
    if not isinstance(found, np.ndarray):
        raise InvalidRequestError(field, f"{path} holds several arrays; one is wanted (.npy)")
    return found[0] if found.ndim == 2 and len(found) == 1 else found


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-{number}{path.suffix}")
