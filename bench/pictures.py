"""Pictures of a song to listen by: waveform, loudness, spectrogram, piano roll, chroma, likeness, a voice's pitch."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy import signal

from musicgen_web.engines.sketch.score import Score

mpl.use("Agg")
mpl.rcParams["font.family"] = ["DejaVu Sans", "Noto Sans CJK SC", "sans-serif"]

Array = NDArray[np.float64]

HZ = 11_025  # what the pictures are drawn from
HOP, FRAME = 512, 2_048
COLOURS = {
    "drums": "#999999", "bass": "#8b5a2b", "chords": "#3b7dd8", "pad": "#7fb069", "lead": "#d1495b", "voice": "#6b3fa0",
}  # fmt: skip
WINDOW = 0.4  # seconds of one point of the loudness curve
LOWEST_HZ, HIGHEST_HZ = 70.0, 900.0  # where a voice's pitch is looked for


def draw(path: Path, samples: Array, rate: int, score: Score, voice: Array | None = None) -> None:
    """Draw a song (frames, 2) into a PNG; `voice` (frames, 2) is its voice alone."""
    middle = signal.resample_poly(samples.mean(axis=1), HZ, rate)
    rows = 5 + (voice is not None)
    figure, axes = plt.subplots(rows, 1, figsize=(14, 3 * rows), constrained_layout=True)
    _waveform(axes[0], middle, score)
    power = _spectrogram(axes[1], middle)
    _roll(axes[2], score)
    chroma = _chroma(power)
    axes[3].imshow(chroma, aspect="auto", origin="lower", extent=(0, score.duration, 0, 12), cmap="magma")
    axes[3].set_yticks(np.arange(12) + 0.5, ["C", "", "D", "", "E", "F", "", "G", "", "A", "", "B"])
    axes[3].set_title("chroma")
    _likeness(axes[4], power, chroma, score.duration)
    if voice is not None:
        _pitch(axes[5], signal.resample_poly(voice.mean(axis=1), HZ, rate), score)
    figure.savefig(path, dpi=60)
    plt.close(figure)


def _waveform(axes: Axes, middle: Array, score: Score) -> None:
    seconds = np.arange(len(middle)) / HZ
    axes.plot(seconds, middle, lw=0.3, color="#555555")
    size = round(WINDOW * HZ)
    frames = middle[: len(middle) // size * size].reshape(-1, size)
    level = 10 * np.log10((frames**2).mean(axis=1) + 1e-9)
    beside = axes.twinx()
    beside.plot((np.arange(len(level)) + 0.5) * WINDOW, level, color="#d1495b")
    beside.set_ylim(-45, 0)
    for section in score.sections:
        axes.axvline(score.seconds(section.start), color="black", lw=0.6)
        axes.text(score.seconds(section.start), 1.02, section.name, fontsize=8)
    axes.set_xlim(0, score.duration)
    axes.set_ylim(-1, 1)


def _spectrogram(axes: Axes, middle: Array) -> Array:
    hz, seconds, spectra = signal.stft(middle, HZ, nperseg=FRAME, noverlap=FRAME - HOP)
    power = np.abs(spectra) ** 2
    axes.pcolormesh(
        seconds, hz[1:], 10 * np.log10(power[1:] + 1e-10), vmin=-80, vmax=-15, cmap="magma", rasterized=True
    )
    axes.set_yscale("log")
    axes.set_ylim(40, HZ / 2)
    return np.asarray(power)


def _roll(axes: Axes, score: Score) -> None:
    for part in score.parts:
        if part.role == "drums":
            continue
        for note in part.notes:
            start, end = score.seconds(note.start), score.seconds(note.start + note.length)
            axes.plot([start, end], [note.pitch] * 2, color=COLOURS[part.role], lw=1 + 3 * note.velocity, alpha=0.8)
        for line in part.lines[:40]:
            for syllable in line.syllables:
                axes.text(score.seconds(syllable.note.start), syllable.note.pitch + 1, syllable.text, fontsize=6)
    for chord in score.chords:
        axes.text(score.seconds(chord.start), 24, chord.symbol, fontsize=6, rotation=90)
    axes.set_xlim(0, score.duration)
    axes.set_title(f"{score.style} · {score.tempo:.1f} bpm · {score.key} {score.mode} · {score.metre.name}")


def _chroma(power: Array) -> Array:
    hz = np.fft.rfftfreq(FRAME, 1 / HZ)[5:]
    classes = np.round(12 * np.log2(hz / 261.63)).astype(int) % 12
    chroma = np.stack([power[5:][classes == one].sum(axis=0) for one in range(12)])
    return np.asarray(chroma / (chroma.max(axis=0) + 1e-12))


def _likeness(axes: Axes, power: Array, chroma: Array, duration: float) -> None:
    """Show which half seconds sound alike: what returns lies on a line beside the diagonal."""
    bands = np.array_split(10 * np.log10(power[4:400] + 1e-9), 12)
    heard = np.concatenate([np.stack([band.mean(axis=0) for band in bands]) / 20, chroma])
    step = max(1, round(0.5 * HZ / HOP))
    heard = heard[:, : heard.shape[1] // step * step].reshape(len(heard), -1, step).mean(axis=2)
    heard = (heard - heard.mean(axis=1, keepdims=True)) / (heard.std(axis=1, keepdims=True) + 1e-9)
    heard /= np.linalg.norm(heard, axis=0) + 1e-9
    axes.imshow(heard.T @ heard, origin="lower", extent=(0, duration, 0, duration), cmap="viridis", vmin=-0.5)
    axes.set_title("what sounds like what")


def _pitch(axes: Axes, voice: Array, score: Score) -> None:
    """Show the voice's pitch by autocorrelation over the notes it was given."""
    size, hop = 1_024, 256
    shortest, longest = int(HZ / HIGHEST_HZ), int(HZ / LOWEST_HZ)
    for start in range(0, len(voice) - 2 * size, hop):
        frame = voice[start : start + size] * np.hanning(size)
        if np.abs(frame).max() < 0.01:
            continue
        spectrum = np.fft.rfft(frame, 2 * size)
        likeness = np.fft.irfft(np.abs(spectrum) ** 2)[: longest + 1]
        lag = shortest + int(np.argmax(likeness[shortest:]))
        if likeness[lag] > 0.5 * likeness[0]:
            axes.plot((start + size / 2) / HZ, 69 + 12 * np.log2(HZ / lag / 440), ".", ms=2, color=COLOURS["voice"])
    for part in score.parts:
        for note in part.notes if part.role == "voice" else ():
            axes.plot(
                [score.seconds(note.start), score.seconds(note.start + note.length)], [note.pitch] * 2, color="#bbbbbb"
            )
    axes.set_xlim(0, score.duration)
    axes.set_title("the voice's pitch, and the notes it sings")
