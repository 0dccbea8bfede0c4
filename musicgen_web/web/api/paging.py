"""What every list is asked with: how many, and where to go on."""

from typing import Annotated

from litestar.params import QueryParameter

Limit = Annotated[int, QueryParameter(ge=1, le=100, description="How many at most.")]
Cursor = Annotated[
    str | None, QueryParameter(max_length=64, description="The `next_cursor` of the page before; none: the newest.")
]
