"""Query parameters that several operations share. Checked, never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from drf_spectacular.utils import OpenApiParameter

from atelier.core.http.problems import InvalidParameter
from atelier.core.http.times import TIME_EXPECTED, read_time


def one_of(query: Mapping[str, str], name: str, words: Sequence[str]) -> str | None:
    """One of a closed list of words, None without the parameter. Raises `InvalidParameter`."""
    value = query.get(name)
    if value is not None and value not in words:
        raise InvalidParameter(name, f"It must be one of: {', '.join(words)}.")
    return value


def time_of(query: Mapping[str, str], name: str) -> datetime | None:
    """A time in UTC, None without the parameter. Raises `InvalidParameter`."""
    text = query.get(name)
    if text is None:
        return None
    try:
        return read_time(text.replace(" ", "+"))  # a plus sign that was not escaped arrives as a blank
    except (ValueError, OverflowError):
        raise InvalidParameter(name, TIME_EXPECTED) from None


def query_parameter(name: str, schema: dict[str, object], description: str) -> OpenApiParameter:
    """How the OpenAPI document describes a query parameter."""
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=description)


def page_parameters(default: int, most: int) -> list[OpenApiParameter]:
    """`limit` and `cursor` of a list."""
    return [
        query_parameter("limit", {"type": "integer", "minimum": 1, "maximum": most, "default": default}, "Per page."),
        query_parameter("cursor", {"type": "string"}, "`nextCursor` of the page before."),
    ]
