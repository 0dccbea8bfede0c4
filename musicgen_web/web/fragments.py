"""The pieces that change a page while it is open: what the stream sends and what small forms get for an answer.

Each is a <template> that says where it belongs; static/js/live.js puts it there. Pieces are made without a request and
shared by all readers, so their forms carry no token: the page fills in its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from jinja2 import Environment
from markupsafe import Markup

from musicgen_web.engines.base import Json
from musicgen_web.library.tracks import title_for
from musicgen_web.models import CANCELLED, COMPLETED, FAILED, PENDING, PROCESSING, Preset, Track
from musicgen_web.web import phrases
from musicgen_web.web.cards import Card, Line

PLACES = {PENDING: ("waiting", "end"), PROCESSING: ("running", "end")}


def job_changed(templates: Environment, card: Card, tracks: Iterable[Track], making: int) -> str:
    """A job stands differently: it moves on, or its songs arrive in its place."""
    job, title = card.job, f"“{title_for(card.job.request)}”"
    said = {COMPLETED: f"{title} is ready.", FAILED: f"{title} did not finish.", CANCELLED: f"{title} is cancelled."}
    say = said.get(job.status, "")
    if job.status in PLACES or card.is_unfinished:
        target, at = PLACES.get(job.status, ("ended", "start"))
        html = _render(templates, "jobs/_job.html", card=card, csrf="")
        pieces = [_piece("upsert", html, id=f"job-{job.id}", target=target, at=at, say=say)]
    else:
        pieces = [_piece("remove", id=f"job-{job.id}", say=say)]
    for track in tracks:
        pieces += [_row(templates, track, fresh=True), *([_take(templates, track)] if card.takes > 1 else [])]
    if card.takes > 1:
        note = _render(templates, "tracks/_takes_note.html", job=job)
        pieces.append(_piece("replace", note, id=f"takes-note-{job.id}"))
    return "".join([*pieces, frame_changed(templates, making)])


def frame_changed(templates: Environment, making: int) -> str:
    """The count beside Queue and the lamp in the name."""
    count = _piece("replace", _render(templates, "shared/_count.html", making=making), id="count")
    return count + _piece("replace", _render(templates, "shared/_lamp.html", making=making), id="lamp")


def total_changed(templates: Environment, songs: int, seconds: float) -> str:
    """How much there is in the library."""
    return _piece("replace", _render(templates, "tracks/_total.html", songs=songs, seconds=seconds), id="total")


def progressed(templates: Environment, card: Card) -> str:
    """A running job got further: its words and its bar, never its buttons."""
    job = card.job
    stage = phrases.STAGES.get(card.live.stage, "") if card.live else ""
    say = f"“{title_for(job.request)}”: {stage}" if stage else ""
    words = _piece("replace", _render(templates, "jobs/_state.html", card=card), id=f"job-{job.id}-state", say=say)
    return words + _piece("replace", _render(templates, "jobs/_bar.html", card=card), id=f"job-{job.id}-bar")


def line_moved(templates: Environment, waiting: Iterable[Card]) -> str:
    """Places in line are others now."""
    pieces = []
    for card in waiting:
        place = _render(templates, "jobs/_place.html", card=card)
        pieces.append(_piece("replace", place, id=f"job-{card.job.id}-place"))
        pieces.append(
            _piece("replace", _render(templates, "jobs/_state.html", card=card), id=f"job-{card.job.id}-state")
        )
    return "".join(pieces)


def snapshot(templates: Environment, line: Line, ended: Iterable[Card], tracks: Iterable[Track]) -> str:
    """Everything that pages show live, after events were missed."""
    pieces = [
        _piece(
            "inner", "".join(_render(templates, "jobs/_job.html", card=card, csrf="") for card in cards), target=target
        )
        for target, cards in (("running", line.running), ("waiting", line.waiting), ("ended", ended))
    ]
    pieces += [_row(templates, track) for track in tracks]
    return "".join([*pieces, frame_changed(templates, line.making)])


def track_changed(templates: Environment, track: Track) -> str:
    """A song has another title or is loved: in its row, on its page, in the player and on the shelf."""
    row = _render(templates, "tracks/_track.html", track=track, csrf="", fresh=False)
    song = _render(templates, "tracks/_song.html", track=track, csrf="")
    heart = _render(templates, "tracks/_favourite.html", track=track, csrf="", place="player")
    playing = _render(templates, "player/_song.html", track=track)
    among = _render(templates, "tracks/_favourite.html", track=track, csrf="", place="take")
    return "".join(
        [
            _piece("replace", row, id=f"track-{track.id}"),
            _piece("replace", song, id=f"song-{track.id}"),
            _piece("replace", heart, id=f"favourite-player-{track.id}"),
            _piece("replace", playing, id=f"player-song-{track.id}"),
            _piece("replace", among, id=f"favourite-take-{track.id}"),
            _on_shelf(templates, track),
        ]
    )


def track_trashed(track_id: str) -> str:
    """A song is in the trash: it leaves the lists."""
    return "".join(_piece("remove", id=f"{place}-{track_id}") for place in ("track", "shelf", "take"))


def track_restored(templates: Environment, track: Track) -> str:
    """A song is out of the trash: it stands where it stood."""
    return _row(templates, track) + _on_shelf(templates, track) + _take(templates, track)


def trash_entered(templates: Environment, track: Track, days: int) -> str:
    """A song was thrown away: it lies on top."""
    html = _render(templates, "trash/_song.html", track=track, days=days, csrf="")
    return _piece("upsert", html, id=f"trashed-{track.id}", target="trash", at="order")


def trash_left(track_id: str) -> str:
    """A song is out of the trash, back in the library or gone for good."""
    return _piece("remove", id=f"trashed-{track_id}")


def trash_filled(templates: Environment, tracks: Iterable[Track], days: int) -> str:
    """What is left in the trash after it was emptied."""
    rows = [_render(templates, "trash/_song.html", track=track, days=days, csrf="") for track in tracks]
    return _piece("inner", "".join(rows), target="trash")


def trash_counted(templates: Environment, songs: int, days: int, until: datetime) -> str:
    """How much lies in the trash, and the way to empty it of just that."""
    html = _render(templates, "trash/_head.html", songs=songs, days=days, until=until.isoformat(), csrf="")
    link = _render(templates, "trash/_link.html", trashed=songs)
    return _piece("replace", html, id="trash-head") + _piece("replace", link, id="trash-link")


def player_filled(templates: Environment, track: Track) -> str:
    """What the player shows of the song it plays."""
    return "".join(
        _piece("inner", _render(templates, name, track=track, csrf="", place="player"), target=target)
        for name, target in (
            ("player/_sky.html", "player-sky"),
            ("player/_song.html", "player-song"),
            ("tracks/_favourite.html", "player-favourite"),
            ("tracks/_lyrics.html", "player-words"),
        )
    )


def toast(templates: Environment, tracks: Sequence[Track]) -> str:
    """The offer to take a song out of the trash again, or several at once."""
    ids = [track.id for track in tracks]
    html = _render(
        templates,
        "shared/_toast.html",
        toast=toast_id(ids),
        text=f"“{tracks[0].title}” is in the trash." if len(ids) == 1 else f"{len(ids)} songs are in the trash.",
        action=f"/tracks/{ids[0]}/restoration" if len(ids) == 1 else "/tracks/restoration",
        fields=[("track", track_id) for track_id in ids] if len(ids) > 1 else [],
        csrf="",
    )
    return _piece("upsert", html, id=f"toast-{toast_id(ids)}", target="toasts", at="end")


def toast_id(track_ids: Sequence[str]) -> str:
    """Tell one offer from another: by its song, or its first one and how many there are."""
    return track_ids[0] if len(track_ids) == 1 else f"{track_ids[0]}-{len(track_ids)}"


def presets_changed(templates: Environment, presets: Iterable[Preset], said: str = "") -> str:
    """Somebody's presets are others now."""
    return _piece(
        "replace", _render(templates, "songs/_presets.html", presets=presets, said=said), id="presets", say=said
    )


