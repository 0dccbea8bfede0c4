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
_STABS = ((0.0, "c-....c-........"), (0.5, "C-....C-..c-...."), (0.8, "C-.C-.C-..C-.c-."))
_BASS = ((0.0, "R..............."), (0.5, "R.....r.R.....a."), (0.8, "R.r.r.r.R.r.5.a."))
_SLAP = ((0.0, "R..............."), (0.5, "R..R..8...r.R.8."), (0.8, "R..R8.rR..r.R.8a"))
_SCRATCH = ((0.0, "C-......c-......"), (0.5, "C-c-c.C-c-c.c.cc"), (0.8, "C-ccC-cccCc-C-cc"))
_POWER = ((0.0, "C..............."), (0.5, "C.b.b.b.C.b.b.b."), (0.8, "C.C.C.C.C.C.C.C."))
_BRASS = ((0.0, "C-.............."), (0.5, "..........C-..C-"), (0.8, "C-....C-....C-.."))

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
    "choir": Player(name="Choir", instrument="choir", role="pad", level_db=-6.0, patterns=((0.0, "pad"),)),
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
    "bells": Player(name="Bells", instrument="bells", role="lead", level_db=-6.5, pan=0.2, patterns=_MELODY),
    "vibes": Player(name="Vibes", instrument="vibes", role="lead", level_db=-1.0, pan=0.2, patterns=_MELODY),
    "celesta": Player(name="Celesta", instrument="celesta", role="lead", level_db=-2.0, pan=0.2, patterns=_MELODY),
    "music_box": Player(
        name="Music box", instrument="music_box", role="lead", level_db=-2.0, pan=0.15, patterns=_MELODY
    ),
    "harp": Player(name="Harp", instrument="harp", role="chords", pan=0.35, level_db=-1.0, patterns=_ARPEGGIO),
    "guzheng": Player(name="Guzheng", instrument="guzheng", role="chords", pan=0.3, level_db=-1.0, patterns=_ARPEGGIO),
    "pipa": Player(name="Pipa", instrument="pipa", role="lead", pan=-0.2, level_db=-1.0, patterns=_MELODY),
    "violin": Player(name="Violin", instrument="violin", role="lead", pan=-0.1, patterns=_MELODY),
    "viola": Player(name="Viola", instrument="viola", role="pad", pan=0.2, level_db=-2.0, patterns=((0.0, "counter"),)),
    "cello": Player(
        name="Cello", instrument="cello", role="pad", pan=0.25, level_db=-1.0, patterns=((0.0, "counter"),)
    ),
    "low_strings": Player(name="Low strings", instrument="low_strings", role="bass", patterns=_BASS),
    "spiccato": Player(
        name="Short strings",
        instrument="spiccato",
        role="chords",
        pan=-0.3,
        level_db=1.0,
        patterns=((0.0, "1...3...2...3..."), (0.4, "1.3.2.3.1.3.2.3."), (0.8, "1131213111312131")),
    ),
    "erhu": Player(name="Erhu", instrument="erhu", role="lead", pan=-0.1, patterns=_MELODY),
    "french_horns": Player(
        name="French horns", instrument="french_horns", role="pad", pan=0.2, level_db=-1.0, patterns=((0.0, "counter"),)
    ),
    "trumpet": Player(name="Trumpet", instrument="trumpet", role="lead", patterns=_MELODY),
    "trumpets": Player(
        name="Trumpets",
        instrument="trumpets",
        role="chords",
        pan=0.25,
        level_db=-2.0,
        patterns=((0.0, "C-.............."), (0.6, "stabs")),
    ),
    "clarinet": Player(name="Clarinet", instrument="clarinet", role="lead", pan=0.1, patterns=_MELODY),
    "oboe": Player(name="Oboe", instrument="oboe", role="lead", pan=-0.1, patterns=_MELODY),
    "bamboo_flute": Player(name="Bamboo flute", instrument="bamboo_flute", role="lead", pan=0.1, patterns=_MELODY),
    "accordion": Player(name="Accordion", instrument="accordion", role="lead", level_db=-1.0, patterns=_MELODY),
    "pulse_lead": Player(name="Pulse lead", instrument="pulse_lead", role="lead", patterns=_MELODY),
    "square_lead": Player(name="Square lead", instrument="square_lead", role="lead", patterns=_MELODY),
    "thin_pulse": Player(
        name="Pulse arpeggio",
        instrument="thin_pulse",
        role="pad",
        pan=-0.4,
        level_db=-2.0,
        patterns=((0.0, "flicker"),),
    ),
    "triangle_bass": Player(name="Triangle bass", instrument="triangle_bass", role="bass", patterns=_BASS),
    "clean_guitar": Player(
        name="Clean guitar", instrument="clean_guitar", role="chords", pan=0.4, level_db=-2.0, patterns=_ARPEGGIO
    ),
    "organ_bubble": Player(
        name="Organ", instrument="organ_bubble", role="chords", pan=-0.3, level_db=-5.0, patterns=_KEYS
    ),
    "stab": Player(name="Stabs", instrument="stab", role="chords", pan=0.1, level_db=-1.0, patterns=_STABS),
    "trance_pluck": Player(
        name="Trance pluck", instrument="trance_pluck", role="chords", pan=0.2, level_db=-2.0, patterns=_ARPEGGIO
    ),
    "supersaw": Player(name="Supersaw", instrument="supersaw", role="pad", level_db=-7.0, patterns=((0.0, "pad"),)),
    "bass_808": Player(name="808 bass", instrument="bass_808", role="bass", patterns=_BASS),
    "reese_bass": Player(name="Reese bass", instrument="reese_bass", role="bass", level_db=-1.0, patterns=_BASS),
    "acid_bass": Player(name="Acid bass", instrument="acid_bass", role="bass", level_db=-1.0, patterns=_BASS),
    "dub_bass": Player(name="Dub bass", instrument="dub_bass", role="bass", level_db=2.0, patterns=_BASS),
    "saxophone": Player(name="Saxophone", instrument="saxophone", role="lead", level_db=-0.5, patterns=_MELODY),
    "muted_trumpet": Player(
        name="Muted trumpet", instrument="muted_trumpet", role="lead", level_db=-1.0, patterns=_MELODY
    ),
    "melodica": Player(name="Melodica", instrument="melodica", role="lead", level_db=-1.0, patterns=_MELODY),
    "vocal_chop": Player(name="Vocal chops", instrument="vocal_chop", role="lead", patterns=_MELODY),
    "dark_bell": Player(name="Dark bell", instrument="dark_bell", role="lead", level_db=-2.0, patterns=_MELODY),
    "marimba": Player(name="Marimba", instrument="marimba", role="lead", pan=-0.15, patterns=_MELODY),
    "steel_drum": Player(
        name="Steel drum", instrument="steel_drum", role="lead", level_db=-1.0, pan=0.15, patterns=_MELODY
    ),
    "picked_bass": Player(name="Picked bass", instrument="picked_bass", role="bass", patterns=_BASS),
    "slap_bass": Player(name="Slap bass", instrument="slap_bass", role="bass", patterns=_SLAP),
    "fretless_bass": Player(name="Fretless bass", instrument="fretless_bass", role="bass", patterns=_BASS),
    "electric_guitar": Player(
        name="Electric guitar", instrument="electric_guitar", role="chords", pan=0.45, level_db=-2.0, patterns=_KEYS
    ),
    "muted_guitar": Player(
        name="Muted guitar", instrument="muted_guitar", role="chords", pan=0.5, level_db=-3.0, patterns=_SCRATCH
    ),
    "crunch_guitar": Player(
        name="Overdriven guitar", instrument="crunch_guitar", role="chords", pan=-0.6, level_db=-3.0, patterns=_POWER
    ),
    "metal_guitar": Player(
        name="Distorted guitar", instrument="metal_guitar", role="chords", pan=-0.6, level_db=-3.0, patterns=_POWER
    ),
    "organ": Player(name="Organ", instrument="organ", role="pad", level_db=-3.0, patterns=((0.0, "pad"),)),
    "clavinet": Player(
        name="Clavinet", instrument="clavinet", role="chords", pan=-0.4, level_db=-2.0, patterns=_SCRATCH
    ),
    "brass": Player(name="Brass", instrument="brass", role="chords", pan=0.2, level_db=-3.0, patterns=_BRASS),
    "pedal_steel": Player(
        name="Pedal steel", instrument="pedal_steel", role="pad", pan=0.3, level_db=-2.0, patterns=((0.0, "counter"),)
    ),
    "lead_guitar": Player(name="Lead guitar", instrument="lead_guitar", role="lead", level_db=-1.0, patterns=_MELODY),
    "blues_guitar": Player(name="Blues guitar", instrument="blues_guitar", role="lead", patterns=_MELODY),
    "fiddle": Player(name="Fiddle", instrument="fiddle", role="lead", level_db=-1.0, pan=0.1, patterns=_MELODY),
    "harmonica": Player(name="Harmonica", instrument="harmonica", role="lead", level_db=-1.0, patterns=_MELODY),
}


_DRUMS = Player(name="Drums", instrument="kit", role="drums", patterns=((0.0, "groove"),))


def seat(style: Style, wishes: Wishes) -> tuple[Player, ...]:
    """Seat the band: refused instruments stay away, wanted ones always play, and somebody can always be heard."""
    band = [player for player in style.band if not is_among(player, wishes.unwanted)]
    wanted = list(dict.fromkeys(wish for meant in wishes.wanted if (wish := chosen(meant, band))))
    wanted += ["choir"] * (wishes.voice == "choir" and "choir" not in wanted)
    for wish in wanted:
        band = _with(band, wish, frozenset(wanted), bool(style.grooves))
    band = _with_leads(band, [wish for wish in wanted if wish in chairs() and chairs()[wish].role == "lead"])
    if wishes.is_alone:
        band = [player for player in band if is_among(player, frozenset(wanted))]
    band = _with_melody(band, wishes)
    if not any(player.role in ("chords", "pad", "bass") for player in band):
        band = [*band, *_spare(("chords", "pad"), wishes)]
    band = [replace(player, left_out=wishes.left_out) if player.role == "drums" else player for player in band]
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
