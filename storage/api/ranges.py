"""Byte ranges of RFC 9110, section 14: one range a request. Pure."""

from __future__ import annotations

import re

from atelier.core.errors import AtelierError

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)


class RangeUnsatisfiable(AtelierError):
    code = "range_unsatisfiable"
    status = 416
    title = "The file has no such bytes"


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """(first, last), both inclusive, of a file of `size` bytes; None for the whole file.

    A header that is malformed or asks for several ranges is ignored, as the RFC allows. Raises RangeUnsatisfiable
    when the range lies outside the file.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size:
        raise RangeUnsatisfiable(headers={"Content-Range": f"bytes */{size}"})
    return start, end
