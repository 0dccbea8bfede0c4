"""A song over HTTP in every format, whole and in pieces, as players and downloads ask for it."""

from __future__ import annotations

import io
import json
import zipfile
from urllib.parse import quote

import mido
import pytest
import soundfile
from tinytag import TinyTag

from tests.support.server import Server

SECONDS = 6.5
TITLE = "雨夜 / 歌"
FORMS = {
    "flac": ("audio/flac", "FLAC", 0.0),
    "wav": ("audio/wav", "WAV", 0.0),
    "mp3": ("audio/mpeg", "MP3", 0.06),
    "ogg": ("audio/ogg", "OGG", 0.01),
    "opus": ("audio/ogg; codecs=opus", "OGG", 0.05),
}  # media type, container, what the length may differ by in seconds


@pytest.fixture(scope="module")
def song(shared: Server) -> str:
    """The path of a finished song."""
    ended = shared.wait_for(shared.submit(duration=SECONDS, seed=7, title=TITLE))
    assert ended["status"] == "completed"
    assert ended["result_path"] == f"/tracks/{ended['track_ids'][0]}/audio.flac"
    return str(ended["result_path"]).rpartition("/")[0]


@pytest.mark.parametrize("form", FORMS)
def test_a_song_can_be_had_in_every_format_at_its_length(shared: Server, song: str, form: str) -> None:
    media_type, container, slack = FORMS[form]
    answer = shared.get(f"{song}/audio.{form}")
    assert (answer.status, answer.headers["content-type"]) == (200, media_type)
    sound = soundfile.SoundFile(io.BytesIO(answer.body))
    with sound:
        assert sound.format == container
        assert abs(sound.frames / sound.samplerate - SECONDS) <= slack
        read = sound.read(always_2d=True)
    assert abs(len(read) / sound.samplerate - SECONDS) <= slack and read.any()
    tag = TinyTag.get(filename=f"song.{form}", file_obj=io.BytesIO(answer.body))
    assert tag.duration is not None and abs(tag.duration - SECONDS) <= max(slack, 0.05)
    assert shared.get(f"/api/v1{song}/audio.{form}").body == answer.body
    assert answer.headers["cache-control"].startswith("private")


def test_wav_has_the_very_samples_of_flac(shared: Server, song: str) -> None:
    flac, wav = (soundfile.read(io.BytesIO(shared.get(f"{song}/audio.{form}").body))[0] for form in ("flac", "wav"))
    assert (flac == wav).all()


def test_a_song_comes_apart_into_stems_as_long_as_itself(shared: Server, song: str) -> None:
    answer = shared.get(f"/api/v1{song}/stems.zip")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/zip")
    assert quote("雨夜") in answer.headers["content-disposition"]
    frames = soundfile.info(io.BytesIO(shared.get(f"{song}/audio.flac").body)).frames
    with zipfile.ZipFile(io.BytesIO(answer.body)) as stems:
        assert {"bass.flac", "chords.flac", "drums.flac", "lead.flac"} >= set(stems.namelist()) > {"chords.flac"}
        for name in stems.namelist():
            sound = soundfile.info(io.BytesIO(stems.read(name)))
            assert (sound.frames, sound.subtype, sound.channels) == (frames, "PCM_24", 2)
    piece = shared.get(f"/api/v1{song}/stems.zip", Range="bytes=0-3")
    assert (piece.status, piece.body) == (206, answer.body[:4])


def test_a_song_can_be_had_as_notes(shared: Server, song: str) -> None:
    answer = shared.get(f"/api/v1{song}/score.mid")
    assert (answer.status, answer.headers["content-type"]) == (200, "audio/midi")
    notes = mido.MidiFile(file=io.BytesIO(answer.body))
    assert abs(notes.length - SECONDS) < 0.01
    assert any(message.type == "note_on" for message in notes)


def test_a_song_that_is_not_there_has_no_pieces(shared: Server) -> None:
    for name in ("stems.zip", "score.mid"):
        assert shared.get(f"/api/v1/tracks/{'0' * 32}/{name}").status == 404


@pytest.mark.parametrize("form", FORMS)
def test_a_piece_of_a_song_is_that_piece(shared: Server, song: str, form: str) -> None:
    path = f"{song}/audio.{form}"
    whole = shared.get(path).body
    size = len(whole)
    for asked, first, last in [
        ("bytes=0-0", 0, 0), ("bytes=100-199", 100, 199), (f"bytes={size - 5}-", size - 5, size - 1),
        ("bytes=-7", size - 7, size - 1), (f"bytes=10-{size * 2}", 10, size - 1), (f"bytes=-{size * 2}", 0, size - 1),
    ]:  # fmt: skip
        answer = shared.get(path, Range=asked)
        assert answer.status == 206, asked
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert int(answer.headers["content-length"]) == last - first + 1
        assert answer.body == whole[first : last + 1]


def test_a_piece_behind_the_end_is_refused_with_the_size(shared: Server, song: str) -> None:
    size = len(shared.get(f"{song}/audio.flac").body)
    for asked in (f"bytes={size}-", "bytes=-0"):
        answer = shared.get(f"{song}/audio.flac", Range=asked)
        assert (answer.status, answer.headers["content-range"], answer.body) == (416, f"bytes */{size}", b"")


@pytest.mark.parametrize("asked", ["bytes=9-1", "bytes=a-b", "seconds=1-2", "bytes=0-1,4-5", "bytes"])
def test_what_is_no_single_range_gets_the_whole_song(shared: Server, song: str, asked: str) -> None:
    answer = shared.get(f"{song}/audio.flac", Range=asked)
    assert answer.status == 200 and answer.body == shared.get(f"{song}/audio.flac").body


