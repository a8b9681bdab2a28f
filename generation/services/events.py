"""The events of a generation's stream, and the NOTIFY channels."""

from __future__ import annotations

import json
from typing import Any

from atelier.core.db.statements import Statement

GENERATION_CHANNEL = "atelier_generation"
"""Payload: the generation's id."""
DISPATCH_CHANNEL = "atelier_dispatch"
"""Notified when a generation may be able to start: a new one, a free slot, room on a worker."""

_ADD = Statement("""
WITH added AS (
    INSERT INTO generation_generationevent (generation_id, type, data)
    VALUES (%(generation)s, %(type)s, %(data)s)
    ON CONFLICT (generation_id) WHERE type = 'terminal' DO NOTHING RETURNING id
)
SELECT pg_notify(%(channel)s, %(generation)s) FROM added
""")


def add_event(generation_id: str, kind: str, data: dict[str, Any]) -> None:
    """Append an event and notify its watchers at commit. The caller has locked the generation's row."""
    _ADD.run({"generation": generation_id, "type": kind, "data": json.dumps(data), "channel": GENERATION_CHANNEL})
