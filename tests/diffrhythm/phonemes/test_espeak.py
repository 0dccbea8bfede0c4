"""espeak-ng works in a process of its own: whatever becomes of it, lyrics are pronounced."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from diffrhythm.phonemes import espeak as espeak_room
from diffrhythm.phonemes.espeak import Espeak, Spoken, of_the_wheel

ROOT = Path(__file__).parents[3]

ECHO = """
import os, sys, time
print("ready", flush=True)
while count := sys.stdin.readline():
    for text in [sys.stdin.readline().strip() for _ in range(int(count))]:
        if text == "crash": os._exit(1)
        if text == "hang": time.sleep(60)
        print("said", text)
    sys.stdout.flush()
"""
SILENT = "import time; time.sleep(60)"
BROKEN = "raise SystemExit(1)"


def running(program: str) -> Callable[[], list[str]]:
    return lambda: [sys.executable, "-I", "-S", "-c", program]


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE}


@pytest.fixture
def echo() -> Iterator[Espeak]:
    with Espeak(running(ECHO), timeout_seconds=1.5) as speaker:
        yield speaker


def test_the_library_speaks_from_the_wheel_and_is_never_in_this_process(espeak: Espeak) -> None:
    assert espeak.speak(["hello", "little world", ""]) == [
        Spoken("h_ə_l_ˈoʊ"),
        Spoken("l_ˈɪ_ɾ_əl w_ˈɜː_l_d"),
        Spoken(""),
    ]
    assert "espeakng_loader" not in sys.modules
    if Path("/proc/self/maps").exists():
        assert "espeak" not in Path("/proc/self/maps").read_text(encoding="utf-8")


def test_nothing_is_started_before_the_first_text_and_nothing_is_left_after_the_end() -> None:
    before = children()
    with Espeak() as speaker:
        assert speaker.speak([]) == [] and children() == before
        assert speaker.speak(["one"])[0].ipa and len(children() - before) == 1
    assert children() == before
    assert speaker.speak(["two"])[0] == Spoken("t_ˈuː")
    speaker.close()
    speaker.close()


def test_a_text_that_ends_it_is_sounded_by_rule_and_all_others_are_not(echo: Espeak) -> None:
    assert echo.speak(["a", "crash", "b"]) == [Spoken("said a"), Spoken("k_ɹ_ˈæ_ʃ", by_rule=True), Spoken("said b")]
    assert echo.speak(["after"]) == [Spoken("said after")]


def test_a_text_on_which_it_hangs_is_given_up() -> None:
    with Espeak(running(ECHO), timeout_seconds=0.4) as speaker:
        assert speaker.speak(["hang"]) == [Spoken("h_ˈæ_ŋ", by_rule=True)]
        assert speaker.speak(["after"]) == [Spoken("said after")]


def test_killed_between_two_texts_it_is_started_again() -> None:
    before = children()
    with Espeak() as speaker:
        speaker.speak(["one"])
        (child,) = children() - before
        os.kill(child, getattr(signal, "SIGKILL", signal.SIGTERM))
        psutil.wait_procs([psutil.Process(child)], timeout=5)
        assert speaker.speak(["two", "love"]) == [Spoken("t_ˈuː"), Spoken("l_ˈʌ_v")]


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs a signal that stops a process")
def test_stopped_in_the_middle_it_is_replaced() -> None:
    before = children()
    with Espeak(timeout_seconds=0.4) as speaker:
        speaker.speak(["one"])
        (child,) = children() - before
        os.kill(child, signal.SIGSTOP)
        assert speaker.speak(["two"]) == [Spoken("t_ˈuː")]
        assert child not in children()


def test_hanging_on_every_text_it_is_given_up_after_a_few() -> None:
    begun = time.monotonic()
    with Espeak(running(ECHO), timeout_seconds=0.3) as speaker:
        assert all(spoken.by_rule for spoken in speaker.speak(["hang"] * 200))
        assert time.monotonic() - begun < 0.3 * (espeak_room._FAILURES + 2) + 2
        assert speaker.speak(["a"])[0].by_rule


@pytest.mark.parametrize("program", [BROKEN, SILENT], ids=["breaks off", "says nothing"])
def test_a_process_that_does_not_start_is_not_tried_for_ever(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    starts: list[None] = []

    def command() -> list[str]:
        starts.append(None)
        return running(program)()

    with Espeak(command, timeout_seconds=0.2) as speaker:
        assert [spoken.by_rule for spoken in speaker.speak(["love", "me", "do", "now", "so"])] == [True] * 5
        assert len(starts) == espeak_room._FAILURES
        assert speaker.speak(["again"])[0].by_rule and len(starts) == espeak_room._FAILURES
        now = time.monotonic()
        monkeypatch.setattr(espeak_room.time, "monotonic", lambda: now + 2 * espeak_room._PAUSE_SECONDS)
        speaker.speak(["later"])
        assert len(starts) > espeak_room._FAILURES


def test_without_the_wheel_or_the_program_the_rules_speak(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Espeak(lambda: ["/no/such/program"]).speak(["love"]) == [Spoken("l_ʌ_v", by_rule=True)]
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert of_the_wheel() is None
    assert Espeak().speak(["love"]) == [Spoken("l_ʌ_v", by_rule=True)]


def test_line_ends_and_odd_characters_inside_a_text_do_not_shift_the_answers(espeak: Espeak) -> None:
    said = espeak.speak(["one\ntwo", "\x00\x1b", "a\ud800", "b\r\n" * 50, "three\u2028four", "five"])
    assert said[0].ipa == "w_ˈʌ_n t_ˈuː"
    assert said[-1] == Spoken("f_ˈaɪ_v")
    assert not any(spoken.by_rule for spoken in said)


def test_many_threads_share_it_and_each_gets_its_own_answers(espeak: Espeak) -> None:
    words = ["one", "two", "three", "four", "five", "six"]
    expected = espeak.speak(words)
    together = threading.Barrier(4)

    def ask(turn: int) -> bool:
        together.wait(timeout=10)
        order = words[turn:] + words[:turn]
        return all(espeak.speak(order) == expected[turn:] + expected[:turn] for _ in range(20))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, range(4)))


def test_a_batch_larger_than_any_pipe_goes_through(espeak: Espeak) -> None:
    assert espeak.speak(["hello " * 80] * 400)[-1].ipa.startswith("h_ə_l_ˈoʊ")


def test_it_ends_with_its_parent() -> None:
    program = (  # it ends without a chance to tidy up
        "import os; from diffrhythm.phonemes.espeak import Espeak; import psutil\n"
        "e = Espeak(); e.speak(['hello']); print(psutil.Process().children()[0].pid, flush=True); os._exit(9)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=30
    )
    assert ran.returncode == 9
    try:
        psutil.Process(int(ran.stdout)).wait(timeout=5)
    except psutil.NoSuchProcess:
        return
