"""What somebody typed or sent becomes a song request, or a list of everything that is wrong with it.

The page's form and the JSON body go through the same checks; text is parsed here and trusted inside.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import secrets
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from diffrhythm import lrc
from diffrhythm.errors import LyricsError
from musicgen_web.engines.base import (
    DEFAULT_DURATION,
    DEFAULT_GUIDANCE,
    DEFAULT_STEPS,
    MAX_DURATION,
    MAX_GUIDANCE,
    MAX_LYRICS,
    MAX_PROMPT,
    MAX_STEPS,
    MAX_TAKES,
    MAX_TITLE,
    MIN_DURATION,
    MIN_STEPS,
    SEEDS,
    EngineSpec,
    Json,
    SongRequest,
)
from musicgen_web.errors import FieldError, ModelNotLoaded
from musicgen_web.web.api.wishes import MAX_KEY, SongWish

FIELDS = SongWish.__struct_fields__
ABSENT = ("diffrhythm",)  # engines the world knows and this server cannot run yet
MAX_PRESET = 60  # characters of its name
UNUSABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # controls but tab and line feed; lone surrogates


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of the checks: a request, or why there is none. `wish` is what was asked for, without our choices."""

    request: SongRequest | None
    errors: tuple[FieldError, ...]
    wish: Mapping[str, Json] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """What tells equal wishes from others."""
        canonical = json.dumps(self.wish, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


def check(values: Mapping[str, object], engines: Sequence[EngineSpec], default: str) -> Checked:
    """Check all fields of one request; every wrong one is named. Raises ModelNotLoaded for an engine that is absent."""
    wrong: list[FieldError] = [
        FieldError(shown(name), f"There is no field “{shown(name)}”. Known are {', '.join(FIELDS)}.")
        for name in values
        if name not in FIELDS
    ]
    prompt = " ".join(_text(values, "prompt", MAX_PROMPT, wrong, required="Say what it shall sound like.").split())
    lyrics = _text(values, "lyrics", MAX_LYRICS, wrong)
    title = " ".join(_text(values, "title", MAX_TITLE, wrong).split())
    duration = _number(values, "duration", MIN_DURATION, MAX_DURATION, wrong, unit=" seconds")
    seed = _whole(values, "seed", 0, SEEDS - 1, wrong)
    steps = _whole(values, "steps", MIN_STEPS, MAX_STEPS, wrong)
    guidance = _number(values, "guidance", 0, MAX_GUIDANCE, wrong)
    takes = _whole(values, "takes", 1, MAX_TAKES, wrong)
    engine = _engine(values.get("engine"), engines, default, wrong)
    wrong += _broken_lines(lyrics, wrong)
    if wrong:
        return Checked(None, tuple(wrong))
    if engine in ABSENT:
        raise ModelNotLoaded("DiffRhythm's software and weights are not part of this server yet.")
    given: dict[str, Json] = {
        "prompt": prompt,
        "lyrics": lyrics,
        "title": title,
        "engine": engine,
        "duration": DEFAULT_DURATION if duration is None else duration,
        "steps": DEFAULT_STEPS if steps is None else steps,
        "guidance": DEFAULT_GUIDANCE if guidance is None else guidance,
        "takes": 1 if takes is None else takes,
    }
    request = SongRequest(**given, seed=secrets.randbelow(SEEDS) if seed is None else seed)  # type: ignore[arg-type]
    return Checked(request, (), given | {"seed": seed})


def shown(name: str) -> str:
    """A name safe to repeat in an answer: printable, encodable, short."""
    return "".join(sign if sign.isprintable() else "?" for sign in name[:40]).encode("utf-8", "replace").decode()


def _text(values: Mapping[str, object], name: str, limit: int, wrong: list[FieldError], *, required: str = "") -> str:
    value = values.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str):
        wrong.append(FieldError(name, "This must be text."))
        return ""
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if message := _unusable(text, limit):
        wrong.append(FieldError(name, message))
        return ""
    if required and not any(unicodedata.category(sign)[0] not in "ZC" for sign in text):
        wrong.append(FieldError(name, required))
    return text


