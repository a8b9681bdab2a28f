"""Numbers in objects that belong to clients: only those that RFC 8785 carries exactly, the same in every answer.

RFC 8785 writes each number as the shortest text of its IEEE 754 double. A number for which that text says something
else than the client wrote would come back changed, so it is refused where it enters. PostgreSQL keeps numbers as
decimals and writes 1e308 with 309 digits; `portable` turns those back into the double that was sent.
"""

from __future__ import annotations

import json
import math
from decimal import Decimal, InvalidOperation
from typing import Any

import rfc8785

LARGEST = 2**53 - 1
"""The largest whole number that every JSON reader knows (RFC 7493); above it only doubles are carried."""

ROUNDED = "This number cannot be carried exactly in JSON (RFC 8785): send it as a string."


class Rounded(float):
    """A number of a request that a double cannot hold as it was written: what is left of it."""


def read_decimal(text: str) -> float:
    """A number with a fraction or an exponent, `Rounded` where digits were lost. Raises ValueError for infinity."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("A number is too large.")
    try:
        exact = Decimal(text) == Decimal(repr(number))
    except InvalidOperation:  # an exponent beyond those of Decimal: the double is 0
        exact = False
    return number if exact else Rounded(number)


def find_rounded(value: Any, path: tuple[str | int, ...] = ()) -> tuple[str | int, ...] | None:
    """Where the first number stands that RFC 8785 cannot carry exactly; None when all are fine."""
    if isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        found = (find_rounded(member, (*path, name)) for name, member in members)
        return next((place for place in found if place is not None), None)
    return path if isinstance(value, Rounded) or (_is_large(value) and _as_double(value) is None) else None


def portable(value: Any) -> Any:
    """The value with whole numbers beyond 2^53 as doubles where these say the same, else as strings.

    The strings are for rows that were accepted before such numbers were refused. -0.0 is 0.
    """
    if isinstance(value, dict):
        return {name: portable(member) for name, member in value.items()}
    if isinstance(value, list):
        return [portable(member) for member in value]
    if _is_large(value):
        double = _as_double(value)
        return str(value) if double is None else double
    return 0 if isinstance(value, float) and value == 0 else value


def size_of(value: Any) -> int:
    """Bytes of the value as it is sent: the longer of compact JSON in UTF-8 (answers) and RFC 8785 (webhooks).

    Of a value in which `find_rounded` finds nothing.
    """
    sent = portable(value)
    answer = json.dumps(sent, ensure_ascii=False, separators=(",", ":")).encode()
    return max(len(answer), len(rfc8785.dumps(sent)))


def _is_large(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST


def _as_double(value: int) -> float | None:
    """The double whose shortest text says exactly this whole number, None where there is none."""
    try:
        double = float(value)
    except OverflowError:
        return None
    return double if Decimal(repr(double)) == value else None
