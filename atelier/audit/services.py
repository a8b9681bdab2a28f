"""Writing the audit trail."""

from __future__ import annotations

from typing import Any

from atelier.audit.models import AuditEntry
from atelier.core.db.database import insert_row


def record(
    *, workspace_id: str | None, actor: str, action: str, subject: str, facts: dict[str, Any] | None = None
) -> None:
    """Add an entry in the caller's transaction. Facts hold ids and numbers, never prompts or secrets."""
    insert_row(AuditEntry(workspace_id=workspace_id, actor=actor, action=action, subject=subject, facts=facts or {}))
