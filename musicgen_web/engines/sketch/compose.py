"""Composes a song: request → wishes → plan → parts → score."""

from __future__ import annotations

from dataclasses import replace

from musicgen_web.engines.base import Json, SongRequest
from musicgen_web.engines.sketch import feel, form, harmony, names, receipt, wishes
from musicgen_web.engines.sketch.band import seat
from musicgen_web.engines.sketch.bassline import play_bass
from musicgen_web.engines.sketch.blends import style_for
from musicgen_web.engines.sketch.casting import SINGERS
from musicgen_web.engines.sketch.comping import accompany
from musicgen_web.engines.sketch.groove import drum
from musicgen_web.engines.sketch.leads import share_tune
from musicgen_web.engines.sketch.lilt import in_metre
from musicgen_web.engines.sketch.melody import compose_tune
from musicgen_web.engines.sketch.plan import Plan, plan
from musicgen_web.engines.sketch.score import Lift, Note, Part, Score
from musicgen_web.engines.sketch.style import Player, Style
from musicgen_web.engines.sketch.theory import Key, key_name
from musicgen_web.engines.sketch.vocals import Vocals, vocals
from musicgen_web.engines.sketch.wishes import Wishes

_PLAYS = {"drums": drum, "bass": play_bass, "chords": accompany, "pad": accompany}
LONGEST_FADE = 0.12  # of a song
_SHOWN = 5  # instruments in the summary
_REPORTED = 100  # lines at most
_NAMES = {"high": "a high voice", "low": "a low voice", "choir": "a choir"}


def compose(request: SongRequest) -> Score:
    """Compose the song of a request; the same request always gives the same score."""
    asked = wishes.read(request.prompt)
    return arrange(request, asked, style_for(asked))


def arrange(request: SongRequest, asked: Wishes, style: Style) -> Score:
    """Compose the song of a request in a style."""
    laid_out = form.lay_out(asked, style, duration=request.duration, lyrics=request.lyrics, seed=request.seed)
    style = in_metre(style, laid_out.metre.name)
    key = harmony.choose_key(asked, style, request.seed)
    lift = harmony.choose_lift(asked, style, laid_out, request.seed)
    changes = harmony.harmonise(laid_out, style, key, request.seed, lift)
    planned = plan(request.seed, style, key, laid_out, changes)
    singer = SINGERS.get(wishes.singer(asked, style)) if request.lyrics.strip() else None
    sung = vocals(planned, request.lyrics, singer) if singer else Vocals()
    planned = replace(planned, sung=sung.spans)
    return Score(
        style=style.name,
        bpm=laid_out.bpm,
        key=key_name(key.tonic, key.mode),
        mode=key.mode,
        metre=laid_out.metre,
        duration=request.duration,
        sections=laid_out.sections,
        chords=tuple(change.as_chord() for change in changes),
        parts=(*_parts(planned, seat(style, asked)), *sung.parts),
        tempo_map=laid_out.tempo_map,
        lift=_lifted(key, lift),
        fade=min(style.fade, LONGEST_FADE * request.duration),
        reports=sung.reports,
    )


def summary(score: Score, asked: Wishes) -> str:
    """Tell in one line what was understood: "lo-fi · 78 bpm · A minor · Rhodes, upright bass, no drums"."""
    refused = [names.refused(word) for word in asked.refused]
    band_parts = [part for part in score.parts if part.role != "voice"]
    voice = [_NAMES[singer]] if (singer := _singer(score)) else []
    band = ", ".join([*names.instruments(band_parts)[: _SHOWN - len(refused)], *voice, *refused])
    style = names.of_time(score.style, asked.era)
    said = (style, names.tempo(score.tempo), _key(score), f"{band[:1].upper()}{band[1:]}")
    return " · ".join(said)


def plan_json(score: Score, asked: Wishes) -> dict[str, Json]:
    """Tell what was understood and composed, for the song's page and its receipt."""
    told: dict[str, Json] = {
        "summary": summary(score, asked),
        "style": score.style,
        "bpm": round(score.tempo, 2),
        "key": score.key,
        "mode": score.mode,
        "metre": score.metre.name,
        "instruments": list(dict.fromkeys(part.name for part in score.parts)),
        "sections": [
            {
                "name": section.name,
                "start": receipt.seconds(score, section.start),
                "end": receipt.seconds(score, section.start + section.length),
            }
            for section in score.sections
        ],
        "chords": receipt.chords(score),
        "bars": receipt.bars(score),
        "tempo_map": receipt.tempo_map(score),
    }
    if asked.era:
        told["era"] = asked.era
    if score.lift:
        told["lift"] = {"key": score.lift.key, "start": receipt.seconds(score, score.lift.start)}
    if singer := _singer(score):
        told["voice"] = _voice(score, singer)
    return told


def _key(score: Score) -> str:
    said = names.key(score.key, score.mode)
    return f"{said} rising to {score.lift.key}" if score.lift else said


def _lifted(key: Key, lift: harmony.Lift) -> Lift | None:
    higher = key.moved(lift.semitones)
    return Lift(lift.start, key_name(higher.tonic, higher.mode)) if lift.semitones else None


def _singer(score: Score) -> str | None:
    """Name the voice that sings the words, if one does."""
    instruments = {part.instrument for part in score.parts if part.lines}
    return next((name for name, singer in SINGERS.items() if singer.player.instrument in instruments), None)


def _voice(score: Score, singer: str) -> Json:
    """Tell how many lines are sung, by whom, and which of them are not sung as they are written."""
    lines = next(part.lines for part in score.parts if part.lines)
    reports: list[Json] = []
    for one in score.reports[:_REPORTED]:
        told: dict[str, Json] = {"line": one.line, "what": one.what, "needed": one.needed, "had": one.had}
        reports.append(told | {"why": one.why} if one.why else told)
    return {"lines": len(lines), "singer": singer, "reports": reports}


def _parts(planned: Plan, band: tuple[Player, ...]) -> tuple[Part, ...]:
    written: list[tuple[Player, tuple[Note, ...]]] = [
        (player, _PLAYS[player.role](planned, player)) for player in band if player.role in _PLAYS
    ]
    written += share_tune(planned, band, compose_tune(planned))
    return tuple(
        Part(
            player.name,
            player.instrument,
            player.role,
            played,
            player.level_db,
            player.pan,
            planned.style.swell.get(player.role, 0.0),
        )
        for player, notes in written
        if (played := feel.play(planned, player, notes))
    )
