"""Lines of a song as espeak-ng speaks them, on one tone: asked of a small process that lives for one song.

Within one process the samples depend on what was said before, so every song has a fresh one and asks for its lines in
order. Where espeak cannot run, or a line is the end of it, that line has no speech and is sung from formants instead.
"""

from __future__ import annotations

import json
import logging
import re
import subprocess
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from diffrhythm.phonemes import english, mandarin, scripts
from diffrhythm.phonemes.espeak import of_the_wheel
from diffrhythm.phonemes.marks import MARKS, one_spelling
from diffrhythm.phonemes.segments import MANDARIN, segments
from musicgen_web.engines.sketch.voice.phones import Uttered, stress_of

_logger = logging.getLogger(__name__)

SPOKEN_RATE = 22_050  # samples a second
TONE_HZ = 105  # a period is 210 samples
WORDS_A_MINUTE = 150
BETWEEN_RUNS = 0.03  # seconds of silence where a line changes its language
LONGEST_SECONDS = 12.0  # for all lines of a song; they take a quarter of a second
WAIT_SECONDS = 0.05

_LETTER_APOSTROPHE = "\u02bc"
_INSIDE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_BEFORE_MARK = re.compile(rf"\s+([{MARKS}])")
_WORD = re.compile(r"[\u4e00-\u9fff]|[^\s\u4e00-\u9fff]*\w[^\s\u4e00-\u9fff]*")
_CHILD = Path(__file__).with_name("speech_child.py")

Utterance = tuple[str, int, int, str]  # voice, tone in Hz, words a minute, text


@dataclass(frozen=True, slots=True)
class Speech:
    """A line as it was spoken: samples at 22 050 Hz (frames,), and its phones, which follow each other without gap."""

    samples: NDArray[np.float32]
    phones: tuple[Uttered, ...]


def speak(
    lines: Sequence[str],
    voices: tuple[str, str],
    breathe: Callable[[], None] = lambda: None,
    command: Callable[[], list[str] | None] | None = None,
    seconds: float = LONGEST_SECONDS,
) -> list[Speech | None]:
    """Let the lines be spoken, English by the first of the voices and Mandarin by the second; None: it could not be."""
    wanted = [utterances(line, voices) for line in lines]
    flat = [utterance for line in wanted for utterance in line]
    said = iter(_said(flat, command or of_the_voice, seconds, breathe))
    return [_joined([next(said) for _ in line], [len(words_of(text)) for *_, text in line]) for line in wanted]


def utterances(line: str, voices: tuple[str, str]) -> list[Utterance]:
    """Part a line by its languages, and write it as espeak is to read it."""
    written = line if segments(line) else scripts.romanised(line) or line
    runs = []
    for segment in segments(written):
        is_mandarin = segment.language == MANDARIN
        text = mandarin.cleaned(segment.text) if is_mandarin else _read_aloud(segment.text)
        if text.strip():
            runs.append((voices[is_mandarin], TONE_HZ, WORDS_A_MINUTE, text))
    return runs


def _read_aloud(text: str) -> str:
    """Write a run of English out as words and marks; an apostrophe inside a word stays in it."""
    kept = _INSIDE.sub(_LETTER_APOSTROPHE, one_spelling(text)).replace("'", " ")
    return _BEFORE_MARK.sub(r"\1", " ".join(english.pieces(kept))).replace(_LETTER_APOSTROPHE, "'")


def words_of(text: str) -> list[re.Match[str]]:
    """Find the words of a line; every Han character is one."""
    return list(_WORD.finditer(text))


def of_the_voice() -> list[str] | None:
    """Return the command that runs the speaking process, or None where espeak-ng is not installed."""
    command = of_the_wheel()
    return None if command is None else [*command[:3], str(_CHILD), *command[4:]]


def _said(
    wanted: list[Utterance], find: Callable[[], list[str] | None], seconds: float, breathe: Callable[[], None]
) -> list[Speech | None]:
    """Ask for all of them at once; what ended a process is left out, and the next one begins behind it."""
    command = find()
    deadline = time.monotonic() + seconds
    said: list[Speech | None] = []
    while command and len(said) < len(wanted) and time.monotonic() < deadline:
        rest = wanted[len(said) :]
        answers = _read(_answered(command, rest, deadline, breathe), [text for *_, text in rest])
        said += answers
        if len(said) < len(wanted):
            _logger.warning("voice.no_speech utterance=%d", len(said))
            said.append(None)
            if not answers:  # not even one: it does not start
                break
    return said + [None] * (len(wanted) - len(said))


def _answered(command: list[str], wanted: list[Utterance], deadline: float, breathe: Callable[[], None]) -> bytes:
    """Run the process once, and return what it said before it ended or was too slow."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError:
        return b""
    request: bytes | None = json.dumps(wanted).encode() + b"\n"
    with process:
        try:
            while True:
                try:
                    out, _ = process.communicate(request, timeout=WAIT_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    request = None
                    breathe()
                    if time.monotonic() > deadline:
                        process.kill()
        finally:
            process.kill()
    return out


def _read(out: bytes, texts: Sequence[str]) -> list[Speech | None]:
    """Read whole answers; a last one that broke off is left out."""
    found: list[Speech | None] = []
    at = 0
    while (end := out.find(b"\n", at)) >= 0:
        head = json.loads(out[at:end])
        at = end + 1 + head["bytes"]
        if at > len(out):
            break
        samples = np.frombuffer(out[end + 1 : at], dtype="<i2").astype(np.float32) / np.float32(32_768.0)
        found.append(_speech(samples, head["rate"], head["events"], texts[len(found)]))
    return found


def _speech(samples: NDArray[np.float32], rate: int, events: list[tuple[str, int, str]], text: str) -> Speech | None:
    if rate != SPOKEN_RATE or not len(samples):
        return None
    ends = [word.end() for word in words_of(text)]
    phones: list[Uttered] = []
    word, is_new_word = 0, True
    for what, sample, name in events:
        if what == "word":  # it tells the place of its first letter, counted from 1
            word, is_new_word = bisect_right(ends, int(name) - 1), True
            continue
        at = min(sample, len(samples)) / rate
        if phones:
            phones[-1] = replace(phones[-1], end=max(at, phones[-1].start))
        phones.append(Uttered(name, at, len(samples) / rate, stress_of(name), is_new_word, word))
        is_new_word = False
    return Speech(samples, tuple(phones)) if any(phone.is_vowel for phone in phones) else None


def _joined(runs: list[Speech | None], words: list[int]) -> Speech | None:
    """Put the runs of a line, of so many words each, in a row; None if one of them could not be spoken."""
    spoken = [run for run in runs if run is not None]
    if not spoken or len(spoken) < len(runs):
        return None
    if len(spoken) == 1:
        return spoken[0]
    gap = np.zeros(round(BETWEEN_RUNS * SPOKEN_RATE), dtype=np.float32)
    phones: list[Uttered] = []
    at, word = 0.0, 0
    for run, count in zip(spoken, words, strict=True):
        for phone in run.phones:
            phones.append(replace(phone, start=phone.start + at, end=phone.end + at, word=phone.word + word))
        at += (len(run.samples) + len(gap)) / SPOKEN_RATE
        word += count
        phones.append(Uttered("", at - BETWEEN_RUNS, at))
    return Speech(np.concatenate([piece for run in spoken for piece in (run.samples, gap)]), tuple(phones))
