"""What the bodies and answers look like, and the rules of the bodies."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from atelier.accounts.permissions import ROLES, SCOPES
from atelier.core.http.documentation import ref
from atelier.core.http.moments import Moment
from atelier.core.http.rules import Choice, Rule, Schema, Text, Wrong
from atelier.core.http.schemas import POSITIVE, TEXT, TIME, closed, listed, nullable


@dataclass(frozen=True, slots=True)
class Several:
    """A list without repetition, each item by one rule."""

    item: Rule
    least: int
    most: int

    @property
    def schema(self) -> Schema:
        return {
            "type": "array", "items": self.item.schema, "minItems": self.least, "maxItems": self.most,
            "uniqueItems": True,
        }  # fmt: skip

    def check(self, value: Any) -> list[Any]:
        if not isinstance(value, list) or not self.least <= len(value) <= self.most:
            raise Wrong(f"It must be a list of {self.least} to {self.most}.")
        checked = [self.item.check(item) for item in value]
        if len(set(checked)) != len(checked):
            raise Wrong("It has the same item twice.")
        return checked


@dataclass(frozen=True, slots=True)
class Network:
    """An IPv4 or IPv6 network in CIDR notation, or one address."""

    @property
    def schema(self) -> Schema:
        return {"type": "string", "maxLength": 50, "example": "192.0.2.0/24"}

    def check(self, value: Any) -> str:
        try:
            if isinstance(value, str) and "%" not in value:
                return str(ip_network(value))
        except ValueError:
            pass
        raise Wrong("It must be a network such as 192.0.2.0/24, without bits behind the prefix.")


KEY: dict[str, Rule] = {
    "name": Text(1, 100, visible=True), "scopes": Several(Choice(SCOPES), 1, len(SCOPES)),
    "networks": Several(Network(), 0, 50), "expiresAt": Moment(),
}  # fmt: skip
ROLE = Choice(tuple(ROLES))
MEMBER: dict[str, Rule] = {"user": Text(1, 150, visible=True), "role": ROLE}
CHANGE: dict[str, Rule] = {"role": ROLE}


def _body(rules: dict[str, Rule], *required: str) -> Schema:
    return {
        "type": "object", "properties": {name: rule.schema for name, rule in rules.items()},
        "required": list(required), "additionalProperties": False,
    }  # fmt: skip


_KEY = {
    "id": {"type": "string", "pattern": "^key_[a-z2-7]{20}$"},
    "name": TEXT,
    "prefix": TEXT | {"description": "The public beginning of the key."},
    "state": {"type": "string", "enum": ["active", "expired", "revoked"]},
    "scopes": listed({"type": "string"}),
    "networks": listed(TEXT),
    "createdAt": TIME,
    "lastUsedAt": nullable(TIME | {"description": "To the minute."}),
    "expiresAt": nullable(TIME),
    "revokedAt": nullable(TIME),
    "replacedBy": nullable(TEXT | {"description": "The key that took over when this one was rotated."}),
}
_MEMBER = {"id": POSITIVE, "user": TEXT, "role": ROLE.schema, "createdAt": TIME}

COMPONENTS: dict[str, Schema] = {
    "ApiKeyRequest": _body(KEY, "name"),
    "ApiKey": closed(**_KEY),
    "ApiKeyWithText": closed(**_KEY, key=TEXT | {"description": "The key itself: shown now and never again."}),
    "ApiKeys": closed(keys=listed(ref("ApiKey"))),
    "MemberRequest": _body(MEMBER, "user", "role"),
    "MemberChange": _body(CHANGE, "role"),
    "Member": closed(**_MEMBER),
    "Members": closed(members=listed(ref("Member"))),
}
