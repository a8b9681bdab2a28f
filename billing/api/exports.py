"""The books as CSV (RFC 4180, UTF-8)."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterable, Sequence
from typing import Any

from django.http import StreamingHttpResponse

from atelier.core.http.streams import TenantStream, stream_answer

ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run as a formula when a text begins with it."""

Rows = Sequence[Sequence[Any]]


def csv_answer(name: str, heading: Sequence[str], pages: Iterable[Rows]) -> StreamingHttpResponse:
    """A download that is read from the database page by page while it is sent."""
    headers = {
        "Content-Type": "text/csv; charset=utf-8; header=present",
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{name}.csv"',
    }
    return stream_answer(TenantStream(_parts(heading, pages)), headers)


def _parts(heading: Sequence[str], pages: Iterable[Rows]) -> Generator[bytes]:
    yield _lines([heading])
    for rows in pages:
        yield _lines(rows)


def _lines(rows: Rows) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_harmless(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _harmless(value: Any) -> Any:
    """Numbers as they are; a text that a spreadsheet would run gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(ACTIVE) else value
