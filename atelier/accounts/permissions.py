"""The one table of who may do what: permissions, and the roles that have them."""

from __future__ import annotations

PERMISSIONS = {
    "generations:read": "see generations, their pictures and events",
    "generations:write": "generate, cancel, try again: spends credits",
    "catalogue:read": "see models and styles",
    "assets:read": "see assets",
    "assets:write": "upload and delete assets",
    "brands:read": "see brand profiles",
    "brands:write": "change brand profiles",
    "account:read": "see tier, limits, balance and usage",
    "billing:read": "see the ledger, statements and exports",
    "billing:write": "change what concerns payment",
    "webhooks:read": "see webhook endpoints and deliveries",
    "webhooks:write": "change webhook endpoints, see their secrets",
    "keys:read": "see API keys, never the keys themselves",
    "keys:write": "make, rotate and revoke API keys",
    "members:read": "see who belongs to the workspace",
    "members:write": "add and remove people, change their roles",
    "audit:read": "see the audit trail",
}
ALL = frozenset(PERMISSIONS)
EVERYTHING = "*"
"""The scope of a key that may do whatever a key may."""

_LOOK = frozenset({"generations:read", "catalogue:read", "assets:read", "brands:read", "account:read"})
_MAKE = frozenset({"generations:write", "assets:write", "brands:write", "webhooks:read"})

ROLES = {
    "owner": ALL,
    "admin": ALL - {"billing:write"},
    "editor": _LOOK | _MAKE,
    "viewer": _LOOK,
    "billing": frozenset({"catalogue:read", "account:read", "billing:read", "billing:write"}),
}
"""Only an owner makes, changes or removes owners (`atelier.access.members`)."""

SCOPES = (EVERYTHING, *PERMISSIONS)


def granted(scopes: list[str]) -> frozenset[str]:
    """The permissions of a key with these scopes; unknown names give nothing."""
    return ALL if EVERYTHING in scopes else ALL & frozenset(scopes)