def _unusable(text: str, limit: int) -> str:
    if len(text) > limit:
        return f"This has {len(text):,} characters; up to {limit:,} fit.".replace(",", " ")
    if (found := UNUSABLE.search(text)) is None:
        return ""
    place, sign = found.start() + 1, found[0]
    if sign >= "\ud800":
        return f"Character {place} is half of a character (a lone surrogate) and cannot be kept. Remove it."
    return f"Character {place} is a control character (U+{ord(sign):04X}). Remove it."


def _number(
    values: Mapping[str, object], name: str, low: float, high: float, wrong: list[FieldError], *, unit: str = ""
) -> float | None:
    value = values.get(name)
    if value is None or value == "":
        return None
    number = math.nan
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            number = math.nan
    if not low <= number <= high:
        wrong.append(FieldError(name, f"This must be a number from {low:g} to {high:g}{unit}."))
        return None
    return number


def _whole(values: Mapping[str, object], name: str, low: int, high: int, wrong: list[FieldError]) -> int | None:
    value = values.get(name)
    if value is None or value == "":
        return None
    number = value if isinstance(value, int) and not isinstance(value, bool) else None
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 20:
        number = int(value)
    if number is None or not low <= number <= high:
        wrong.append(FieldError(name, f"This must be a whole number from {low} to {high}."))
        return None
    return number


def _engine(value: object, engines: Sequence[EngineSpec], default: str, wrong: list[FieldError]) -> str:
    names = [engine.name for engine in engines]
    if value is None or value in ("", "auto"):
        return default
    if not isinstance(value, str) or value not in (*names, *ABSENT):
        wrong.append(FieldError("engine", f"There is no such engine. This server has {', '.join(names)}."))
        return default
    return value


def _broken_lines(lyrics: str, wrong: Collection[FieldError]) -> list[FieldError]:
    if not lyrics or any(error.field == "lyrics" for error in wrong):
        return []
    try:
        lrc.parse(lyrics)
    except LyricsError as error:
        return [FieldError("lyrics", problem.message, problem.line) for problem in error.problems]
    return []


@dataclass(frozen=True, slots=True)
class SongForm:
    """The page's form: what was typed, kept as typed, with what is wrong beside each field.

    `key` makes a double click one job: it is fresh in every form that is shown.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    errors: tuple[FieldError, ...] = ()
    request: SongRequest | None = None
    fingerprint: str = ""
    sent_key: str = ""
    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    @classmethod
    def parse(
        cls, data: Mapping[str, object], words: Collection[str], engines: Sequence[EngineSpec], default: str
    ) -> Self:
        """Read the page's form. `words` are the clicked style words: those the prompt lacks are added to it."""
        typed = {name: value if isinstance(value := data.get(name, ""), str) else "" for name in FIELDS}
        sent_key = data.get("key", "")
        checked = check(typed | {"prompt": with_words(typed["prompt"], words)}, engines, default)
        return cls(
            {name: value.encode("utf-8", "replace").decode() for name, value in typed.items()},
            frozenset(words),
            checked.errors,
            checked.request,
            checked.fingerprint,
            sent_key if isinstance(sent_key, str) and key_problem(sent_key) is None else "",
        )

    def error(self, name: str) -> FieldError | None:
        """Return what is wrong with one field, or nothing."""
        return next((error for error in self.errors if error.field == name), None)


def with_words(prompt: str, words: Collection[str]) -> str:
    """Add the clicked words that a prompt lacks."""
    missing = [word for word in words if word.lower() not in prompt.lower()]
    return ", ".join(part for part in (prompt.strip(), *missing) if part)


def key_problem(key: str) -> str | None:
    """Say why an Idempotency-Key cannot be used, or nothing."""
    if not 1 <= len(key) <= MAX_KEY or not key.isascii() or not key.isprintable():
        return f"An Idempotency-Key has 1 to {MAX_KEY} printable ASCII characters."
    return None


def title_problem(title: str) -> str | None:
    """Say why a title cannot be used, or nothing."""
    if not title.strip():
        return "A title needs at least one letter."
    return _unusable(title, MAX_TITLE) or ("A title is one line." if "\n" in title else None)


def preset_problem(name: str) -> str | None:
    """Say why a preset cannot be called so, or nothing."""
    if not any(unicodedata.category(sign)[0] not in "ZC" for sign in name):
        return "A preset needs a name."
    return _unusable(name, MAX_PRESET) or None
