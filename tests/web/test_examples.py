"""The words and ideas the desk offers: every style of the house's own band, and nothing it would not understand."""

from __future__ import annotations

from musicgen_web.engines.sketch.style import all_styles
from musicgen_web.engines.sketch.understanding import understand
from musicgen_web.engines.sketch.wishes import read
from musicgen_web.web.examples import IDEAS, WORDS


def test_the_desk_offers_every_style_by_an_idea_and_half_of_them_by_a_word() -> None:
    genres = next(row.words for row in WORDS if row.name == "Genre")
    assert len(set(genres) & set(all_styles())) == len(genres) >= len(all_styles()) / 2
    assert {read(idea).style for idea in IDEAS} == set(all_styles())


def test_every_genre_word_is_read_as_the_style_it_names() -> None:
    genres = next(row.words for row in WORDS if row.name == "Genre")
    assert [read(word).style for word in genres] == list(genres)


def test_no_word_is_offered_that_nothing_would_be_made_of() -> None:
    assert not [word for row in WORDS for word in row.words if understand(word).unknown]
