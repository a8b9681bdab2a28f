"""Rules for moments and for yes or no."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from atelier.core.http.rules import Schema, Wrong

_TIME = re.compile(
    r"(?:19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time with its zone (RFC 3339), years 1900..2999."""

    @property
    def schema(self) -> Schema:
        return {"type": "string", "format": "date-time"}

    def check(self, value: Any) -> datetime:
        if isinstance(value, str) and _TIME.fullmatch(value.upper()):
            try:
                return datetime.fromisoformat(value.upper())
            except ValueError:
                pass
        raise Wrong("It must be a time with its zone, such as 2026-01-31T09:30:00Z.")


@dataclass(frozen=True, slots=True)
class Truth:
    """true or false."""

    @property
    def schema(self) -> Schema:
        return {"type": "boolean"}

    def check(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise Wrong("It must be true or false.")
        return value
