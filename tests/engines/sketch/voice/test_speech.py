"""espeak-ng in a process of its own: what it says, and that a song goes on when it cannot."""

from __future__ import annotations

import sys
import time

import numpy as np
import pytest

from musicgen_web.engines.sketch.voice.phones import Kind
from musicgen_web.engines.sketch.voice.singers import VOICES
from musicgen_web.engines.sketch.voice.speech import TONE_HZ, of_the_voice, speak, utterances

LINES = ("hold on to the light", "月亮挂在天上", "hello 你好")
ANSWER = """
import json, sys
for number, (voice, tone, rate, text) in enumerate(json.loads(sys.stdin.readline())):
    {fate}
    events = [["word", 0, "1"], ["phone", 0, "ɑ"]]
    sys.stdout.write(json.dumps({{"rate": 22050, "events": events, "bytes": 8}}, ensure_ascii=True) + "\\n")
    sys.stdout.write("abcdefgh")
    sys.stdout.flush()
"""

needs_espeak = pytest.mark.skipif(of_the_voice() is None, reason="espeak-ng is not installed")


def fated(fate: str) -> list[str]:
    return [sys.executable, "-c", ANSWER.format(fate=fate)]


@needs_espeak
def test_lines_are_spoken_with_their_phones_in_both_languages() -> None:
    english, mandarin, both = speak(LINES, VOICES)
    assert english and mandarin and both
    assert sum(phone.is_vowel for phone in english.phones) == 5
    assert sum(phone.is_vowel for phone in mandarin.phones) == 6
    assert sum(phone.is_vowel for phone in both.phones) == 4
    for speech in (english, mandarin, both):
        starts, ends = ([getattr(phone, edge) for phone in speech.phones] for edge in ("start", "end"))
        assert np.allclose(starts[1:], ends[:-1], atol=1e-4)
        assert abs(ends[-1] - len(speech.samples) / 22_050) < 0.05


@needs_espeak
def test_it_is_spoken_on_one_tone_and_the_same_in_every_process() -> None:
    first, again = speak(LINES[:1], VOICES)[0], speak(LINES[:1], VOICES)[0]
    assert first and again and np.array_equal(first.samples, again.samples)
    vowel = max((phone for phone in first.phones if phone.is_vowel), key=lambda phone: phone.length)
    piece = first.samples[round(vowel.start * 22_050) : round(vowel.end * 22_050)]
    likeness = np.correlate(piece, piece, "full")[len(piece) - 1 :]
    period = 150 + int(np.argmax(likeness[150:300]))
    assert abs(22_050 / period - TONE_HZ) < 1.0
    assert any(phone.kind is Kind.STOP for phone in first.phones)


def test_numbers_short_forms_and_letters_of_other_scripts_are_written_as_they_are_said() -> None:
    ((*_, text),) = utterances("24 stars, don’t cry 'cause I’m runnin' home", VOICES)
    assert text == "twentyfour stars, don't cry cause I'm runnin home"
    ((voice, *_, text),) = utterances("Привет", VOICES)
    assert voice == VOICES[0] and text == "Privet"
    assert utterances("♪ …", VOICES) == []


@needs_espeak
def test_every_vowel_knows_its_word() -> None:
    short, both = speak(("don't you ever leave", "hello 你好 world"), VOICES)
    assert short and both
    assert [phone.word for phone in short.phones if phone.is_vowel] == [0, 1, 2, 2, 3]
    words = [phone.word for phone in both.phones if phone.is_vowel]
    assert words[:3] == [0, 0, 1] and words[-1] == 3  # what Mandarin says as one word counts as its first character


def test_where_it_is_absent_or_does_not_start_no_line_has_speech() -> None:
    assert speak(LINES, VOICES, command=lambda: None) == [None] * 3
    assert speak(LINES, VOICES, command=lambda: ["/no/such/program"]) == [None] * 3
    assert speak(LINES, VOICES, command=lambda: [sys.executable, "-c", "pass"]) == [None] * 3


def test_a_line_that_crashes_it_is_left_out_and_the_others_are_spoken() -> None:
    said = speak(("one", "two", "three"), VOICES, command=lambda: fated("text == 'two' and sys.exit(1)"))
    assert [speech is not None for speech in said] == [True, False, True]


def test_a_line_that_hangs_it_ends_with_it_in_time_and_others_wait_no_longer() -> None:
    hang = "text == 'two' and __import__('time').sleep(60)"
    breaths: list[float] = []
    begun = time.monotonic()
    said = speak(
        ("one", "two"), VOICES, lambda: breaths.append(time.monotonic()), command=lambda: fated(hang), seconds=0.4
    )
    assert [speech is not None for speech in said] == [True, False]
    assert len(breaths) >= 3 and breaths[-1] - begun < 10.0


def test_who_cancels_while_it_speaks_leaves_no_process() -> None:
    class Cancelled(Exception):
        pass

    def cancel() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        speak(("two",), VOICES, cancel, command=lambda: fated("__import__('time').sleep(60)"))
