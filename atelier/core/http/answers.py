"""How values are written into answers: JSON and times."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any


def to_json(value: Any) -> str:
    """Compact JSON; other scripts than Latin stay readable."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def rfc3339(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with milliseconds; None stays None."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
