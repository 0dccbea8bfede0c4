"""Who plays: the style's band, bent to the instruments a prompt asks for or refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from musicgen_web.engines.sketch import vocabulary
from musicgen_web.engines.sketch.metre import FOUR
from musicgen_web.engines.sketch.style import Player, Style, all_styles
from musicgen_web.engines.sketch.wishes import Wishes

_MELODY = ((0.0, "melody"),)
_ARPEGGIO = (
    (0.0, "1.......3.......2.......3......."),
    (0.4, "1...3...2...4...1...3...4...3..."),
    (0.7, "1.3.2.4.3.2.4.3."),
)
_ALONE = ((0.0, "B...u...3...u..."), (0.5, "B.3.u.3.b.3.u.3."), (0.8, "B.u.b.u.B.u.b.uu"))
_KEYS = ((0.0, "B.......c......."), (0.5, "B...u...c...u..."), (0.8, "C...c...C.c.c..."))
_BASS = ((0.0, "R..............."), (0.5, "R.....r.R.....a."), (0.8, "R.r.r.r.R.r.5.a."))

CHAIRS = {
    "piano": Player(name="Piano", instrument="piano", role="chords", pan=-0.15, level_db=-1.0, patterns=_KEYS),
    "rhodes": Player(name="Rhodes", instrument="rhodes", role="chords", pan=-0.1, patterns=_KEYS),
    "nylon_guitar": Player(
        name="Nylon guitar", instrument="nylon_guitar", role="chords", pan=0.4, level_db=-2.0, patterns=_ARPEGGIO
    ),
    "steel_guitar": Player(
        name="Steel guitar", instrument="steel_guitar", role="chords", pan=0.4, level_db=-2.0, patterns=_ARPEGGIO
    ),
    "round_bass": Player(name="Round bass", instrument="round_bass", role="bass", patterns=_BASS),
    "upright_bass": Player(name="Upright bass", instrument="upright_bass", role="bass", patterns=_BASS),
    "sub_bass": Player(name="Sub bass", instrument="sub_bass", role="bass", level_db=-2.0, patterns=_BASS),
    "saw_bass": Player(name="Saw bass", instrument="saw_bass", role="bass", level_db=-1.0, patterns=_BASS),
    "organ_bass": Player(name="Organ bass", instrument="organ_bass", role="bass", patterns=_BASS),
    "warm_pad": Player(name="Warm pad", instrument="warm_pad", role="pad", level_db=-6.0, patterns=((0.0, "pad"),)),
    "glass_pad": Player(name="Glass pad", instrument="glass_pad", role="pad", level_db=-6.0, patterns=((0.0, "pad"),)),
    "saw_pad": Player(name="Saw pad", instrument="saw_pad", role="pad", level_db=-7.0, patterns=((0.0, "pad"),)),
    "strings": Player(
        name="Strings",
        instrument="strings",
        role="pad",
        pan=0.1,
        level_db=-4.0,
        patterns=((0.0, "pad"), (0.5, "counter")),
    ),
    "pluck_lead": Player(name="Pluck lead", instrument="pluck_lead", role="lead", patterns=_MELODY),
    "soft_lead": Player(name="Soft lead", instrument="soft_lead", role="lead", patterns=_MELODY),
    "saw_lead": Player(name="Saw lead", instrument="saw_lead", role="lead", level_db=-1.0, patterns=_MELODY),
    "flute": Player(name="Flute", instrument="flute", role="lead", level_db=-1.0, patterns=_MELODY),
    "bells": Player(name="Bells", instrument="bells", role="lead", level_db=-3.0, pan=0.2, patterns=_MELODY),
    "vibes": Player(name="Vibes", instrument="vibes", role="lead", level_db=-1.0, pan=0.2, patterns=_MELODY),
}


_DRUMS = Player(name="Drums", instrument="kit", role="drums", patterns=((0.0, "groove"),))


def seat(style: Style, wishes: Wishes) -> tuple[Player, ...]:
    """Seat the band: refused instruments stay away, wanted ones always play, and somebody can always be heard."""
    band = [player for player in style.band if not is_among(player, wishes.unwanted)]
    wanted = [wish for meant in wishes.wanted if (wish := chosen(meant, band))]
    for wish in wanted:
        band = _with(band, wish, frozenset(wanted), bool(style.grooves))
    band = _with_leads(band, [wish for wish in wanted if wish in chairs() and chairs()[wish].role == "lead"])
    if wishes.is_alone:
        band = [player for player in band if is_among(player, frozenset(wanted))]
    band = _with_melody(band, wishes)
    if not any(player.role in ("chords", "pad", "bass") for player in band):
        band = [*band, *_spare(("chords", "pad"), wishes)]
    return tuple(_opened(band or [chairs()["piano"]]))


@cache
def chairs() -> Mapping[str, Player]:
    """Return who plays an instrument in a band that is not its own: a chair made for it, or one of another style."""
    guests = {
        player.instrument: replace(player, enters=0.0, kinds=None, metre=player.metre or style.metre)
        for style in all_styles().values()
        for player in style.band
        if player.role != "drums" and (player.role != "lead" or player.pattern(0.5) == "melody")
    }
    return guests | {name: replace(player, metre=player.metre or FOUR.name) for name, player in CHAIRS.items()}


def is_among(player: Player, names: frozenset[str]) -> bool:
    return player.instrument in names or f"role:{player.role}" in names


def chosen(meant: tuple[str, ...], band: Sequence[Player]) -> str:
    """Return what a word means here: the instrument of its kind the band has, else the likeliest one anybody plays."""
    for one in meant:
        if any(player.instrument == one for player in band):
            return one
    stand_ins = (other for one in meant for other in vocabulary.STAND_INS.get(one, ()))
    return next((one for one in (*meant, *stand_ins) if one.startswith("role:") or one in chairs()), "")


def _with(band: list[Player], wish: str, wanted: frozenset[str], has_grooves: bool) -> list[Player]:
    """Let a wanted instrument play from the first bar on, in the chair of somebody nobody asked for."""
    if any(is_among(player, frozenset({wish})) for player in band):
        return [
            replace(player, enters=0.0) if player.role != "lead" and is_among(player, frozenset({wish})) else player
            for player in band
        ]
    if wish.startswith("role:"):
        joining = {"role:drums": [_DRUMS] * has_grooves, "role:bass": [chairs()["round_bass"]]}
        return [*band, *joining.get(wish, [])]
    chair = chairs()[wish]
    if chair.role == "lead":
        return band
    free = [player for player in band if player.role == chair.role and player.instrument not in wanted]
    return [chair if free and player is free[0] else player for player in band] + ([] if free else [chair])


def _with_leads(band: list[Player], wanted: list[str]) -> list[Player]:
    """Let the wanted leads sing: one everywhere, two by turns, the others along with them."""
    if not wanted:
        return band
    others = [p for p in band if p.role != "lead" or (p.instrument not in wanted and p.pattern(0.5) != "melody")]
    leads = [chairs()[instrument] for instrument in wanted]
    if len(leads) > 1:
        leads[0] = replace(leads[0], kinds=frozenset({"verse", "pre-chorus", "bridge", "outro", "ending"}))
        leads[2:] = [replace(lead, patterns=((0.0, "harmony"),), level_db=lead.level_db - 4.0) for lead in leads[2:]]
    return [*others, *leads]


def _with_melody(band: list[Player], wishes: Wishes) -> list[Player]:
    """Give the tune to somebody when nobody sings it and nobody refused it."""
    if "role:lead" in wishes.unwanted or any(player.role == "lead" for player in band):
        return band
    singers = [player for player in band if player.role == "chords"] or [
        player for player in band if player.role == "pad"
    ]
    if singers:
        chosen = singers[0]
        alone = len(band) == 1 and chosen.role == "chords"
        below = replace(chosen, patterns=_ALONE, level_db=chosen.level_db - 3.0) if alone else chosen
        lead = replace(chosen, role="lead", patterns=_MELODY, enters=0.0, kinds=None)
        return [below if player is chosen else player for player in band] + [lead]
    return [*band, *_spare(("lead",), wishes)] if not wishes.is_alone else band


def _spare(roles: tuple[str, ...], wishes: Wishes) -> list[Player]:
    """Return the first player of these roles whom nobody refused."""
    for role in roles:
        for name in CHAIRS:
            chair = chairs()[name]
            if chair.role == role and not is_among(chair, wishes.unwanted):
                return [chair]
    return []


def _opened(band: list[Player]) -> list[Player]:
    """Make sure that somebody plays in the quietest section."""
    if any(player.enters <= 0.0 and player.role in ("chords", "pad", "bass") for player in band):
        return band
    first = min(
        (p for p in band if p.role != "lead"),
        key=lambda player: (player.role == "drums", player.enters),
        default=band[0],
    )
    return [replace(player, enters=0.0) if player is first else player for player in band]
