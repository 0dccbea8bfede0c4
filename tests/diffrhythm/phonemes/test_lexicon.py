"""The model's lexicon is looked up without a Python object for each of its words."""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path

from diffrhythm.phonemes.lexicon import FileLexicon


def test_words_are_found_and_the_last_line_of_a_word_counts(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.txt"
    path.write_bytes("你好\tni3 hao3\r\n你\tni2\n\nno tab here\n\tnothing\n你\tni3\n再见\tzai4 jian4".encode())
    lexicon = FileLexicon(path)
    assert dict(lexicon) == {"你好": "ni3 hao3", "你": "ni3", "再见": "zai4 jian4"}
    assert len(lexicon) == 3
    assert "好" not in lexicon and "" not in lexicon and "no tab here" not in lexicon and "\ud800" not in lexicon


def test_an_empty_file_is_a_lexicon_without_words(tmp_path: Path) -> None:
    (tmp_path / "lexicon.txt").write_bytes(b"")
    assert dict(FileLexicon(tmp_path / "lexicon.txt")) == {}


def test_a_large_lexicon_takes_little_more_than_its_file(tmp_path: Path) -> None:
    luck = random.Random(1)
    words = {"".join(chr(luck.randrange(0x4E00, 0x9FA5)) for _ in range(luck.randrange(1, 5))) for _ in range(20_000)}
    path = tmp_path / "lexicon.txt"
    path.write_text("".join(f"{word}\t{'ma1 ' * len(word)}\n" for word in words), encoding="utf-8")
    tracemalloc.start()
    lexicon = FileLexicon(path)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(lexicon) == len(words) and all(lexicon[word] for word in words)
    assert held < path.stat().st_size + 16 * len(words) + 100_000
