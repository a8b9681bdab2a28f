"""The audit trail as a chain: its columns in the order in which they are hashed (`migrations/chains.sql`)."""

from __future__ import annotations

from atelier.audit.chains import Chain, text_of, time_of

ENTRIES = Chain(
    "audit",
    "audit_auditentry",
    (*map(text_of, ("id", "workspace_id", "actor", "action", "subject", "facts")), time_of("created_at")),
)
