"""Every style as a short song, and three sung ones, with their pictures and figures on one page: `make gallery`.

Run by hand: `python -m bench.gallery [names of styles or songs]`. It writes into artefacts/gallery, which is not in the
repository, and prints what it measured: open artefacts/gallery/index.html and listen.
"""

from __future__ import annotations

import html
import sys
import time
from pathlib import Path

import numpy as np
import pyloudnorm
import soundfile
from numpy.typing import NDArray
from scipy import signal

from bench.pictures import draw
from musicgen_web.engines.base import SongRequest
from musicgen_web.engines.sketch.compose import compose
from musicgen_web.engines.sketch.engine import Sketch
from musicgen_web.engines.sketch.multitrack import write_stems
from musicgen_web.engines.sketch.score import Score
from musicgen_web.engines.sketch.style import all_styles

FOLDER = Path(__file__).parents[1] / "artefacts" / "gallery"
SECONDS, SEED = 24.0, 5

LAMP = """[Verse]
The kettle hums a minor third
The window keeps its light
I wrote you every second word
And sent them off by night
[Chorus]
Leave the lamp on, leave the door
I am on my way
Every road I knew before
Turned around today
[Verse]
The harbour counts the boats it lost
The radio plays low
I know exactly what it cost
And where I have to go
[Chorus]
Leave the lamp on, leave the door
I am on my way
Every road I knew before
Turned around today
"""
RIVER = """[ti:River]
[00:08.00]Slowly the river carries the evening
[00:15.00]Over the stones and under the hill
[00:22.00]Everyone left, and nobody told me
[00:29.00]Why I am standing here by it still
[00:37.00]Oh, take me down, take me down to the water
[00:45.00]Oh, let me go, let me go where it goes
"""
MOON = """[Verse]
月亮照着小河
晚风轻轻地吹
我在桥上等你
等到星星都睡
[Chorus]
回来吧 回来吧
灯还亮着呢
回来吧 回来吧
我还在这里
"""
SUNG = {  # name → prompt, seed, seconds, lyrics
    "sung: the lamp": ("warm indie folk, female vocals", 3, 75.0, LAMP),
    "sung: the river": ("slow ballad, male vocals, 66 bpm", 4, 62.0, RIVER),
    "sung: 月亮": ("温暖的流行, 女声", 6, 48.0, MOON),
}

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>The sketch band</title>
<style>body{font:16px/1.5 system-ui;max-width:62rem;margin:2rem auto;padding:0 1rem}img{width:100%}audio{width:100%}
figure{margin:0 0 3rem}figcaption{margin:.5rem 0}</style><h1>The sketch band</h1>
"""


def main() -> None:
    chosen = sys.argv[1:]
    FOLDER.mkdir(parents=True, exist_ok=True)
    songs = {name: (name, SEED, SECONDS, "") for name in all_styles()} | SUNG
    band, page = Sketch(), [_PAGE]
    for number, (name, (prompt, seed, seconds, lyrics)) in enumerate(songs.items()):
        if chosen and name not in chosen:
            continue
        request = SongRequest(prompt=prompt, engine="sketch", seed=seed, duration=seconds, lyrics=lyrics)
        page.append(_shown(band, f"{number:02}", name, request))
        (FOLDER / "index.html").write_text("".join(page), encoding="utf-8")


def _shown(band: Sketch, number: str, name: str, request: SongRequest) -> str:
    path = FOLDER / f"{number}.flac"
    begun = time.process_time()
    song = band.generate(request, path, lambda step: None)
    spent = time.process_time() - begun
    samples, rate = soundfile.read(path)
    score = compose(request)
    draw(path.with_suffix(".png"), samples, rate, score, _voice(request, score, FOLDER / number))
    told = f"{song.plan['summary']} · {figures(samples, rate)} · {request.duration / spent:.0f}× real time"
    sys.stdout.write(f"{name}: {told}\n")
    lyrics = f"<pre>{html.escape(request.lyrics)}</pre>" if request.lyrics else ""
    return (
        f'<figure><h2>{html.escape(name)}</h2><audio controls preload="none" src="{path.name}"></audio>'
        f'<figcaption>{html.escape(told)}</figcaption>{lyrics}<img src="{number}.png" loading="lazy" alt=""></figure>\n'
    )


def _voice(request: SongRequest, score: Score, folder: Path) -> NDArray[np.float64] | None:
    if not any(part.lines for part in score.parts):
        return None
    stems = {path.stem: path for path in write_stems(request, folder, lambda step: None)}
    samples: NDArray[np.float64] = soundfile.read(stems["voice"])[0]
    return samples


def figures(samples: NDArray[np.float64], rate: int) -> str:
    """Return what can be measured of a song (frames, 2) in a line."""
    middle, side = samples.mean(axis=1), (samples[:, 0] - samples[:, 1]) / 2
    peak = np.abs(signal.resample_poly(samples, 4, 1, axis=0)).max()
    loudness = pyloudnorm.Meter(rate).integrated_loudness(samples)
    alone = pyloudnorm.Meter(rate).integrated_loudness(np.stack([middle, middle], axis=1))
    width = 10 * np.log10((side**2).mean() / (middle**2).mean())
    return (
        f"{loudness:.1f} LUFS · {20 * np.log10(peak):.1f} dBTP · side/mid {width:.1f} dB · "
        f"mono {alone - loudness:+.1f} LU"
    )


if __name__ == "__main__":
    main()
