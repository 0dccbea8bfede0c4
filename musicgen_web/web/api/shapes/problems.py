"""Why something was refused."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta


class WrongField(TypedDict):
    """What is wrong with one field, in words."""

    field: str
    message: str
    line: NotRequired[Annotated[int, Meta(ge=1, description="Of the lyrics.")]]


class Problem(TypedDict):
    """Why something was refused (RFC 9457), with two members more."""

    type: str
    title: str
    status: int
    code: Annotated[str, Meta(description="What programs can rely on.")]
    detail: str
    recovery: Annotated[str, Meta(description="What a person can do.")]


class WrongFields(Problem):
    """A request that names what is wrong with it, all at once."""

    errors: list[WrongField]
