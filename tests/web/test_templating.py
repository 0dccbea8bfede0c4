"""Templates: the rules they keep, and what a reader sees of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from jinja2 import Environment, UndefinedError

from musicgen_web.bundle import bundled
from musicgen_web.engines.base import SKETCH
from musicgen_web.engines.sketch.understanding import understand
from musicgen_web.errors import FieldError, InvalidRequest, MusicGenError, NotFound, QueueFull
from musicgen_web.jobs.live import Live
from musicgen_web.web import fragments
from musicgen_web.web.assets import load_assets
from musicgen_web.web.cards import Card, Line, Outlook
from musicgen_web.web.days import days
from musicgen_web.web.examples import IDEAS, WORDS
from musicgen_web.web.forms import FIELDS, SongForm
from musicgen_web.web.library import View
from musicgen_web.web.takes import Takes
from musicgen_web.web.templating import environment
from tests.support import songs

FOLDER = bundled("templates")
FILES = sorted(FOLDER.rglob("*.html"))
FRAME = {"csrf": "token", "mood": "", "making": 2, "seen": "e-7"}
HOSTILE = "<script>alert(1)</script>\"' onload=x"


@pytest.fixture(scope="module")
def templates() -> Environment:
    return environment(load_assets(bundled("static")))


def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html5lib")


def one(found: object) -> Tag:
    assert isinstance(found, Tag)
    return found


def desk(templates: Environment, **changes: object) -> str:
    values = dict.fromkeys(FIELDS, "") | {"prompt": IDEAS[0], "duration": "95", "engine": "sketch", "takes": "1"}
    context: dict[str, object] = {
        "form": SongForm(values), "words": WORDS, "idea": 1, "engines": [SKETCH], "outlook": Outlook(0, (5, 8)),
        "said": "", "problem": None, "running": [], "waiting": [], "ended": [], "fresh_tracks": [],
        "understanding": understand(values["prompt"]), "engine_title": "Sketch", "corrected": None, "presets": [],
        "is_new": True,
    }  # fmt: skip
    return templates.get_template("songs/new.html").render(**FRAME, page="create", **(context | changes))


def pages(templates: Environment) -> dict[str, str]:
    """Every page in a full state."""
    among = Takes(songs.job("completed", takes=2), [songs.track(1), songs.track(2, take_number=2)])
    track = songs.track(
        favourite=True, title=HOSTILE, request=songs.request(prompt=HOSTILE, lyrics="[Verse]\n" + HOSTILE)
    )
    running = Card(songs.job("processing", 1, takes=2), Live("composing", 0.3, 9, 30, "the chorus", 1, 2), None, (4, 7))
    waiting = Card(songs.job("pending", 2, prompt=HOSTILE), None, 1, (9, 14))
    ended = [
        Card(songs.job("failed", 3, error="OUT_OF_MEMORY", detail="It needs 14 GB")),
        Card(songs.job("cancelled", 4)),
    ]
    line = {"running": [running], "waiting": [waiting], "ended": ended, "fresh_tracks": [track]}
    shelf = {"days": days([track]), "shelf": [track], "songs": 1, "seconds": 95.0, "trashed": 1}
    thrown = songs.track(title=HOSTILE, deleted_at=songs.NOON)
    lying = {"tracks": [thrown], "songs": 1, "days": 30, "until": "2026-03-04T12:00:00+00:00"}
    view = View(q=HOSTILE, select=True)
    library = {"view": view, "shown": 1, "next_cursor": track.id, "loaded": 40, "is_full": False}

    def page(name: str, **context: object) -> str:
        return templates.get_template(name).render(**FRAME, **context)

    return {
        "create": desk(templates, **line, outlook=Outlook(2, (30, 50))),
        "queue": page("jobs/index.html", page="queue", hidden_waiting=3, **line),
        "library": page("tracks/index.html", page="library", **shelf, **library),
        "track": page("tracks/show.html", page="song", track=track, takes=among, can_be_taken_apart=True),
        "problem": page("problem.html", page="problem", error=NotFound(), is_song=True),
        "trash": page("trash/index.html", page="library", before=None, next_cursor=thrown.id, **lying),
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_template_says_what_it_needs_and_holds_no_style_script_or_handler(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith("{# Needs "), "the first line says what it needs and who sends it"
    assert not re.search(r"<style|\sstyle=|\son\w+=|hx-on|javascript:|js:|\| ?safe", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", text), "nothing is asked of another host"
    assert not re.search(r"hx-trigger=\"[^\"]*\w\[", text), "trigger filters need eval"


def test_every_form_works_without_htmx_and_carries_a_token(templates: Environment) -> None:
    for name, html in pages(templates).items():
        forms = soup(html).find_all("form")
        assert forms or name == "problem"
        for form in forms:
            if form.get("role") == "search":  # it changes nothing: Enter asks for the page
                assert (form["method"], form["action"]) == ("get", form["hx-get"])
                continue
            assert form["method"] == "post", name
            acts = form.select("button[hx-post]") or [form]
            assert all(act.get("formaction", act.get("action")) == act.get("hx-post") for act in acts), name
            assert one(form.find("input", attrs={"name": "csrf"}))["value"] == "token", name
            assert form.find("button", attrs={"type": "submit"}), name


def test_every_id_is_there_once_and_every_field_has_a_name_for_those_who_listen(templates: Environment) -> None:
    for name, html in pages(templates).items():
        page = soup(html)
        ids = [tag["id"] for tag in page.find_all(id=True)]
        assert len(ids) == len(set(ids)), name
        for field in page.select("input:not([type=hidden]), textarea, select"):
            named = (
                field.get("aria-label")
                or field.find_parent("label")
                or page.find("label", attrs={"for": field.get("id")})
            )
            assert named, f"{name}: {field}"
        for tied in page.find_all(attrs={"aria-describedby": True}):
            assert all(page.find(id=target) for target in str(tied["aria-describedby"]).split()), name
        for button in page.find_all("button"):
            assert button.get("aria-label") or button.get_text(strip=True), name


def test_what_people_typed_stays_text(templates: Environment) -> None:
    for name, html in pages(templates).items():
        page = soup(html)
        assert [script.get("src") for script in page.find_all("script")] == [page.script["src"]], name  # type: ignore[index]
        assert not page.find(attrs={"onload": True}), name


def test_a_name_that_nobody_passed_is_an_error(templates: Environment) -> None:
    with pytest.raises(UndefinedError):
        templates.get_template("shared/_count.html").render()


@pytest.mark.parametrize("error", [NotFound(), QueueFull(), InvalidRequest([FieldError("title", "Too long.")])])
def test_every_error_can_be_shown_as_a_page_and_as_a_note(templates: Environment, error: MusicGenError) -> None:
    for name in ("problem.html", "_problem.html"):
        text = soup(templates.get_template(name).render(**FRAME, page="problem", error=error, is_song=False)).get_text()
        assert error.title in text
        assert ("Too long." if isinstance(error, InvalidRequest) else error.advice) in text


def test_the_desk_is_filled_in_so_that_one_press_makes_a_song(templates: Environment) -> None:
    page = soup(desk(templates))
    assert one(page.find(id="prompt")).get_text() == IDEAS[0]
    assert one(page.find(id="duration"))["value"] == "95"
    assert one(page.select_one("output")).get_text() == "1:35"
    assert [engine["value"] for engine in page.select("input[name=engine][checked]")] == ["sketch"]
    assert one(page.select_one("input[value=diffrhythm]")).has_attr("disabled")
    assert one(page.find(id="outlook")).get_text() == "Ready in 5 to 8 seconds."
    assert len(str(one(page.select_one("input[name=key]"))["value"])) >= 16
    assert not one(page.find(id="more")).has_attr("open")


def test_each_wrong_field_says_so_beside_it_and_the_first_one_gets_the_focus(templates: Environment) -> None:
    values = dict.fromkeys(FIELDS, "") | {"lyrics": "[00:xx] bad", "takes": "99", "duration": "abc"}
    errors = (
        FieldError("prompt", "Say something."),
        FieldError("lyrics", "No time.", 1),
        FieldError("takes", "1 to 8."),
    )
    page = soup(desk(templates, form=SongForm(values, errors=errors)))
    for name in ("prompt", "lyrics", "takes"):
        field = one(page.find(id=name))
        assert field["aria-invalid"] == "true"
        assert f"{name}-error" in str(field["aria-describedby"])
    assert one(page.find(id="lyrics-error")).get_text() == "Line 1: No time."
    assert [tag["id"] for tag in page.select("[autofocus]")] == ["prompt"]
    assert one(page.find(id="takes"))["tabindex"] == "-1", "the link beside the button leads there"
    assert one(page.find(id="more")).has_attr("open"), "an error inside opens it"
    assert "Three things first: Say something." in one(page.select_one(".go")).get_text()


def test_a_refusal_stands_beside_the_button(templates: Environment) -> None:
    assert (
        "The queue is full. Wait until" in one(soup(desk(templates, problem=QueueFull())).select_one(".go")).get_text()
    )


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (Card(songs.job("processing"), Live("composing", 0.3, 9, 30, "the chorus"), None, (4, 7)),
         "Composing the chorus. 4 to 7 seconds more."),
        (Card(songs.job("processing", takes=3), Live("saving", 0.9, take=2)), "Saving. Take 2 of 3."),
        (Card(songs.job("pending"), None, 0), "Next in line."),
        (Card(songs.job("pending"), None, 0, (9, 14), (6, 10)), "Starts in 6 to 10 seconds."),
        (Card(songs.job("pending", takes=2), None, 3, (150, 190), (100, 130)),
         "Two takes. Starts in about 2 minutes, after three others."),
        (Card(songs.job("pending"), None, 1), "After one other."),
    ],
)  # fmt: skip
def test_a_job_says_in_words_how_it_stands(templates: Environment, card: Card, said: str) -> None:
    assert " ".join(soup(templates.get_template("jobs/_state.html").render(card=card)).get_text().split()) == said


def test_a_failed_job_says_what_happened_what_to_do_and_has_the_button_that_does_it(templates: Environment) -> None:
    card = Card(songs.job("failed", error="OUT_OF_MEMORY", detail="It needs 14 GB"))
    job = soup(templates.get_template("jobs/_job.html").render(card=card, csrf="token"))
    assert one(job.select_one(".job__why")).get_text() == "The memory ran out."
    assert one(job.select_one(".job__state")).get_text().strip().startswith("It needs 14 GB. Try a shorter song")
    assert [form["action"] for form in job.find_all("form")] == [f"/jobs/{card.job.id}/retry"]
    assert job.find("a", href=f"/?again={card.job.id}")


def test_a_bar_lights_a_tick_only_for_a_step_that_is_done(templates: Environment) -> None:
    def bar(live: Live | None) -> Tag:
        card = Card(songs.job("processing"), live)
        return one(soup(templates.get_template("jobs/_bar.html").render(card=card)).svg)

    assert len(bar(Live("sampling", 0.5, 15, 31)).select("line[data-done]")) == 15
    assert len(bar(Live("sampling", 0.5, 15, 31)).find_all("line")) == 31
    assert bar(Live("sampling", 0.5, 100, 200))["aria-valuenow"] == "24"
    assert not bar(Live("loading")).select("line[data-done]")
    assert not bar(None).select("line[data-done]")


def pieces(html: str) -> list[tuple[str, str, str]]:
    found = BeautifulSoup(html, "html.parser").find_all("template", recursive=False)
    assert found, "pieces are elements, not text"
    return [
        (str(piece["data-swap"]), str(piece.get("data-id", "")), str(piece.get("data-target", ""))) for piece in found
    ]


def test_a_finished_job_leaves_and_its_song_settles_in(templates: Environment) -> None:
    track = songs.track()
    card = Card(songs.job("completed", 1, title=HOSTILE))
    html = fragments.job_changed(templates, card, [track], 1) + fragments.total_changed(templates, 1, 95.0)
    assert pieces(html) == [
        ("remove", f"job-{card.job.id}", ""),
        ("upsert", f"track-{track.id}", "fresh songs"),
        ("replace", "count", ""),
        ("replace", "lamp", ""),
        ("replace", "total", ""),
    ]
    assert "data-fresh" in html
    assert "<script" not in html


@pytest.mark.parametrize(
    ("status", "error", "target"),
    [
        ("pending", None, "waiting"),
        ("processing", None, "running"),
        ("failed", "INTERNAL", "ended"),
        ("cancelled", None, "ended"),
    ],
)
def test_a_job_moves_to_where_it_belongs(templates: Environment, status: str, error: str | None, target: str) -> None:
    card = Card(songs.job(status, error=error))
    assert pieces(fragments.job_changed(templates, card, (), 1))[0] == ("upsert", f"job-{card.job.id}", target)


def test_progress_swaps_words_and_bar_and_never_a_button(templates: Environment) -> None:
    card = Card(songs.job("processing"), Live("composing", 0.3, 9, 30))
    html = fragments.progressed(templates, card)
    assert [piece[1] for piece in pieces(html)] == [f"job-{card.job.id}-state", f"job-{card.job.id}-bar"]
    assert "<button" not in html


def test_pieces_for_everybody_carry_no_token(templates: Environment) -> None:
    running, waiting = Card(songs.job("processing", 1), Live("saving")), Card(songs.job("pending", 2), None, 1)
    html = fragments.snapshot(templates, Line([running], [waiting], 0, 2), [], [songs.track()])
    assert html.count('name="csrf" value=""') == html.count('name="csrf"') >= 5
    assert [piece[2] for piece in pieces(html)] == ["running", "waiting", "ended", "fresh songs", "", ""]


def test_a_thrown_away_song_lies_on_top_of_the_trash_and_leaves_it(templates: Environment) -> None:
    track = songs.track(deleted_at=songs.NOON)
    entered = fragments.trash_entered(templates, track, 30)
    assert pieces(entered) == [("upsert", f"trashed-{track.id}", "trash")]
    assert entered.count('name="csrf" value=""') == entered.count("<form") == 2
    assert pieces(fragments.trash_left(track.id)) == [("remove", f"trashed-{track.id}", "")]
    assert pieces(fragments.trash_filled(templates, [track], 30)) == [("inner", "", "trash")]
    counted = fragments.trash_counted(templates, 1, 30, songs.NOON)
    assert pieces(counted) == [("replace", "trash-head", ""), ("replace", "trash-link", "")]
    assert songs.NOON.isoformat() in counted


def test_a_loved_song_goes_to_the_shelf_and_an_unloved_one_leaves_it(templates: Environment) -> None:
    shelf = f"shelf-{songs.track().id}"
    assert ("upsert", shelf, "shelf") in pieces(fragments.track_changed(templates, songs.track(favourite=True)))
    assert ("remove", shelf, "") in pieces(fragments.track_changed(templates, songs.track()))


def test_the_song_page_tells_the_truth_about_its_song(templates: Environment) -> None:
    track = songs.track(title="月光照在旧码头上", request=songs.request(lyrics="[Verse]\n[00:10.00]潮水"))
    context = {"page": "song", "track": track, "takes": None, "can_be_taken_apart": True}
    page = soup(templates.get_template("tracks/show.html").render(**FRAME, **context))
    assert one(page.h1)["lang"] == "zh"
    assert one(page.select_one(".song__label")).get_text() == "1:35, B♭ major, 82 bpm"
    assert [text.get_text() for text in page.select(".score__chords text")] == ["B♭maj7", "F♯m"]
    assert one(page.select_one(".lyrics a"))["href"] == f"/tracks/{track.id}/audio.flac#t=10.0"
    files = [a.get_text(" ", strip=True) for a in page.select(".files a")]
    assert files == ["FLAC 7.8 MB", "WAV", "MP3", "OGG", "Opus", "Stems ZIP", "MIDI", "Words LRC"]
    assert [a.get_text() for a in page.select(".menu__files a")] == ["FLAC", "WAV", "MP3", "OGG", "Opus"]
    assert [a["href"].partition("#")[2] for a in page.select(".score__section")] == ["t=0.0", "t=20.0"]  # type: ignore[union-attr]
    assert one(page.select_one("noscript"))
    assert not page.select(".take"), "one take alone has nothing to be compared with"


def test_the_song_page_says_which_lines_are_not_sung_as_written(templates: Environment) -> None:
    reports = [{"line": 4, "what": "tight", "needed": 2.1, "had": 1.9}]
    reports += [{"line": 7, "what": "left out", "needed": 0.0, "had": 0.0, "why": "it falls past the end"}]
    plan = songs.track().plan | {"voice": {"lines": 9, "singer": "high", "reports": reports}}
    context = {"page": "song", "track": songs.track(plan=plan), "takes": None, "can_be_taken_apart": True}
    page = soup(templates.get_template("tracks/show.html").render(**FRAME, **context)).get_text(" ", strip=True)
    assert "Line 4 in a hurry. Line 7 left out (it falls past the end)." in page


def test_a_song_of_an_engine_that_tells_no_plan_has_a_page_too(templates: Environment) -> None:
    track = songs.track(plan={}, engine="diffrhythm")
    context = {"page": "song", "track": track, "takes": None, "can_be_taken_apart": False}
    page = soup(templates.get_template("tracks/show.html").render(**FRAME, **context))
    assert not page.select(".score__text")
    assert "MIDI" not in one(page.select_one(".files")).get_text()
    assert "with DiffRhythm" in one(page.select_one(".song__style")).get_text()
    assert "32, 4.0" in one(page.find(id="receipt")).get_text()
    assert "the music has it to itself" in one(page.select_one(".lyrics")).get_text()


def test_takes_stand_on_one_time_axis_and_the_shown_one_is_marked(templates: Environment) -> None:
    cut = songs.track(2, take_number=2, duration=47.5)
    shown = songs.track(1)
    takes = Takes(songs.job("completed", takes=3), [shown, cut])
    page = soup(
        templates.get_template("tracks/show.html").render(
            **FRAME, page="song", track=shown, takes=takes, can_be_taken_apart=True
        )
    )
    rows = page.select(".take")
    assert [row.get("aria-current") for row in rows] == ["true", None]
    assert [one(row.select_one(".take__axis > svg"))["width"] for row in rows] == ["100.0%", "50.0%"]
    assert [a["href"] for a in page.select(".take__foot a")] == [f"/tracks/{cut.id}"]


def test_a_further_take_of_a_job_reaches_the_pages_of_its_songs(templates: Environment) -> None:
    card = Card(songs.job("processing", 1, takes=3), Live("saving", 0.9, take=2))
    track = songs.track(2, take_number=2, job_id=card.job.id)
    sent = pieces(fragments.job_changed(templates, card, [track], 1))
    assert ("upsert", f"take-{track.id}", f"takes-{card.job.id}") in sent
    assert ("replace", f"takes-note-{card.job.id}", "") in sent
    assert ("remove", f"take-{track.id}", "") in pieces(fragments.track_trashed(track.id))
    assert ("upsert", f"take-{track.id}", f"takes-{card.job.id}") in pieces(fragments.track_restored(templates, track))
    assert ("replace", f"favourite-take-{track.id}", "") in pieces(fragments.track_changed(templates, track))


def test_songs_of_one_day_stand_under_one_heading_also_across_pages() -> None:
    found = days([songs.track(3), songs.track(2)])
    assert [(len(tracks)) for _, _, tracks in found] == [2]
    assert days([songs.track(1)], under=found[0][0])[0][0] == ""
