"""The pieces that change a page while it is open: what the stream sends and what small forms get for an answer.

Each is a <template> that says where it belongs; static/js/live.js puts it there. Pieces are made without a request and
shared by all readers, so their forms carry no token: the page fills in its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from litestar import Litestar
from markupsafe import Markup

from musicgen_web.library.tracks import title_for
from musicgen_web.models import CANCELLED, COMPLETED, FAILED, PENDING, PROCESSING, Track
from musicgen_web.web import phrases
from musicgen_web.web.cards import Card, Line
from musicgen_web.web.templating import render

PLACES = {PENDING: ("waiting", "end"), PROCESSING: ("running", "end")}


def job_changed(app: Litestar, card: Card, tracks: Iterable[Track], making: int) -> str:
    """A job stands differently: it moves on, or its songs arrive in its place."""
    job, title = card.job, f"“{title_for(card.job.request)}”"
    said = {COMPLETED: f"{title} is ready.", FAILED: f"{title} did not finish.", CANCELLED: f"{title} is cancelled."}
    say = said.get(job.status, "")
    if job.status in PLACES or card.is_unfinished:
        target, at = PLACES.get(job.status, ("ended", "start"))
        html = render(app, "jobs/_job.html", card=card, csrf="")
        pieces = [_piece("upsert", html, id=f"job-{job.id}", target=target, at=at, say=say)]
    else:
        pieces = [_piece("remove", id=f"job-{job.id}", say=say)]
    pieces += [_row(app, track, fresh=True) for track in tracks]
    return "".join([*pieces, frame_changed(app, making)])


def frame_changed(app: Litestar, making: int) -> str:
    """The count beside Queue and the lamp in the name."""
    count = _piece("replace", render(app, "shared/_count.html", making=making), id="count")
    return count + _piece("replace", render(app, "shared/_lamp.html", making=making), id="lamp")


def progressed(app: Litestar, card: Card) -> str:
    """A running job got further: its words and its bar, never its buttons."""
    job = card.job
    stage = phrases.STAGES.get(card.live.stage, "") if card.live else ""
    say = f"“{title_for(job.request)}”: {stage}" if stage else ""
    words = _piece("replace", render(app, "jobs/_state.html", card=card), id=f"job-{job.id}-state", say=say)
    return words + _piece("replace", render(app, "jobs/_bar.html", card=card), id=f"job-{job.id}-bar")


def line_moved(app: Litestar, waiting: Iterable[Card]) -> str:
    """Places in line are others now."""
    pieces = []
    for card in waiting:
        place = render(app, "jobs/_place.html", card=card)
        pieces.append(_piece("replace", place, id=f"job-{card.job.id}-place"))
        pieces.append(_piece("replace", render(app, "jobs/_state.html", card=card), id=f"job-{card.job.id}-state"))
    return "".join(pieces)


def snapshot(app: Litestar, line: Line, ended: Iterable[Card], tracks: Iterable[Track]) -> str:
    """Everything that pages show live, after events were missed."""
    pieces = [
        _piece("inner", "".join(render(app, "jobs/_job.html", card=card, csrf="") for card in cards), target=target)
        for target, cards in (("running", line.running), ("waiting", line.waiting), ("ended", ended))
    ]
    pieces += [_row(app, track) for track in tracks]
    return "".join([*pieces, frame_changed(app, line.making)])


def track_changed(app: Litestar, track: Track) -> str:
    """A song has another title or is loved: in its row, on its page, in the player and on the shelf."""
    row = render(app, "tracks/_track.html", track=track, csrf="", fresh=False)
    song = render(app, "tracks/_song.html", track=track, csrf="")
    heart = render(app, "tracks/_favourite.html", track=track, csrf="", place="player")
    playing = render(app, "player/_song.html", track=track)
    return "".join(
        [
            _piece("replace", row, id=f"track-{track.id}"),
            _piece("replace", song, id=f"song-{track.id}"),
            _piece("replace", heart, id=f"favourite-player-{track.id}"),
            _piece("replace", playing, id=f"player-song-{track.id}"),
            _on_shelf(app, track),
        ]
    )


def track_trashed(track_id: str) -> str:
    """A song is in the trash: it leaves the lists."""
    return _piece("remove", id=f"track-{track_id}") + _piece("remove", id=f"shelf-{track_id}")


def track_restored(app: Litestar, track: Track) -> str:
    """A song is out of the trash: it stands where it stood."""
    return _row(app, track) + _on_shelf(app, track)


def player_filled(app: Litestar, track: Track) -> str:
    """What the player shows of the song it plays."""
    return "".join(
        _piece("inner", render(app, name, track=track, csrf="", place="player"), target=target)
        for name, target in (
            ("player/_sky.html", "player-sky"),
            ("player/_song.html", "player-song"),
            ("tracks/_favourite.html", "player-favourite"),
        )
    )


def toast(app: Litestar, track: Track) -> str:
    """The offer to take a song out of the trash again."""
    html = render(
        app,
        "shared/_toast.html",
        toast=track.id,
        text=f"“{track.title}” is in the trash.",
        action=f"/tracks/{track.id}/restoration",
        csrf="",
    )
    return _piece("upsert", html, id=f"toast-{track.id}", target="toasts", at="end")


def toast_gone(track_id: str) -> str:
    return _piece("remove", id=f"toast-{track_id}")


def _row(app: Litestar, track: Track, *, fresh: bool = False) -> str:
    html = render(app, "tracks/_track.html", track=track, csrf="", fresh=fresh)
    return _piece("upsert", html, id=f"track-{track.id}", target="fresh songs", at="order")


def _on_shelf(app: Litestar, track: Track) -> str:
    if not track.favourite:
        return _piece("remove", id=f"shelf-{track.id}")
    html = render(app, "tracks/_shelf_item.html", track=track)
    return _piece("upsert", html, id=f"shelf-{track.id}", target="shelf", at="order")


def _piece(swap: str, html: str = "", **marks: str) -> str:
    """Wrap what a partial gave; `html` is rendered and escaped already."""
    data = Markup("").join(Markup(' data-{}="{}"').format(name, value) for name, value in marks.items() if value)
    return Markup('<template data-swap="{}"{}>{}</template>').format(swap, data, Markup(html.strip()))
