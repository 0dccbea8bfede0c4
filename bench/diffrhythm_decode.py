"""How fast the autoencoder decodes: seconds of work a second of sound, at full size on random weights.

Run by hand, on an idle machine: `python bench/diffrhythm_decode.py [--frames 128] [--width 128] [--device cpu]`.
In one run: the weights as a TorchScript program keeps them (weight norm live), our layers with weight norm folded, and
those channels-last; then what each chunk size costs. Ratios may be compared between machines; seconds may not.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import torch
from torch import Tensor

from diffrhythm import chunks, torchscript
from diffrhythm.oobleck import decoder_from, encoder_from
from diffrhythm.spec import FRAMES_PER_SECOND
from tests.support import oobleck as twin

MULTIPLES = (1, 1, 2, 4, 8, 16)


def seconds(work: Callable[[Tensor], Tensor], latents: Tensor, device: torch.device) -> float:
    """Return the wall seconds of the better of two runs, after one that does not count."""
    times = []
    with torch.inference_mode():
        for _ in range(3):
            start = time.perf_counter()
            work(latents)
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            times.append(time.perf_counter() - start)
    return min(times[1:])


def decoded_in(work: Callable[[Tensor], Tensor], size: int) -> Callable[[Tensor], Tensor]:
    def decode(latents: Tensor) -> Tensor:
        for chunk in chunks.exact(latents.shape[2], size):
            work(latents[:, :, chunk.start : chunk.stop])
        return latents

    return decode


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=128, help="latent frames to decode (21.5 a second)")
    parser.add_argument("--width", type=int, default=128, help="channels at the sample rate; 128 is full size")
    parser.add_argument("--sizes", type=int, nargs="*", default=[64, 128, 256], help="chunk sizes to try")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=0, help="0 leaves it to torch")
    wished = parser.parse_args()
    device = torch.device(wished.device)
    if wished.threads:
        torch.set_num_threads(wished.threads)
    latents = torch.randn(1, 64, wished.frames, generator=torch.Generator().manual_seed(1)).to(device)
    length = wished.frames / FRAMES_PER_SECOND
    with tempfile.TemporaryDirectory() as folder:
        module = twin.Twin(widths=tuple(wished.width * multiple for multiple in MULTIPLES))
        parameters = sum(parameter.numel() for parameter in module.parameters())
        path = twin.saved(module, Path(folder) / "vae_model.pt")
        state = module.state_dict()
        began = time.perf_counter()
        taken = torchscript.load(path, device=device, trust_files=True)
        opening = time.perf_counter() - began
        program = torchscript.load(path, device=device, native=False, trust_files=True)
    say(f"{parameters:,} parameters (the published file has 156,112,514)")
    say(f"{wished.frames} frames, {length:.2f} s · {device}, {torch.get_num_threads()} threads")
    say(f"opened, hashed and both halves proven in {opening:.1f} s: decoder {taken.decoder}, encoder {taken.encoder}")
    kinds = {
        "TorchScript, weight norm live": program.decode,
        "native, weight norm folded": decoder_from(state, channels_last=False).to(device),
        "native, folded, channels-last": decoder_from(state, channels_last=True).to(device),
    }
    first = 0.0
    for name, work in kinds.items():
        took = seconds(work, latents, device) / length
        first = first or took
        say(f"{name:32} {took:8.3f} s a second of sound   {first / took:5.2f}×")
    audio = torch.randn(1, 2, wished.frames * 2_048, generator=torch.Generator().manual_seed(1)).to(device)
    encoder = encoder_from(state, channels_last=device.type == "cpu").to(device)
    say(f"{'encoder, as it would run':32} {seconds(encoder, audio, device) / length:8.3f} s a second of sound")
    best = decoder_from(state, channels_last=device.type == "cpu").to(device)
    for size in wished.sizes:
        took = seconds(decoded_in(best, size), latents, device) / length
        say(f"{f'in chunks of {size} frames':32} {took:8.3f} s a second of sound")
    say(f"peak memory of the process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
