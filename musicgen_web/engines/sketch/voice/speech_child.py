"""The program of the small process that owns espeak-ng's library while a song is sung: texts in, speech out.

It imports nothing of ours and runs on its own (`python speech_child.py LIBRARY DATA`). The request on stdin is a line
of JSON: a list of utterances, each [voice, hertz, rate, text]. Each answer is a line of JSON (sample rate, the phones
and words with the sample each begins at, the count of bytes) and those bytes: 16-bit samples. It ends after the last.
"""

import contextlib
import ctypes
import json
import signal
import sys

_SYNCHRONOUS, _PHONEME_EVENTS, _IN_IPA, _DO_NOT_EXIT = 2, 0x01, 0x02, 0x8000
_UTF8 = 1
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
_VOLUME_PERCENT = 100
_END, _WORD, _PHONE = 0, 1, 7
_LONGEST_SECONDS = 20  # an utterance that takes longer hangs: the process ends itself, even without its parent


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("name", ctypes.c_char * 8),
    ]


_Heard = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


class _Recorder:
    """What espeak hands over while it speaks: samples, and what begins when."""

    def __init__(self) -> None:
        self.samples = bytearray()
        self.events: list[tuple[str, int, str]] = []
        self.callback = _Heard(self._hear)

    def begin(self) -> None:
        self.samples.clear()
        self.events.clear()

    def _hear(self, samples: int | None, count: int, events: "ctypes._Pointer[_Event]") -> int:
        if samples and count > 0:
            self.samples += ctypes.string_at(samples, 2 * count)
        place = 0
        while events[place].type != _END:
            event = events[place]
            if event.type == _PHONE:
                name = bytes(ctypes.string_at(ctypes.addressof(event) + _Event.name.offset, 8)).split(b"\0")[0]
                self.events.append(("phone", event.sample, name.decode(errors="replace")))
            elif event.type == _WORD:
                self.events.append(("word", event.sample, str(event.text_position)))
            place += 1
        return 0


def main(library_path: str, data_path: str) -> None:
    library = ctypes.CDLL(library_path)
    library.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
    library.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
        ctypes.c_void_p, ctypes.c_void_p,
    ]  # fmt: skip
    options = _PHONEME_EVENTS | _IN_IPA | _DO_NOT_EXIT
    sample_rate = library.espeak_Initialize(_SYNCHRONOUS, 0, data_path.encode(), options)
    if sample_rate < 0:
        raise SystemExit("espeak-ng does not start")
    library.espeak_ng_SetRandSeed(1)
    recorder = _Recorder()
    library.espeak_SetSynthCallback(recorder.callback)
    answers = sys.stdout.buffer
    for voice, hertz, rate, text in json.loads(sys.stdin.buffer.readline()):
        recorder.begin()
        _watch(_LONGEST_SECONDS)
        if library.espeak_SetVoiceByName(voice.encode()) == 0:
            library.espeak_SetParameter(_RATE, rate, 0)
            library.espeak_SetParameter(_VOLUME, _VOLUME_PERCENT, 0)
            library.espeak_SetParameter(_RANGE, 0, 0)
            library.espeak_ng_SetConstF0(hertz)
            said = text.encode(errors="replace") + b"\0"
            library.espeak_Synth(said, len(said), 0, 1, 0, _UTF8, None, None)
            library.espeak_Synchronize()
        _watch(0)
        told = {"rate": sample_rate, "events": recorder.events, "bytes": len(recorder.samples)}
        answers.write(json.dumps(told).encode() + b"\n")
        answers.write(recorder.samples)
        answers.flush()


def _watch(seconds: int) -> None:
    if hasattr(signal, "alarm"):  # not on Windows
        signal.alarm(seconds)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        main(*sys.argv[1:])
