"""Lines of lyrics into the phones the model sings: the front door of this room."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from diffrhythm.phonemes import english, mandarin, notices, scripts
from diffrhythm.phonemes.espeak import Espeak, Spoken
from diffrhythm.phonemes.lexicon import FileLexicon
from diffrhythm.phonemes.mandarin import Polyphone, Word
from diffrhythm.phonemes.notices import Notice
from diffrhythm.phonemes.phone import PRIMARY, UNSTRESSED, Phone
from diffrhythm.phonemes.polyphone import Polyphones
from diffrhythm.phonemes.readings import ReadingLexicon, WithReadings, read_in_context
from diffrhythm.phonemes.segments import ENGLISH, Segment, segments
from diffrhythm.phonemes.vocabulary import IDS, TONES, phone_ids

LEXICON, POLYPHONES = "chinese_lexicon.txt", "g2p_chinese_model"  # as the model's authors name them, in g2p/sources
_KEPT_LINES = 4_096
_COUNTING_COMMA = re.compile(r",(?![0-9]{3}(?![0-9]))")  # as in 3,2,1; the comma of 12,000 belongs to the number


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a line in one language with its phones; `words` (Mandarin only) are its words and syllables."""

    segment: Segment
    phones: tuple[Phone, ...]
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """How a line is sung. `refusal` says why nothing of it can be; a blank line is neither sung nor refused."""

    text: str
    runs: tuple[Run, ...] = ()
    ids: tuple[int, ...] = ()
    refusal: Notice | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def phones(self) -> tuple[str, ...]:
        """The phones in a row, also those without a number."""
        return tuple(phone.symbol for run in self.runs for phone in run.phones)

    @property
    def is_silent(self) -> bool:
        return not self.ids


class Pronouncer:
    """Reads lines, each once, for any thread. Starts nothing and reads no file before a line needs it.

    `contracted`: "don't" is one word, as everybody says it; else it is what the model learned.
    """

    def __init__(
        self,
        espeak: Espeak | None = None,
        lexicon: Mapping[str, str] | None = None,
        polyphone: Polyphone = read_in_context,
        *,
        contracted: bool = False,
    ) -> None:
        self.espeak = espeak or Espeak()
        self._lexicon = ReadingLexicon() if lexicon is None else lexicon
        self._polyphone = polyphone
        self._contracted = contracted
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Pronunciation] = OrderedDict()

    @classmethod
    def in_folder(cls, sources: Path, espeak: Espeak | None = None) -> Pronouncer:
        """Read Mandarin with the model's own lexicon and network, each where this folder has its files."""
        file = sources / LEXICON
        lexicon = WithReadings(FileLexicon(file)) if file.is_file() else None
        return cls(espeak, lexicon, Polyphones.in_folder(sources / POLYPHONES) or read_in_context)

    def __enter__(self) -> Pronouncer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End espeak's process. It starts again if another line asks for it."""
        self.espeak.close()

    def line(self, text: str) -> Pronunciation:
        return self.lines([text])[0]

    def lines(self, texts: Sequence[str]) -> list[Pronunciation]:
        """Read many lines; espeak is asked once for all that are new."""
        with self._lock:
            known = {text: self._known[text] for text in texts if text in self._known}
        fresh = {text: self._runs_of(text) for text in texts if text not in known}
        parts = [
            english.pieces(segment.text, contracted=self._contracted)
            for found in fresh.values()
            for segment in found
            if segment.language == ENGLISH
        ]
        spoken = iter(self.espeak.speak([stretch for part in parts for stretch in english.stretches(part)]))
        for text, found in fresh.items():
            known[text] = self._pronounced(text, found, spoken)
        with self._lock:
            for text in texts:
                if not any(notice.code == notices.BY_RULE for notice in known[text].notices):
                    self._known[text] = known[text]
                    self._known.move_to_end(text)
            while len(self._known) > _KEPT_LINES:
                self._known.popitem(last=False)
        return [known[text] for text in texts]

    def _runs_of(self, text: str) -> tuple[Segment, ...]:
        return segments(singable(text))

    def _pronounced(self, text: str, found: Sequence[Segment], spoken: Iterator[Spoken]) -> Pronunciation:
        if not found:
            return Pronunciation(text, refusal=refusal(text))
        runs, by_rule = list[Run](), list[str]()
        for place, segment in enumerate(found):
            if segment.language == ENGLISH:
                parts = english.pieces(segment.text, contracted=self._contracted)
                stretches = english.stretches(parts)
                said = [next(spoken) for _ in stretches]
                by_rule += [stretch for stretch, answer in zip(stretches, said, strict=True) if answer.by_rule]
                phones = english.phones(parts, [answer.ipa for answer in said])
                if place == len(found) - 1 and phones and phones[-1].is_gap:
                    phones.pop()
                runs.append(Run(segment, tuple(phones)))
            else:
                words = mandarin.words(segment.text, self._lexicon, self._polyphone)
                runs.append(Run(segment, tuple(_mandarin_phones(words)), words))
        ids = phone_ids(phone.symbol for run in runs for phone in run.phones)
        return Pronunciation(text, tuple(runs), ids, notices=tuple(_remarks(text, runs, by_rule)))


