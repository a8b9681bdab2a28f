"""Each operation on the books as the OpenAPI document tells it."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter

from atelier.accounts.refusals import COMMON
from atelier.core.http.documentation import Ok, operation
from atelier.core.http.problems import InvalidParameter
from billing.api.parameters import DEFAULT_LIMIT, FORMATS, MAX_LIMIT

BOOKS = "Credits"
ERRORS = (*COMMON, InvalidParameter)


def _query(name: str, schema: dict[str, object], description: str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=description)


_DAY: dict[str, object] = {"type": "string", "format": "date"}
PERIOD = [
    _query("from", _DAY, "The first day (UTC); else the first of this month."),
    _query("to", _DAY, "The last day (UTC), at most 366 days on; else today."),
    _query("format", {"type": "string", "enum": list(FORMATS), "default": "json"}, "`csv` is the whole time at once."),
]

CSV = Ok(200, "CsvText", "All of it as CSV (RFC 4180) with a heading.", media_type="text/csv")

ledger = operation(
    "getLedger", "Read the ledger", "Every credit that came, was held, spent or given back, with the running balance.",
    tag=BOOKS, errors=ERRORS,
    parameters=[
        *PERIOD,
        _query("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}, "Per page."),
        _query("cursor", {"type": "string"}, "`nextCursor` of the page before."),
    ],
    ok=[Ok(200, "Ledger", "A page of it, or CSV."), CSV],
)  # fmt: skip

usage = operation(
    "getUsage", "Read the usage", "Credits captured and given back, by key and day.", tag=BOOKS, errors=ERRORS,
    parameters=PERIOD, ok=[Ok(200, "UsageReport", "One row a key and day, oldest first, or CSV."), CSV],
)  # fmt: skip
