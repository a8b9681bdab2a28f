"""The books as CSV (RFC 4180, UTF-8)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run as a formula when a text begins with it."""


class _Echo:
    def write(self, value: str) -> str:
        return value


def csv_answer(name: str, heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A download that is written while it is read."""
    headers = {
        "Content-Type": "text/csv; charset=utf-8; header=present",
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{name}.csv"',
    }
    return StreamingHttpResponse(_lines(heading, rows), headers=headers)


def _lines(heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())
    yield writer.writerow(heading)
    for row in rows:
        yield writer.writerow([_harmless(value) for value in row])


def _harmless(value: Any) -> Any:
    """Numbers as they are; a text that a spreadsheet would run gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(ACTIVE) else value