def singable(text: str) -> str:
    """Return the line as it is read: itself where it has Latin letters or Han; else its digits as English number words,
    and accented or wide letters (é, Ａ) as plain ones."""
    if segments(text) or scripts.foreign_scripts(text):
        return text
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    plain = "".join(str(unicodedata.decimal(char, char)) for char in plain)
    if not segments(plain):
        counted = _COUNTING_COMMA.sub(", ", plain)
        plain = " ".join(english.pieces(counted))
    return plain


def refusal(text: str) -> Notice | None:
    """Say why a line without a word to sing is refused; a blank one is not: it is a pause."""
    if not text.strip():
        return None
    found = scripts.foreign_scripts(text)
    if not found:
        return Notice(
            notices.NO_WORDS,
            "There is nothing here that can be sung. Write words, or leave the line empty for a pause.",
            "",
        )
    if found == (scripts.RARE_HAN,):
        return Notice(
            notices.RARE_CHARACTER, "These Han characters are too rare to be sung. Write others that sound the same."
        )
    return Notice(
        notices.FOREIGN_SCRIPT,
        f"This line is in {_listed(found)}. English and Mandarin are sung: write it in Latin letters, as it sounds.",
        scripts.romanised(text),
    )


def _mandarin_phones(words: Sequence[Word]) -> Iterator[Phone]:
    for word in words:
        for syllable in word.syllables:
            sung = [phone in IDS for phone in syllable]
            core = len(syllable) - 1 - sung[::-1].index(True) if any(sung) else -1
            for place, symbol in enumerate(syllable):
                is_nucleus = place == core and not (Phone(symbol).is_mark or Phone(symbol).is_gap)
                yield Phone(symbol, PRIMARY if is_nucleus and symbol.endswith(TONES) else UNSTRESSED, is_nucleus)


def _remarks(text: str, runs: Sequence[Run], by_rule: Sequence[str]) -> Iterator[Notice]:
    for run in runs:
        is_english = run.segment.language == ENGLISH
        foreign = [name for name in scripts.foreign_scripts(run.segment.text) if name != scripts.RARE_HAN]
        if any(map(scripts.is_wide, run.segment.text)):
            foreign.append("wide Latin letters")
        if not is_english and any(map(scripts.is_accented, run.segment.text)):
            foreign.append("accented letters")
        if foreign and is_english:
            message = f"Spelled out, letter by letter: {_listed(foreign)}."
            yield Notice(notices.SPELLED_OUT, message, scripts.romanised(text))
        elif foreign:
            message = f"Not sung within a Mandarin line: {_listed(foreign)}."
            suggestion = scripts.romanised(text)
            yield Notice(notices.LEFT_OUT, message, None if suggestion == text else suggestion)
        rare = [char for char in run.segment.text if scripts.script_of(char) == scripts.RARE_HAN]
        rare += [char for char in "".join(phone.symbol for phone in run.phones) if "\u4e00" <= char <= "\u9fff"]
        if rare:
            message = f"Too rare to be sung, and left out: {' '.join(dict.fromkeys(rare))}"
            yield Notice(notices.RARE_CHARACTER, message)
        if run.words and mandarin.cleaned(run.segment.text).endswith("不"):
            message = "不 is swallowed at the end of a line. Let a word follow it."
            yield Notice(notices.SWALLOWED, message)
    if by_rule:
        message = "espeak-ng did not answer: the English of this line is pronounced by simple rules."
        yield Notice(notices.BY_RULE, message)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
