"""How times, lengths, sizes and stages are said to people: the filters of the templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from musicgen_web.engines.base import Json
from musicgen_web.models import Track

STAGES = {
    "queued": "Waiting for its turn",
    "loading": "Warming up",
    "styling": "Finding the style",
    "composing": "Composing",
    "sampling": "Sampling",
    "decoding": "Turning it into sound",
    "saving": "Saving",
}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
FATES = {"tight": "in a hurry", "cut": "cut short"}  # of lines of lyrics; others are left out
ACCIDENTAL = re.compile(r"\b([A-G])([b#])")
SCRIPTS = (("ja", "\u3040", "\u30ff"), ("ko", "\uac00", "\ud7af"), ("zh", "\u4e00", "\u9fff"))


class Step(Protocol):
    """What is known of a running take (the dispatcher's `Live`)."""

    @property
    def stage(self) -> str: ...
    @property
    def detail(self) -> str: ...
    @property
    def done(self) -> int: ...
    @property
    def total(self) -> int: ...


def clock(seconds: float) -> str:
    """3:20, 0:05, 1:02:03."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def length(seconds: float) -> str:
    """A song's length for those who listen: 3 minutes 20 seconds."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    parts = [counted(minutes, "minute") if minutes else "", counted(rest, "second") if rest or not minutes else ""]
    return " ".join(part for part in parts if part)


def long_span(seconds: float) -> str:
    """What a whole library lasts: 10 hours and 40 minutes."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return counted(round(seconds), "second")
    hours, minutes = divmod(minutes, 60)
    parts = [counted(number, unit) for number, unit in ((hours, "hour"), (minutes, "minute")) if number]
    return " and ".join(parts)


def counted(number: int, noun: str, plural: str = "") -> str:
    """1 song, 214 songs."""
    return f"{number:,}".replace(",", "\u202f") + " " + (noun if number == 1 else plural or f"{noun}s")


def number_word(number: int) -> str:
    """Small numbers in words: two, twelve, 13."""
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else str(number)


def eta(span: tuple[float, float]) -> str:
    """A range as people say it: about 5 seconds, 10 to 20 seconds, 2 to 3 minutes."""
    low, high = min(span), max(span)
    if high < 4:
        return "a few seconds"
    if high < 100:
        low, high = _rounded(low), _rounded(high)
        return f"about {high} seconds" if low == high else f"{low} to {high} seconds"
    if high < 5400:
        low, high = max(1, round(low / 60)), max(1, round(high / 60))
        return f"about {counted(high, 'minute')}" if low == high else f"{low} to {high} minutes"
    low, high = max(1, round(low / 3600)), max(1, round(high / 3600))
    return f"about {counted(high, 'hour')}" if low == high else f"{low} to {high} hours"


def _rounded(seconds: float) -> int:
    """To the second below 10, to 5 below 60, else to 10: nobody counts finer."""
    grain = 1 if seconds < 10 else 5 if seconds < 60 else 10
    return max(1, round(seconds / grain) * grain)


def stage(step: Step) -> str:
    """What is at work, in words: Composing the chorus; Sampling, step 12 of 31; Turning it into sound: Rhodes."""
    words = STAGES.get(step.stage, step.stage.capitalize())
    if step.stage == "sampling" and step.total and not step.detail:
        return f"{words}, step {step.done} of {step.total}"
    if not step.detail or step.stage == "styling":
        return words
    return f"{words} {step.detail}" if step.stage == "composing" else f"{words}: {step.detail}"


def local(moment: datetime) -> datetime:
    """The server's own time of day: it stands in the same house."""
    return moment.astimezone()


def day(moment: datetime, now: datetime | None = None) -> str:
    """The heading a song stands under: Tonight, Today, Yesterday, Sunday, 3 March, 3 March 2024."""
    here, today = local(moment), local(now or datetime.now(UTC))
    days = (today.date() - here.date()).days
    if days <= 0:
        return "Tonight" if here.hour >= 18 else "Today"
    if days == 1:
        return "Yesterday"
    if days < 7:
        return f"{here:%A}"
    return f"{here.day} {here:%B}" if here.year == today.year else f"{here.day} {here:%B %Y}"


def day_within(when: datetime, now: datetime | None = None) -> str:
    """The day inside a sentence: tonight, yesterday, Sunday, 3 March."""
    label = day(when, now)
    return label.lower() if label in ("Tonight", "Today", "Yesterday") else label


def moment(when: datetime, now: datetime | None = None) -> str:
    """Inside a sentence: tonight at 21:52, yesterday at 9:05, on 3 March at 14:00."""
    label, at = day_within(when, now), f"at {time_of_day(when)}"
    return f"{label} {at}" if label.islower() else f"on {label} {at}"


def goes(deleted_at: datetime, days: int, now: datetime | None = None) -> str:
    """When a song in the trash goes for good: today, tomorrow, in 6 days, on 3 April, on 3 April 2027."""
    here, today = local(deleted_at + timedelta(days=days)), local(now or datetime.now(UTC))
    left = (here.date() - today.date()).days
    if left <= 1:
        return "tomorrow" if left == 1 else "today"
    if left < 15:
        return f"in {left} days"
    return f"on {here.day} {here:%B}" if here.year == today.year else f"on {here.day} {here:%B %Y}"


def time_of_day(when: datetime) -> str:
    """21:52."""
    here = local(when)
    return f"{here.hour}:{here:%M}"


def day_ends(moment: datetime) -> int:
    """The last instant of a song's day in milliseconds: where the day's heading stands among the songs."""
    here = local(moment)
    night = here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    if here.hour < 18:
        night = night.replace(hour=18) - timedelta(days=1)
    return int(night.timestamp() * 1000)


def order(moment: datetime) -> int:
    """A place in a list that is newest first: milliseconds."""
    return int(moment.timestamp() * 1000)


def size(count: float) -> str:
    """24 MB, 7.8 MB, 310 kB."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            break
        count /= 1000
    if unit == "bytes":
        return counted(int(count), "byte")
    return f"{count:.1f} {unit}" if count < 10 else f"{count:.0f} {unit}"


def key(plan: Mapping[str, Json]) -> str:
    """A minor, E♭ major; nothing where the engine tells no key."""
    name, mode = plan.get("key"), plan.get("mode")
    if not isinstance(name, str) or not name:
        return ""
    return f"{notes(name)} {mode}" if isinstance(mode, str) and mode else notes(name)


def notes(name: str) -> str:
    """A key or a chord as musicians write it: B♭maj7, F♯m, A♭/E♭."""
    return ACCIDENTAL.sub(lambda match: match[1] + ("♭" if match[2] == "b" else "♯"), name)


def bpm(plan: Mapping[str, Json]) -> str:
    """84 bpm; nothing where the engine tells no tempo."""
    tempo = plan.get("bpm")
    return f"{round(tempo)} bpm" if isinstance(tempo, int | float) and tempo > 0 else ""


def about(track: Track, most: int = 120) -> str:
    """What a row says under a title: the wish, or where that is the title already, what plays."""
    prompt, players = track.request.prompt, track.plan.get("instruments")
    if prompt.startswith(track.title.rstrip("…")) and isinstance(players, list) and players:
        first, *rest = (str(player) for player in players)
        return ", ".join([first, *(word if word[1:2].isupper() else word[:1].lower() + word[1:] for word in rest)])
    return short(prompt, most)


def unsung(reports: Iterable[Mapping[str, Any]]) -> str:
    """Say which lines are not sung as they are written, those of one fate together."""
    fates: dict[str, list[int]] = {}
    for one in reports:
        fate = FATES.get(one["what"], f"left out ({one['why']})" if one.get("why") else "left out")
        fates.setdefault(fate, []).append(one["line"])
    said = (f"{'Lines' if len(lines) > 1 else 'Line'} {_numbers(lines)} {fate}." for fate, lines in fates.items())
    return " ".join(said)


def _numbers(numbers: Sequence[int]) -> str:
    """Say numbers in a row as from–to; after six of them that more follow."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    said = [f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    return ", ".join(said[:6]) + (" and others" if len(said) > 6 else "")


def engine_name(engine: str) -> str:
    """What people call the engine that made a song, also one that this server has no longer."""
    return {"diffrhythm": "DiffRhythm"}.get(engine, engine.capitalize())


def language(text: str) -> str:
    """The language tag that a text's script tells, for the right glyphs and the right voice; nothing for Latin."""
    return next((tag for tag, low, high in SCRIPTS if any(low <= sign <= high for sign in text)), "")


def short(text: str, most: int = 60) -> str:
    """The beginning of a text, whole words, with an ellipsis where something is missing."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    cut = text[: most + 1]
    head = cut[: cut.rfind(" ")] if " " in cut[most // 2 :] else text[:most]
    return head.rstrip(" ,;.:–-") + "…"
