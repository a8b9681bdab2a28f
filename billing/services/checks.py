"""Results of the checks of the ledger. While one has differences, the database refuses new holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from atelier.audit.services import record

_REPORT = """
WITH earlier AS (SELECT differences FROM billing_bookcheck WHERE name = %(name)s)
INSERT INTO billing_bookcheck (name, ran_at, differences) VALUES (%(name)s, clock_timestamp(), %(found)s)
ON CONFLICT (name) DO UPDATE SET ran_at = excluded.ran_at, differences = excluded.differences
RETURNING coalesce((SELECT differences FROM earlier), '{}'::jsonb) <> differences
"""
_CLAIM = """
INSERT INTO billing_bookcheck (name, ran_at, differences) VALUES (%(name)s, clock_timestamp(), '{}')
ON CONFLICT (name) DO UPDATE SET ran_at = excluded.ran_at
WHERE billing_bookcheck.ran_at < clock_timestamp() - %(seconds)s * interval '1 second'
RETURNING 1
"""


def report_check(name: str, differences: Mapping[str, Any]) -> bool:
    """Store the result of the check `name`; returns whether it differs from the last one.

    With differences new holds are refused (`LedgerMismatch`) until the check reports none. Changes are audited.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_REPORT, {"name": name, "found": json.dumps(dict(differences))})
        changed = bool(cursor.fetchone()[0])
        if changed:
            action = "ledger.stopped" if differences else "ledger.released"
            record(workspace_id=None, actor="scheduler", action=action, subject=name, facts=dict(differences))
    return changed


def claim_check(name: str, seconds: int) -> bool:
    """True for one caller every `seconds`, which shall run the check. Its last result stays until `report_check`."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"name": name, "seconds": seconds})
        return cursor.fetchone() is not None
