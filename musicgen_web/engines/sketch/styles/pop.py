"""Pop: piano, picked guitar and a round bass over a straight beat; verse low, chorus wide."""

from __future__ import annotations

from musicgen_web.engines.sketch.style import Groove, Player, Sound, Style, Tune

STYLE = Style(
    name="pop",
    words={
        "pop": 4,
        "indie": 2,
        "dance": 2,
        "radio": 2,
        "anthem": 2,
        "summer": 1,
        "party": 1,
        "catchy": 1,
        "singalong": 1,
        "electropop": 3,
        "folk": 2,
        "流行": 4,
        "поп": 4,
    },
    tempo=(96, 124),
    modes=("major", "major", "major", "minor"),
    progressions={
        "major": {
            "intro": ("I I/3 IV V", "vi IV I V", "I Iadd9 IV IV"),
            "verse": (
                "I V/7 vi IV",
                "I vi IV V",
                "I iii IV V",
                "I Iadd9 vi IV",
                "vi IV I V",
                "I IV vi V",
                "I V/7 vi iii IV I/3 ii V",
            ),
            "pre-chorus": ("ii iii IV V", "IV V vi V/7", "ii IV V V", "vi V IV V"),
            "chorus": ("I V vi IV", "IV I V vi", "vi IV I V", "IV V I vi", "I V/7 vi IV I V/7 IV V", "IV V iii vi"),
            "bridge": ("vi V IV I/3", "IV I/3 ii V", "ii vi IV V", "bVII IV I V", "IV iv I V"),
            "solo": ("I V vi IV", "vi IV I V"),
        },
        "minor": {
            "intro": ("i VI III VII", "i i VI VII"),
            "verse": (
                "i VI III VII",
                "i VII VI VII",
                "i iv VI VII",
                "i III VII VI",
                "i v VI iv",
                "i VII/2 III VI iv i VI V",
            ),
            "pre-chorus": ("iv VI VII VII", "VI VII iv V", "iv v VI V"),
            "chorus": ("VI VII i III", "i VI III VII", "VI III VII i", "i III VII iv", "VI VII v i"),
            "bridge": ("iv i VII VI", "VI III iv V", "iv VII III VI"),
            "solo": ("i VI III VII", "VI VII i i"),
        },
    },
    cadences={
        "major": {"half": "IV Vsus4,V", "authentic": "IV,V I", "final": "I"},
        "minor": {"half": "iv V", "authentic": "iv,V i", "final": "i"},
    },
    grooves=(
        Groove(energy=0.0, hits={"closed": "x...o...x...o...", "rim": "........o......."}),
        Groove(
            energy=0.4,
            hits={
                "kick": "X.........x.....X.....x.........",
                "rim": "....x.......x.......x.......x...",
                "closed": "x.o.x.o.x.o.x.o.x.o.x.o.x.o.x.oo",
            },
        ),
        Groove(
            energy=0.55,
            hits={
                "kick": "X.....x.x.......X.....x.x.....o.",
                "snare": "....X..g....X.......X..g.g..X...",
                "closed": "X.o.x.o.X.o.x.o.X.o.x.o.X.o.x...",
                "open": "..............................o.",
            },
        ),
        Groove(
            energy=0.75,
            hits={
                "kick": "X.....x.X.x.....X..x..x.X.x...o.",
                "snare": "....X..g....X..g....X..g.g..X..g",
                "closed": "X.x.X.x.X.x.X.x.X.x.X.x.X.x.X...",
                "open": "..............................x.",
                "tambourine": "....x.......x.......x.......x...",
            },
        ),
        Groove(
            energy=0.92,
            hits={
                "kick": "X.....x.X.x...o.X..x..x.X.x...x.",
                "snare": "....X..g.g..X..g....X..g.g..X.og",
                "clap": "....x.......x.......x.......x...",
                "open": "..o...o...o...o...o...o...o...x.",
                "closed": "X...x...X...x...X...x...X...x...",
                "tambourine": "o.x.o.x.o.x.o.x.o.x.o.x.o.x.o.x.",
            },
        ),
    ),
    fills=(
        Groove(energy=0.3, hits={"rim": "............o.x."}),
        Groove(energy=0.5, hits={"snare": "............x.xx", "kick": "........x......."}),
        Groove(
            energy=0.5, hits={"snare": "............x...", "tom_mid": ".............x..", "tom_low": "..............xx"}
        ),
        Groove(
            energy=0.7,
            hits={
                "snare": "........x.xxX...",
                "tom_high": "............x...",
                "tom_mid": ".............x..",
                "tom_low": "..............XX",
                "kick": "........X...X...",
            },
        ),
        Groove(
            energy=0.7, hits={"snare": "........xgxgxxXX", "kick": "........X...X...", "tom_low": "..............x."}
        ),
        Groove(
            energy=0.85,
            hits={
                "snare": "X..xX...........",
                "tom_high": ".....xx.........",
                "tom_mid": "........x.xx....",
                "tom_low": "............XxXX",
                "kick": "X...X...X...X...",
            },
        ),
    ),
    band=(
        Player(
            name="Piano",
            instrument="piano",
            role="chords",
            pan=-0.15,
            level_db=-1.0,
            patterns=(
                (0.0, "B.......c...u..."),
                (0.5, "B...u...c...u...B...u.u.c...u..."),
                (0.75, "C...c...C.c.c...C...c.c.C...c.c."),
                (0.95, "C...c.c.C.c.C.c.C..cC.c.C.c.C.c."),
            ),
        ),
        Player(
            name="Picked guitar",
            instrument="steel_guitar",
            role="chords",
            enters=0.45,
            pan=0.45,
            level_db=-4.0,
            patterns=(
                (0.0, "1.3.2.4.3.2.4.3.1.3.4.3.2.4.3.2."),
                (0.75, "C.c.u.C.u.c.C.cuC.c.u.C.u.cuC.uu"),
            ),
        ),
        Player(
            name="Round bass",
            instrument="round_bass",
            role="bass",
            enters=0.4,
            level_db=-1.0,
            patterns=(
                (0.0, "R...............R.............a."),
                (0.5, "R.....r.r.....a.R.....r.5.....a."),
                (0.75, "R.r.r.r.R.r.r.a.R.r.r.8.R.5.r.a."),
                (0.95, "R.r.r.8.R.r.5.a.R.rrr.8.R.5.8.aa"),
            ),
        ),
        Player(
            name="Warm pad", instrument="warm_pad", role="pad", enters=0.55, level_db=-7.0, patterns=((0.0, "pad"),)
        ),
        Player(
            name="Strings",
            instrument="strings",
            role="pad",
            enters=0.82,
            level_db=-6.0,
            pan=0.1,
            patterns=((0.0, "counter"),),
        ),
        Player(
            name="Lead pluck",
            instrument="pluck_lead",
            role="lead",
            pan=0.0,
            level_db=0.5,
            patterns=((0.0, "melody"),),
            kinds=frozenset({"intro", "chorus", "inst", "outro", "ending"}),
        ),
        Player(
            name="Soft lead",
            instrument="soft_lead",
            role="lead",
            level_db=0.0,
            patterns=((0.0, "melody"),),
            kinds=frozenset({"verse", "pre-chorus", "bridge", "solo"}),
        ),
        Player(
            name="Bells",
            instrument="bells",
            role="lead",
            enters=0.81,
            level_db=-7.0,
            pan=-0.4,
            patterns=((0.0, "octave"), (0.86, "harmony")),
            kinds=frozenset({"chorus", "solo"}),
        ),
        Player(name="Drums", instrument="kit", role="drums", enters=0.3, patterns=((0.0, "groove"),)),
    ),
    tune=Tune(
        cells={
            "verse": ("x=x=x=x=", "x===x=x=", "x=x=x===", "..x=x=x=", "x==x==x=", "x==x==..", "x=x=x=..", "x=====x="),
            "chorus": ("x===x===", "x==x==x=", "x=====x=", "x=x=x===", "x===x=x=", "x==x====", "x=======", "..x=x==="),
            "pre-chorus": ("x=x=x=x=", "x==x==x=", "x=x=x===", "x===x=x="),
        },
        closings=(
            "x=x=x=======....",
            "x===========....",
            "x===x=======....",
            "x==x==x=====....",
            "..x=x=======....",
            "x=======........",
        ),
        centre=69,
        lift=4,
        leap=1.0,
        pickups=0.4,
    ),
    spice=0.12,
    lift=2,
    turns=("fill", "stop", "swell", "walk"),
    human_ms=4.0,
    laid_back_ms={"bass": 2.0, "lead": 4.0, "snare": 4.0, "closed": -1.5},
    ritardando=0.16,
    ring=(1.6, 3.8),
    sound=Sound(
        reverb_t60=1.3,
        reverb_predelay=0.02,
        reverb_send={"drums": 0.10, "bass": 0.0, "chords": 0.16, "pad": 0.28, "lead": 0.24},
        kit="pop",
        press=0.25,
        sidechain_db=2.0,
        drive=0.1,
        width=0.9,
        ride_db=0.0,
        tilt_db_per_octave=-4.5,
    ),
)
