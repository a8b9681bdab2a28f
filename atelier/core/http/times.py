"""Times on the wire: one grammar (RFC 3339), converted to UTC where they enter, written in UTC where they leave."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, PlainSerializer
from pydantic_core import PydanticCustomError, core_schema

TIME_EXPECTED = "It must be a time with its zone, such as 2026-01-31T09:30:00Z."
DAY_EXPECTED = "It must be a day, such as 2026-11-23."

_DAY = r"(?:19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}"
_TIME = re.compile(
    _DAY + r"T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])", re.ASCII
)


def read_time(text: str) -> datetime:
    """An RFC 3339 time in UTC, years 1900 to 2999 as written; its seconds may be missing, as in ISO 8601.

    It is converted at once: PostgreSQL reads offsets up to 15:59 only, RFC 3339 allows 23:59. Raises ValueError.
    """
    written = text.upper()
    if not _TIME.fullmatch(written):
        raise ValueError(text)
    return datetime.fromisoformat(written).astimezone(UTC)


def read_day(text: str) -> date:
    """A calendar day, YYYY-MM-DD, years 1900 to 2999. Raises ValueError."""
    if not re.fullmatch(_DAY, text, re.ASCII):
        raise ValueError(text)
    return date.fromisoformat(text)


def rfc3339(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with milliseconds; None stays None."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _Rfc3339:
    """A member of a body or an answer that is a time."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(_checked)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}


def _checked(value: Any) -> datetime:
    """A text as clients send it, or a time of our own."""
    if isinstance(value, datetime):
        return value
    try:
        return read_time(value if isinstance(value, str) else "")
    except (ValueError, OverflowError):
        raise PydanticCustomError("time", TIME_EXPECTED) from None


Time = Annotated[datetime, _Rfc3339(), PlainSerializer(rfc3339, return_type=str)]
"""A time in a body or an answer: RFC 3339 on the wire, an aware datetime inside."""
