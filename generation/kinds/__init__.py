"""What a client can ask for: one folder and one line in KINDS for each (CONTRIBUTING.md says how to add one).

URL, limit, permission, idempotency, dry run, `Prefer: wait`, the OpenAPI document, retry, the list's filter, events and
the admin derive from this table.
"""

from __future__ import annotations

from generation.kinds import image
from generation.kinds.kind import Kind

KINDS: dict[str, Kind] = {kind.name: kind for kind in (image.KIND,)}
"""By name, in the order of the OpenAPI document. Names are stored in rows: never change or reuse one, nor its URL."""


def find_kind(name: str) -> Kind | None:
    """The kind of that name; None for one of a newer release."""
    return KINDS.get(name)
