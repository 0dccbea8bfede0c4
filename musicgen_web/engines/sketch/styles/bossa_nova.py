"""Bossa nova: a nylon guitar between bass and clave, a flute above, nobody in a hurry."""

from __future__ import annotations

from musicgen_web.engines.sketch.style import Groove, Player, Sound, Style, Tune

_CLAVE = "x.....x.....x.......x.....x....."
_HEART = "x.....o.x.....o.x.....o.x.....o."  # a dotted quarter and an eighth

STYLE = Style(
    name="bossa nova",
    words={
        "bossa nova": 5,
        "bossanova": 5,
        "bossa": 4,
        "samba": 4,
        "brazilian": 4,
        "brazil": 3,
        "brasil": 3,
        "mpb": 3,
        "latin jazz": 4,
        "rio": 2,
        "ipanema": 3,
        "copacabana": 2,
        "beach bar": 2,
        "巴萨诺瓦": 5,
        "босса-нова": 5,
        "босса нова": 5,
        "босанова": 5,
    },
    tempo=(122, 142),
    modes=("major", "major", "major", "minor"),
    progressions={
        "major": {
            "intro": ("Imaj9 ii9 Imaj9 ii9", "Imaj9 bIImaj7 Imaj9 bIImaj7"),
            "verse": (
                "Imaj9:2 II9:2 ii9 V13 Imaj9 V9sus4",
                "Imaj7 VI7b9 ii9 V13",
                "Imaj9 iv6 Imaj9 VI7b9 ii9 V13 Imaj9 V9sus4",
                "I69 iii7,VI7b9 ii9 V13",
            ),
            "pre-chorus": ("IVmaj9 iv6 iii7 VI7b9", "ii9 iv6 Imaj9/3 VI7b9"),
            "chorus": (
                "ii9 V13 Imaj9 VI7b9",
                "IVmaj9 iv6 iii7 VI7b9 ii9 V13 I69 I69",
                "IVmaj9 V13 iii7 vi9",
                "ii9 iv6 Imaj9 VI7b9",
            ),
            "bridge": ("bIIImaj7 bVI6 bIImaj7 V13", "vi9 II9 ii9 V13", "iv6 bVII9 bIIImaj7 V9sus4"),
            "solo": ("ii9 V13 Imaj9 VI7b9",),
        },
        "minor": {
            "intro": ("i9 iv9 i9 iv9", "i9 bIImaj7 i9 bIImaj7"),
            "verse": ("i9 i9 iiø7 V7b9", "i9 iv9 iiø7 V7b9 i9 VImaj7 iiø7 V7b9", "i9 VII9 VImaj7 V7b9"),
            "pre-chorus": ("iv9 VII13 IIImaj7 VImaj7", "VImaj7 iiø7 V7b9 i9"),
            "chorus": ("iv9 VII13 IIImaj9 VImaj7", "iv9 V7b9 i9 VImaj7", "VImaj7 v7 iv9 i9"),
            "bridge": ("IIImaj9 VImaj7 iiø7 V7b9", "iv9 VII13 IIImaj9 V7b9"),
            "solo": ("iv9 VII13 IIImaj9 VImaj7",),
        },
    },
    cadences={
        "major": {"half": "ii9 V13", "authentic": "ii9,V13 I69", "final": "I69"},
        "minor": {"half": "iiø7 V7b9", "authentic": "iiø7,V7b9 i9", "final": "i9"},
    },
    grooves=(
        Groove(energy=0.0, hits={"rim": _CLAVE, "shaker": "o.x.o.x.o.x.o.x."}),
        Groove(energy=0.45, hits={"kick": _HEART, "rim": _CLAVE, "closed": "x.o.o.o.x.o.o.o."}),
        Groove(
            energy=0.7,
            hits={"kick": _HEART, "rim": _CLAVE, "closed": "x.o.x.o.x.o.x.o.", "shaker": "x.o.x.o.x.o.x.o."},
        ),
        Groove(
            energy=0.86,
            hits={
                "kick": _HEART,
                "rim": "X.....x.....x.o.....x.....x..o..",
                "ride": "x...x.o.x...x.o.",
                "foot": "....x.......x...",
                "shaker": "xoooxoooxoooxooo",
            },
        ),
    ),
    fills=(
        Groove(energy=0.4, hits={"rim": "............o.x."}),
        Groove(energy=0.5, hits={"rim": "..........x.o.x.", "kick": "............o..."}),
        Groove(
            energy=0.65, hits={"tom_mid": "............o...", "tom_low": "..............x.", "rim": "..........x....."}
        ),
        Groove(energy=0.75, hits={"rim": "........x...x...", "tom_high": "..........o...o."}),
    ),
    band=(
        Player(
            name="Nylon guitar",
            instrument="nylon_guitar",
            role="chords",
            pan=-0.2,
            level_db=1.5,
            patterns=(
                (0.0, "B.....C.b...C...b...C...b.C....."),
                (0.6, "B.u...C.b...C.u.b...C...b.C...u."),
                (0.8, "B.u...C.b.u.C.u.b.u.C...b.C.u.c."),
            ),
        ),
        Player(
            name="Upright bass",
            instrument="upright_bass",
            role="bass",
            enters=0.4,
            level_db=-1.5,
            patterns=((0.0, "R.......5......."), (0.5, "R.....5.5.....R."), (0.75, "R.....5.8.....a.R.....5.5.....a.")),
        ),
        Player(
            name="Rhodes",
            instrument="rhodes",
            role="chords",
            enters=0.7,
            pan=0.4,
            level_db=-8.0,
            patterns=((0.0, "......u...........u.....u......."),),
        ),
        Player(
            name="Strings",
            instrument="strings",
            role="pad",
            enters=0.78,
            level_db=-9.0,
            pan=0.1,
            patterns=((0.0, "counter"),),
        ),
        Player(
            name="Flute",
            instrument="flute",
            role="lead",
            level_db=0.0,
            pan=0.08,
            patterns=((0.0, "melody"),),
            kinds=frozenset({"intro", "chorus", "bridge", "inst", "outro", "ending"}),
        ),
        Player(
            name="Vibes",
            instrument="vibes",
            role="lead",
            level_db=0.0,
            pan=0.2,
            patterns=((0.0, "melody"),),
            kinds=frozenset({"verse", "pre-chorus", "solo"}),
        ),
        Player(
            name="Second guitar",
            instrument="nylon_guitar",
            role="lead",
            enters=0.81,
            level_db=-4.0,
            pan=-0.45,
            patterns=((0.0, "harmony"),),
            kinds=frozenset({"chorus", "solo"}),
        ),
        Player(
            name="Percussion", instrument="kit", role="drums", enters=0.3, level_db=-3.0, patterns=((0.0, "groove"),)
        ),
    ),
    tune=Tune(
        cells={
            "verse": ("x=====x=", "..x===x=", "x===x===", "x=x===x=", "..x=====", "x=======", "x=====..", "..x=x==="),
            "chorus": ("..x===x=", "x=====x=", "x===x=x=", "x=x=x===", "..x=x=x=", "x=======", "x=x===x="),
        },
        closings=(
            "x=====x=====....",
            "..x=========....",
            "x===x=======....",
            "x=x===x=====....",
            "..x===x=====....",
        ),
        centre=70,
        lift=4,
        leap=1.1,
        pickups=0.45,
    ),
    spice=0.05,
    jazz=0.12,
    human_ms=6.0,
    laid_back_ms={"lead": 12.0, "chords": 3.0},
    ritardando=0.14,
    ring=(2.0, 4.0),
    sound=Sound(
        reverb_t60=0.9,
        reverb_predelay=0.012,
        reverb_send={"drums": 0.12, "bass": 0.02, "chords": 0.14, "pad": 0.3, "lead": 0.25},
        kit="soft",
        press=0.08,
        drive=0.04,
        width=0.75,
        ride_db=2.5,
        tilt_db_per_octave=-4.5,
    ),
)
