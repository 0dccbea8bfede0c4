"""The templates: one strict environment with its filters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig
from markupsafe import Markup, escape

from musicgen_web.bundle import bundled
from musicgen_web.library import covers
from musicgen_web.library.audio import FORMATS, PIECES
from musicgen_web.library.tracks import title_for
from musicgen_web.models import Job
from musicgen_web.web import phrases, sentences
from musicgen_web.web.assets import Assets
from musicgen_web.web.takes import told
from musicgen_web.web.verses import verses
from musicgen_web.web.waves import sparse, wave


def environment(assets: Assets, folder: Path | None = None) -> Environment:
    """Return the environment that pages, partials and the stream are rendered with. A typo is an error."""
    templates = Environment(
        loader=FileSystemLoader(folder or bundled("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update(asset=assets.url, cover_edition=covers.EDITION, formats=FORMATS, pieces=PIECES, wave=wave)
    templates.filters.update(FILTERS)
    return templates


def template_config(templates: Environment) -> TemplateConfig[JinjaTemplateEngine]:
    """Return what Litestar needs to answer with a `Template`."""
    return TemplateConfig(instance=JinjaTemplateEngine.from_environment(templates))


def named(job: Job) -> str:
    """The name of a song that is not there yet."""
    return title_for(job.request)


def coded(words: str) -> Markup:
    """Words in which `this` is code."""
    parts = (escape(part) for part in words.split("`"))
    return Markup("").join(Markup("<code>%s</code>") % part if i % 2 else part for i, part in enumerate(parts))


def number(text: object, otherwise: float) -> float:
    """What was typed as a number, or something sensible where it was none."""
    try:
        return min(1e6, max(0.0, float(str(text))))
    except ValueError:
        return otherwise


def spaced(digest: str) -> str:
    """A digest in groups of four, for eyes."""
    return " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))


FILTERS: dict[str, Callable[..., object]] = {
    "about": phrases.about,
    "bpm": phrases.bpm,
    "notes": phrases.notes,
    "coded": coded,
    "clock": phrases.clock,
    "counted": phrases.counted,
    "day": phrases.day,
    "day_within": phrases.day_within,
    "engine_name": phrases.engine_name,
    "eta": phrases.eta,
    "goes": phrases.goes,
    "key": phrases.key,
    "language": phrases.language,
    "length_words": phrases.length,
    "long_span": phrases.long_span,
    "moment": phrases.moment,
    "named": named,
    "number": number,
    "number_word": phrases.number_word,
    "order": phrases.order,
    "sentence": sentences.sentence,
    "short": phrases.short,
    "size": phrases.size,
    "spaced": spaced,
    "sparse": sparse,
    "spoken": sentences.spoken,
    "stage": phrases.stage,
    "time": phrases.time_of_day,
    "unsung": phrases.unsung,
    "told": told,
    "verses": verses,
}
