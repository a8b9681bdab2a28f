"""Each operation on the books as the OpenAPI document tells it."""

from __future__ import annotations

from atelier.accounts.refusals import COMMON
from atelier.core.http.documentation import Ok, operation
from atelier.core.http.parameters import page_parameters, query_parameter
from atelier.core.http.problems import InvalidParameter
from billing.api.bodies import Ledger, UsageReport
from billing.api.parameters import DEFAULT_LIMIT, FORMATS, MAX_LIMIT

BOOKS = "Credits"
ERRORS = (*COMMON, InvalidParameter)


_DAY: dict[str, object] = {"type": "string", "format": "date"}
PERIOD = [
    query_parameter("from", _DAY, "The first day (UTC); else the first of this month."),
    query_parameter("to", _DAY, "The last day (UTC), at most 366 days on; else today."),
    query_parameter(
        "format",
        {"type": "string", "enum": list(FORMATS), "default": "json"},
        "`csv` is the whole time at once.",
    ),
]

CSV = Ok(200, {"type": "string"}, "All of it as CSV (RFC 4180) with a heading.", media_type="text/csv")

ledger = operation(
    "getLedger",
    "Read the ledger",
    "Every credit that came, was held, spent or given back, with the running balance.",
    tag=BOOKS,
    errors=ERRORS,
    parameters=[
        *PERIOD,
        *page_parameters(DEFAULT_LIMIT, MAX_LIMIT),
    ],
    ok=[Ok(200, Ledger, "A page of it, or CSV."), CSV],
)

usage = operation(
    "getUsage",
    "Read the usage",
    "Credits captured and given back, by key and day.",
    tag=BOOKS,
    errors=ERRORS,
    parameters=PERIOD,
    ok=[Ok(200, UsageReport, "One row a key and day, oldest first, or CSV."), CSV],
)
