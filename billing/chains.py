"""The ledger's chained tables: their columns in the order in which they are hashed (`transfers.sql`, `holds.sql`)."""

from __future__ import annotations

from atelier.audit.chains import Chain, text_of, time_of

TRANSFERS = Chain(
    "transfer",
    "billing_transfer",
    (
        *map(text_of, ("id", "workspace_id", "kind", "debit_id", "credit_id", "amount", "debit_balance")),
        *map(text_of, ("debit_version", "credit_balance", "credit_version", "reference", "note")),
        *map(text_of, ("idempotency_key", "actor")),
        time_of("expires_at"),
        time_of("created_at"),
    ),
)
HOLDS = Chain(
    "hold",
    "billing_hold",
    (*map(text_of, ("id", "workspace_id", "reference", "amount", "transfer_id")), time_of("created_at")),
)
OUTCOMES = Chain(
    "outcome",
    "billing_holdoutcome",
    (
        *map(text_of, ("hold_id", "workspace_id", "amount", "captured", "released", "capture_id", "release_id")),
        text_of("expired"),
        time_of("created_at"),
    ),
)
