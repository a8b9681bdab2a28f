"""The operations of the OpenAPI document, with what a test needs to call each of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from atelier.site.openapi import build_openapi
from tests.integration.generation.api.caller import BASE

UNKNOWN = {
    "generation_id": "gen_",
    "endpoint_id": "whk_",
    "delivery_id": "dlv_",
    "key_id": "key_",
    "invitation_id": "inv_",
}
"""What ids of each kind begin with; members are numbers."""


@dataclass(frozen=True)
class Operation:
    """`permission` is what the document says that it needs; "" where it is open to all."""

    method: str
    path: str
    permission: str

    @property
    def address(self) -> str:
        """Its path, with ids that nobody has."""
        return re.sub(r"{(\w+)}", lambda found: _nobodys(found[1]), self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def _nobodys(name: str) -> str:
    return UNKNOWN[name] + "a" * 20 if name in UNKNOWN else "999999999"


def list_operations() -> list[Operation]:
    """All of them, in the order of the document."""
    return [
        Operation(method.upper(), path.removeprefix(BASE), operation.get("x-permission", ""))
        for path, group in build_openapi()["paths"].items()
        for method, operation in group.items()
    ]
