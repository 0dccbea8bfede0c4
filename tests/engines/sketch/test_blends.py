"""Two styles in one song, and the sound of a time."""

from __future__ import annotations

from itertools import pairwise

import pytest

from musicgen_web.engines.base import SongRequest
from musicgen_web.engines.sketch import compose
from musicgen_web.engines.sketch.band import chairs, seat
from musicgen_web.engines.sketch.blends import blended, style_for
from musicgen_web.engines.sketch.eras import ERAS, dated
from musicgen_web.engines.sketch.style import Style, all_styles
from musicgen_web.engines.sketch.understanding import understand
from musicgen_web.engines.sketch.wishes import read


def instruments(style: Style, *roles: str) -> set[str]:
    return {player.instrument for player in style.band if player.role in roles}


def test_a_blend_has_the_groove_of_the_first_and_the_harmony_and_colours_of_the_second() -> None:
    house, bossa = all_styles()["house"], all_styles()["bossa nova"]
    blend = style_for(read("house with bossa nova"))
    assert blend.name == "house with bossa nova"
    assert (blend.tempo, blend.grooves, blend.swing, blend.sound.kit) == (
        house.tempo, house.grooves, house.swing, house.sound.kit,
    )  # fmt: skip
    assert (blend.progressions, blend.modes, blend.tune.cells) == (bossa.progressions, bossa.modes, bossa.tune.cells)
    assert instruments(blend, "drums", "bass") == instruments(house, "drums", "bass")
    assert instruments(blend, "chords", "pad", "lead") == instruments(bossa, "chords", "pad", "lead")
    rooms = sorted((house.sound.reverb_t60, bossa.sound.reverb_t60))
    assert rooms[0] < blend.sound.reverb_t60 < rooms[1]
    dubbed = style_for(read("house with reggae")).sound
    assert {role: dubbed.echo_send[role] for role in ("chords", "lead") if role in dubbed.echo_send} == {
        role: send for role, send in all_styles()["reggae"].sound.echo_send.items() if role in ("chords", "lead")
    }


def test_a_blend_with_a_style_that_plays_no_chords_keeps_those_it_has() -> None:
    house = all_styles()["house"]
    bare = Style(**{name: getattr(house, name) for name in Style.__dataclass_fields__} | {"band": house.band[-1:]})
    assert instruments(blended(house, bare), "chords", "pad", "lead") == instruments(house, "chords", "pad", "lead")


def test_any_two_styles_make_a_song_together() -> None:
    styles = list(all_styles())
    for first, second in pairwise([*styles, styles[0]]):
        song = compose.compose(SongRequest(prompt=f"{first} with {second}", engine="sketch", seed=3, duration=20))
        assert song.style == f"{first} with {second}"
        assert {part.role for part in song.parts} & {"chords", "pad", "lead"}
        assert song.chords


@pytest.mark.parametrize(
    ("prompt", "first", "second"),
    [
        ("house and bossa nova", "house", "bossa nova"),
        ("bossa nova house", "house", "bossa nova"),
        ("bossa nova piano house", "house", "bossa nova"),
        ("bossa nova, house", "bossa nova", "house"),
        ("bossa-nova-flavoured house", "house", "bossa nova"),
        ("house with bossa nova elements", "house", "bossa nova"),
        ("a dash of bossa nova in my house track", "house", "bossa nova"),
        ("lo-fi x ambient x pop", "lo-fi", "ambient"),
        ("house, not bossa nova", "house", None),
        ("house with rain and coffee, a lazy night", "house", None),
        ("epic house with erhu and a string quartet", "house", None),
        ("deep house, club, dancefloor", "house", None),
        ("80s pop", "pop", None),
    ],
)
def test_two_styles_that_are_really_named_are_blended(prompt: str, first: str, second: str | None) -> None:
    wishes = read(prompt)
    assert (wishes.style, wishes.blend) == (first, second)


def test_a_blend_is_taken_apart_or_turned_round_with_a_click() -> None:
    def choices(prompt: str) -> dict[str, str]:
        (style,) = [part for part in understand(prompt).heard if part.kind == "style"]
        return {choice.label: choice.prompt for choice in style.corrections}

    told = choices("house with a touch of bossa nova, 122 bpm")
    assert told["bossa nova with house"] == "bossa nova with a touch of house, 122 bpm"
    assert told["house"] == "house, 122 bpm"
    assert told["bossa nova"] == "bossa nova, 122 bpm"
    assert told["pop"] == "pop, 122 bpm"
    assert choices("lo-fi meets bossa nova at 90 bpm")["lo-fi"] == "lo-fi at 90 bpm"
    assert choices("synthwave-tinged indie folk")["indie folk"] == "indie folk"
    assert choices("浩室加一点巴萨诺瓦元素，降B大调")["house"] == "浩室，降B大调"
    assert choices("хаус с оттенком босса-новы, темп 122")["house"] == "хаус, темп 122"


def test_a_time_bends_the_sound_and_not_the_groove() -> None:
    pop = all_styles()["pop"]
    sixties, eighties, modern = (dated(pop, name) for name in ("60s", "80s", "modern"))
    assert sixties.sound.width < pop.sound.width <= eighties.sound.width
    assert sixties.sound.lowpass_hz is not None
    assert eighties.sound.kit == "gated"
    assert "saw_bass" in instruments(eighties, "bass")
    assert dated(all_styles()["lo-fi"], "modern").sound.vinyl == 0.0
    assert all(style.grooves == pop.grooves and style.tempo == pop.tempo for style in (sixties, eighties, modern))
    assert dated(pop, None) is pop


def test_a_time_seats_only_instruments_that_somebody_plays_and_nobody_refused() -> None:
    for style in all_styles().values():
        for era in ERAS:
            assert {player.instrument for player in dated(style, era).band} - {"kit"} <= set(chairs())
    asked = read("80s pop, no synth bass, with a grand piano")
    assert not {"saw_bass", "sub_bass"} & {player.instrument for player in seat(style_for(asked), asked)}
    assert "piano" in {player.instrument for player in seat(style_for(asked), asked)}


def test_the_summary_names_the_blend_and_the_time() -> None:
    request = SongRequest(prompt="80s house with bossa nova, 122 bpm", engine="sketch", seed=1, duration=15)
    assert compose.summary(compose.compose(request), read(request.prompt)).startswith(
        "80s house with bossa nova · 122 bpm"
    )
