"""The program of the small process that owns espeak-ng's library: it reads texts on stdin and writes phones on stdout.

It imports nothing of ours and runs on its own (`python espeak_child.py LIBRARY DATA`). A request is a line with the
number of texts, then one text a line; the answer is one line of phones for each. It ends when stdin ends.
"""

import contextlib
import ctypes
import signal
import sys

_SYNCHRONOUS, _DO_NOT_EXIT = 2, 0x8000
_UTF8 = 1
_IPA_BETWEEN_UNDERSCORES = 0x02 | ord("_") << 8
_LONGEST_SECONDS = 30  # a request that takes longer hangs: the process ends itself, even without its parent


def main(library_path: str, data_path: str) -> None:
    library = ctypes.CDLL(library_path)
    library.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
    library.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
    library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    if library.espeak_Initialize(_SYNCHRONOUS, 0, data_path.encode(), _DO_NOT_EXIT) < 0:
        raise SystemExit("espeak-ng does not start")
    if library.espeak_SetVoiceByName(b"en-us") != 0:
        raise SystemExit("espeak-ng has no voice en-us")
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    answers.write(b"ready\n")
    answers.flush()
    while count := asked.readline():
        texts = [asked.readline().rstrip(b"\r\n") for _ in range(int(count))]
        _watch(_LONGEST_SECONDS)
        answers.write(b"".join(_phones(library, text) + b"\n" for text in texts))
        _watch(0)
        answers.flush()


def _phones(library: ctypes.CDLL, text: bytes) -> bytes:
    rest = ctypes.c_char_p(text)
    clauses = []
    while rest.value:  # one clause a call
        clauses.append(library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA_BETWEEN_UNDERSCORES) or b"")
    return b" ".join(b" ".join(clauses).split())


def _watch(seconds: int) -> None:
    if hasattr(signal, "alarm"):  # not on Windows
        signal.alarm(seconds)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        main(*sys.argv[1:])
