"""How values are written into answers."""

from __future__ import annotations

import json
from typing import Any


def to_json(value: Any) -> str:
    """Compact JSON; other scripts than Latin stay readable."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
