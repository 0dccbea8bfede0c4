"""The style a song is played in: one of the band's, or a blend of two."""

from __future__ import annotations

from musicgen_web.engines.sketch.style import Style, all_styles
from musicgen_web.engines.sketch.wishes import Wishes


def style_for(wishes: Wishes) -> Style:
    """Return the style of these wishes."""
    return all_styles()[wishes.style]
