"""Phones on notes: the vowel on the beat, consonants before it, and only what can be held is held."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from musicgen_web.engines.sketch.voice.phones import LONGEST, Kind, Uttered, kind_of
from musicgen_web.engines.sketch.voice.timing import CONSONANTS_MOST, EARLY, SungNote, lay, matched, nuclei, shared

NATURAL = {"vowel": 0.16, "pause": 0.05}


def spoken(words: str) -> list[Uttered]:
    """Phones parted by dots, words by spaces: "s.t.ɑː.ɹ.z ʃ.aɪ.n"."""
    found: list[Uttered] = []
    at = 0.0
    for word in words.split():
        for place, symbol in enumerate(word.split(".")):
            length = NATURAL.get(kind_of(symbol), 0.12)
            found.append(Uttered(symbol, at, at + length, 0, place == 0))
            at += length
    return found


def notes(*lengths: float, rest: float = 0.0) -> list[SungNote]:
    found, at = [], 1.0
    for length in lengths:
        found.append(SungNote(at, at + length, 60.0, 0.7))
        at += length + rest
    return found


LINE = spoken("s.t.ɑː.ɹ.z ʃ.aɪ.n ə.b.ʌ.v ð.ə s.t.ɹ.iː.t")


def test_every_vowel_begins_on_its_note_and_its_consonants_lie_before() -> None:
    sung = notes(0.4, 0.3, 0.2, 0.3, 0.5, 1.5)
    laid = lay(LINE, sung)
    vowels = [piece for piece in laid if piece.phone.is_vowel]
    assert [round(vowel.start + EARLY, 6) for vowel in vowels] == [round(note.start, 6) for note in sung]
    assert [piece.phone.symbol for piece in laid] == [phone.symbol for phone in LINE]
    assert laid[0].start < sung[0].start - 0.1


def test_phones_follow_each_other_without_overlap_however_fast_the_line_is() -> None:
    for length in (0.08, 0.12, 0.3, 2.0):
        for rest in (0.0, 0.05, 0.4):
            laid = lay(LINE, notes(*[length] * 6, rest=rest))
            assert all(piece.end > piece.start for piece in laid)
            overlap = [before.end - after.start for before, after in pairwise(laid)]
            assert max(overlap) < 1e-9


def test_consonants_leave_the_vowel_its_share_and_never_last_longer_than_they_may() -> None:
    for length in (0.15, 0.25, 1.0):
        sung = notes(*[length] * 6)
        laid = lay(LINE, sung)
        for piece in laid:
            if not piece.phone.is_vowel:
                assert piece.end - piece.start <= LONGEST[piece.phone.kind] + 1e-9
        for piece in laid[:-1]:
            if piece.phone.is_vowel:
                assert piece.end - piece.start > (1.0 - CONSONANTS_MOST) * (length - EARLY) - 0.02


def test_only_the_middle_of_a_vowel_is_stretched() -> None:
    (held,) = lay(spoken("ɑː"), notes(2.0))
    slopes = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(held.knots)]
    assert np.allclose([slopes[0], slopes[-1]], 1.0)
    assert slopes[1] < 0.05


def test_a_diphthong_glides_at_its_end_and_a_rising_one_at_its_start() -> None:
    (late,), (early,) = lay(spoken("aɪ"), notes(2.0)), lay(spoken("iɛ"), notes(2.0))

    def place(knots: tuple[tuple[float, float], ...], second: float) -> float:
        return float(np.interp(second, *np.transpose(knots))) / 0.16

    assert place(late.knots, 2.8) < 0.45
    assert place(early.knots, 1.2) > 0.55


def test_a_line_with_more_or_fewer_vowels_than_notes_is_sung_whole() -> None:
    for count in range(1, 10):
        sung = notes(*[0.3] * count)
        laid = lay(LINE, sung)
        assert [piece.phone.symbol for piece in laid] == [phone.symbol for phone in LINE]
        spans = shared(6, sung)
        assert all(before.end <= after.start + EARLY + 1e-9 for before, after in pairwise(spans))
    assert lay(LINE, []) == [] and lay(spoken("s.t"), notes(1.0)) == []


def test_where_counts_differ_every_word_keeps_its_own_notes() -> None:
    sung = [replace(note, word=word) for note, word in zip(notes(*[0.3] * 6), (0, 0, 1, 2, 3, 4), strict=True)]
    spans = matched([0, 1, 2, 3, 4], sung)
    assert [round(span.start + EARLY, 6) for span in spans] == [1.0, 1.6, 1.9, 2.2, 2.5]
    assert spans[0].end == sung[1].end
    assert len(matched([0, 0, 1, 3, 3, 3, 4, 4], sung)) == 8


def test_consonants_between_vowels_go_where_a_word_or_an_english_syllable_begins() -> None:
    def parted(words: str) -> list[str]:
        return ["".join(p.symbol for p in (*one.onset, one.vowel, *one.coda)) for one in nuclei(spoken(words))]

    assert parted("l.ɔ.s.t ɹ.ɪ.v.ɚ.z") == ["lɔst", "ɹɪ", "vɚz"]
    assert parted("w.ɪ.n.d.oʊ") == ["wɪn", "doʊ"]
    assert parted("s.ɪ.ŋ.ɪ.ŋ") == ["sɪŋ", "ɪŋ"]
    assert parted("m.ɪ.s.t.ɹ.i") == ["mɪ", "stɹi"]


def test_every_sound_of_english_and_mandarin_has_its_kind() -> None:
    wanted = {
        Kind.VOWEL: "ˈɑː ə aɪɚ əl yɛ iɑ n̩ ˌɔ",
        Kind.STOP: "p t k ʔ th",
        Kind.SOFT_STOP: "b d ɡ",
        Kind.HISS: "s ʃ f θ h x ɕ s.",
        Kind.BUZZ: "z ʒ v ð dʒ",
        Kind.AFFRICATE: "tʃ ts ts.h tɕ",
        Kind.NASAL: "m n ŋ",
        Kind.LIQUID: "l ɹ ɾ",
        Kind.GLIDE: "j w",
    }
    for kind, symbols in wanted.items():
        assert {symbol: kind_of(symbol) for symbol in symbols.split()} == dict.fromkeys(symbols.split(), kind)
    assert kind_of("") is Kind.PAUSE
