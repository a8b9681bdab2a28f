"""What the books answer, as components of the OpenAPI document."""

from __future__ import annotations

from atelier.core.http.documentation import ref
from atelier.core.http.schemas import COUNT, POSITIVE, TEXT, TIME, closed, listed, nullable
from billing.models import TRANSFER_KINDS

NUMBER = {"type": "integer"}
DAY = {"type": "string", "format": "date"}
KIND = {"type": "string", "enum": list(TRANSFER_KINDS)}
COMPONENTS = {
    "LedgerEntry": closed(
        "One transfer of whole credits. Never changed, never removed.",
        place=POSITIVE,
        id={"type": "string"},
        kind=KIND,
        amount=POSITIVE,
        change=NUMBER | {"description": "What it did to the credits that can be spent."},
        balance=nullable(NUMBER) | {"description": "What could be spent after it; null where it did not touch that."},
        reference=TEXT,
        note=TEXT,
        actor=TEXT,
        expiresAt=nullable(TIME),
        createdAt=TIME,
        hash={"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "Its link in the chain of evidence."},
    ),
    "KindTotal": closed(credits=COUNT, transfers=COUNT),
    "Ledger": closed(
        "Entries of a time, newest first, with what there was at both ends of it.",
        openingBalance=NUMBER,
        closingBalance=NUMBER,
        totals={"type": "object", "propertyNames": KIND, "additionalProperties": ref("KindTotal")},
        entries=listed(ref("LedgerEntry")),
        nextCursor=nullable(TEXT),
    ),
    "UsageOfDay": closed(
        "What one key or person spent on one day (UTC).",
        day=DAY,
        actor=TEXT | {"description": "The id of a key, or of a person."},
        creditsCaptured=COUNT,
        creditsRefunded=COUNT,
        deliveries=COUNT,
    ),
    "CsvText": {"type": "string"},
    "UsageReport": closed(usage=listed(ref("UsageOfDay"))),
}