def preset_toast(templates: Environment, preset_id: str, name: str, values: Mapping[str, Json]) -> str:
    """The offer to keep a preset after all."""
    html = _render(
        templates,
        "shared/_toast.html",
        toast=preset_id,
        text=f"“{name}” is removed.",
        action="/presets",
        fields=[*values.items(), ("preset", name), ("undo", preset_id)],
        csrf="",
    )
    return _piece("upsert", html, id=f"toast-{preset_id}", target="toasts", at="end")


def toast_gone(toast: str) -> str:
    return _piece("remove", id=f"toast-{toast}")


def _row(templates: Environment, track: Track, *, fresh: bool = False) -> str:
    html = _render(templates, "tracks/_track.html", track=track, csrf="", fresh=fresh)
    return _piece("upsert", html, id=f"track-{track.id}", target="fresh songs", at="order")


def _take(templates: Environment, track: Track) -> str:
    html = _render(templates, "tracks/_take.html", track=track, csrf="", shown=False)
    return _piece("upsert", html, id=f"take-{track.id}", target=f"takes-{track.job_id}", at="order")


def _on_shelf(templates: Environment, track: Track) -> str:
    if not track.favourite:
        return _piece("remove", id=f"shelf-{track.id}")
    html = _render(templates, "tracks/_shelf_item.html", track=track)
    return _piece("upsert", html, id=f"shelf-{track.id}", target="shelf", at="order")


def _piece(swap: str, html: str = "", **marks: str) -> str:
    """Wrap what a partial gave. `html` is escaped already, and so is the answer: a plain string to join."""
    data = Markup("").join(Markup(' data-{}="{}"').format(name, value) for name, value in marks.items() if value)
    return str(Markup('<template data-swap="{}"{}>{}</template>').format(swap, data, Markup(html.strip())))


def _render(templates: Environment, name: str, **context: object) -> str:
    return templates.get_template(name).render(**context)