def test_a_piece_is_given_only_of_the_song_that_was_begun(shared: Server, song: str) -> None:
    etag = shared.get(f"{song}/audio.flac").headers["etag"]
    piece = {"Range": "bytes=0-9"}
    assert shared.get(f"{song}/audio.flac", **piece, **{"If-Range": etag}).status == 206
    for other in ('"another"', f"W/{etag}", "Wed, 21 Oct 2015 07:28:00 GMT"):
        assert shared.get(f"{song}/audio.flac", **piece, **{"If-Range": other}).status == 200
    assert shared.get(f"{song}/audio.mp3").headers["etag"] != etag


def test_a_song_that_is_known_is_not_sent_again(shared: Server, song: str) -> None:
    etag = shared.get(f"{song}/audio.flac").headers["etag"]
    for known in (etag, f'"x", W/{etag}', "*"):
        answer = shared.get(f"{song}/audio.flac", **{"If-None-Match": known})
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", etag)
    assert shared.get(f"{song}/audio.flac", **{"If-None-Match": '"x"'}).status == 200


@pytest.mark.parametrize("form", FORMS)
def test_head_tells_of_a_song_what_get_does_without_its_sound(shared: Server, song: str, form: str) -> None:
    get, head = (shared.ask(method, f"{song}/audio.{form}") for method in ("GET", "HEAD"))
    assert (head.status, head.body) == (200, b"")
    for name in ("content-type", "content-length", "etag", "accept-ranges", "content-disposition", "cache-control"):
        assert head.headers[name] == get.headers[name]
    assert int(head.headers["content-length"]) == len(get.body) and head.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize("form", FORMS)
def test_a_download_is_called_by_its_title_in_any_script(shared: Server, song: str, form: str) -> None:
    kept = shared.get(f"{song}/audio.{form}?download=true").headers["content-disposition"]
    assert kept.startswith("attachment; ")
    assert kept.endswith(f"filename*=UTF-8''{quote(f'雨夜 - 歌.{form}')}")
    assert kept.isascii() and f'.{form}"' in kept and "/" not in kept
    assert shared.get(f"{song}/audio.{form}").headers["content-disposition"].startswith("inline; ")


@pytest.mark.parametrize("form", FORMS)
def test_a_download_says_inside_what_it_is_by_the_title_of_today(shared: Server, form: str) -> None:
    lyrics = "[00:00.50][Verse]\n[00:01.00]Paper boats\n[00:03.00]雨夜"
    job = shared.wait_for(
        shared.submit(duration=SECONDS, seed=9, title="First", prompt="lo-fi, 80 bpm, in D minor", lyrics=lyrics)
    )
    track = job["track_ids"][0]
    path = f"/tracks/{track}/audio.{form}"
    played, first = shared.get(path), shared.get(f"{path}?download=true")
    title = "Zweiter 🎶 雨夜 " + "x" * 180
    assert shared.ask("PATCH", f"/api/v1/tracks/{track}", {"title": title}).status == 200
    second = shared.get(f"{path}?download=true")
    found = [TinyTag.get(filename=f"song.{form}", file_obj=io.BytesIO(a.body), image=True) for a in (first, second)]
    assert [tag.title for tag in found] == ["First", title]
    assert len({played.headers["etag"], first.headers["etag"], second.headers["etag"]}) == 3
    assert shared.get(path).body == played.body, "what is played stays as it was"
    tag = found[1]
    assert tag.artist == "MusicGen Local (Sketch)" and tag.comment == "Seed 9. Prompt: lo-fi, 80 bpm, in D minor"
    assert (tag.other["bpm"], tag.other["initial_key"]) == (["80"], ["Dm"])
    receipt = shared.get(f"/api/v1/tracks/{track}/receipt.json").json
    assert [json.loads(written) for written in tag.other["receipt"]] == [receipt]
    words = [*tag.other["lyrics"], *tag.other.get("syncedlyrics", [])]
    assert words == ["[Verse]\nPaper boats\n雨夜", "[00:01.00]Paper boats\n[00:03.00]雨夜"]
    assert tag.images.front_cover is not None and tag.images.front_cover.mime_type == "image/png"
    assert shared.get(f"{path}?download=true", Range="bytes=5-9").body == second.body[5:10]
    assert shared.ask("HEAD", f"{path}?download=true").headers["content-length"] == str(len(second.body))


def test_a_tagged_flac_is_the_same_song(shared: Server, song: str) -> None:
    stored, kept = (shared.get(f"{song}/audio.flac{asked}").body for asked in ("", "?download=true"))
    assert stored != kept
    assert stored[8:42] == kept[8:42], "STREAMINFO, with the MD5 of the samples"
    plain, tagged = (soundfile.read(io.BytesIO(data), dtype="int32")[0] for data in (stored, kept))
    assert (plain == tagged).all()


def test_a_song_in_the_trash_is_not_there_until_it_is_restored(shared: Server) -> None:
    track = shared.wait_for(shared.submit(seed=8))["track_ids"][0]
    paths = [f"{face}/tracks/{track}/audio.{form}" for face in ("", "/api/v1") for form in ("flac", "mp3")]
    assert shared.get(paths[1]).status == 200, "a copy is in the cache"
    assert shared.ask("DELETE", f"/api/v1/tracks/{track}").status == 204
    for path in paths:
        answer = shared.get(path)
        assert (answer.status, answer.json["code"]) == (404, "NOT_FOUND")
    assert shared.ask("POST", f"/api/v1/tracks/{track}/restore").status == 200
    assert [shared.get(path).status for path in paths] == [200] * 4
