"""Who is asking: an API key in the Authorization header, or a member's session."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models.functions import Now
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from atelier.accounts.keys import parse_key
from atelier.accounts.models import ApiKey, Membership, Workspace
from atelier.accounts.permissions import ALL, ROLES, granted
from atelier.accounts.sessions import is_verified
from atelier.core.db.database import columns_of, from_row
from atelier.core.db.policies import check_once
from atelier.core.db.statements import Statement
from atelier.core.db.tenancy import across, set_tenant
from atelier.core.errors import AtelierError
from atelier.core.http.origins import client_address, is_within
from atelier.core.http.problems import MissingPermission


class NotAuthenticated(AtelierError):
    code = "not_authenticated"
    status = 401
    title = "Send a valid API key"

    def __init__(self, detail: str = "Send `Authorization: Bearer atl_live_...` with a key of your workspace.") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="atelier"'})


class NetworkNotAllowed(AtelierError):
    """The API key has a list of networks, and the request comes from outside of them."""

    code = "network_not_allowed"
    status = 403
    title = "The key may not be used from this address"


class SecondFactorRequired(AtelierError):
    """The session was opened with a password alone, and the operators require a second factor of people."""

    code = "second_factor_required"
    status = 403
    title = "Log in with your second factor"


class WorkspaceSuspended(AtelierError):
    code = "workspace_suspended"
    status = 403
    title = "The workspace is suspended"


@dataclass(frozen=True, slots=True)
class Caller:
    """The authenticated side of a request. `actor` names it in the audit: key_..., user:<id> or platform:<subject>.

    `may` are its permissions in this workspace, `key` the API key that it came with, None for a person.
    """

    workspace: Workspace
    actor: str
    may: frozenset[str] = frozenset()
    key: ApiKey | None = None
    is_authenticated: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is logged in and acts for no workspace."""

    user: Any
    is_authenticated: bool = True


def act_for(workspace: Workspace, actor: str, may: frozenset[str], key: ApiKey | None = None) -> Caller:
    """The caller, once it is clear who asks; from here on the request acts for this workspace.

    Raises `WorkspaceSuspended`.
    """
    if workspace.suspended_at is not None:
        raise WorkspaceSuspended("An operator has suspended this workspace.")
    check_once()
    set_tenant(workspace.id)
    return Caller(workspace, actor, may, key)


class ApiKeyAuthentication(BaseAuthentication):
    """Bearer keys. A malformed key is refused without a query; the reason of a refusal is never told apart."""

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="atelier"'

    def authenticate(self, request: Request) -> tuple[Caller, ApiKey] | None:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        text = text.strip()
        if "." in text:  # a token of the platform: JWTs have dots, keys never
            return None
        with across("authentication"):
            key = _find(text)
        if key.networks and not is_within(client_address(request), key.networks):
            raise NetworkNotAllowed("This API key may not be used from your address.")
        return act_for(key.workspace, key.id, granted(key.scopes), key), key


def _find(text: str) -> ApiKey:
    parsed = parse_key(text)
    if parsed is None:
        raise NotAuthenticated("This is not an API key: its form or checksum is wrong.")
    key = _read(parsed.lookup)
    if key is None or not hmac.compare_digest(key.digest, parsed.digest):
        raise NotAuthenticated("The API key is unknown, expired or revoked.")
    _note_use(key)
    return key


_KEY_COLUMNS, _WORKSPACE_COLUMNS = columns_of(ApiKey), columns_of(Workspace)
_READ = Statement(f"""
SELECT {", ".join(f"k.{name}" for name in _KEY_COLUMNS)}, {", ".join(f"w.{name}" for name in _WORKSPACE_COLUMNS)}
FROM accounts_apikey k JOIN accounts_workspace w ON w.id = k.workspace_id
WHERE k.lookup = %(lookup)s AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
""")  # noqa: S608  (column names of our own models)


def _read(lookup: str) -> ApiKey | None:
    """The usable key and its workspace, by a ready statement: this runs for every request."""
    row = _READ.first({"lookup": lookup})
    if row is None:
        return None
    middle = len(_KEY_COLUMNS)
    key = from_row(ApiKey, row[:middle])
    key.workspace = from_row(Workspace, row[middle:])
    return key


def _note_use(key: ApiKey) -> None:
    """Once a minute at most: a busy key must not cost a write a request."""
    if key.last_used_at is None or datetime.now(UTC) - key.last_used_at > timedelta(minutes=1):
        ApiKey.objects.filter(id=key.id).update(last_used_at=Now())


class WorkspaceSessionAuthentication(SessionAuthentication):
    """A person's Django session, acting for the first workspace he or she belongs to."""

    def authenticate(self, request: Request) -> tuple[Caller, None] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        if not is_verified(found[0]):
            raise SecondFactorRequired("Log in at /admin/ with the code of your device, or send an API key.")
        with across("authentication"):
            member = Membership.objects.select_related("workspace").filter(user=found[0]).order_by("id").first()
        if member is None:
            return None
        return act_for(member.workspace, f"user:{found[0].pk}", ROLES[member.role]), None


class PersonAuthentication(SessionAuthentication):
    """A person's Django session, with or without a workspace: for what concerns the person alone."""

    def authenticate(self, request: Request) -> tuple[Person, None] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        if not is_verified(found[0]):
            raise SecondFactorRequired("Log in at /admin/ with the code of your device.")
        return Person(found[0]), None

    def authenticate_header(self, request: Request) -> str:
        return 'Session realm="atelier"'


class IsPerson(BasePermission):
    """Only people, by a session of their own: a key or a workspace cannot answer for one."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.user, Person):
            raise NotAuthenticated("Log in: this is for a person's own session, not for API keys.")
        return True


class IsAllowed(BasePermission):
    """Only callers that act for a workspace and have the permission that the view names in `needs`.

    A method without a name needs every permission: nothing is open because it was forgotten.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.user, Caller):
            raise NotAuthenticated
        method = "GET" if request.method == "HEAD" else str(request.method)
        if not hasattr(view, method.lower()):
            return True  # the answer will be 405
        needed = getattr(view, "needs", {}).get(method)
        for permission in ALL if needed is None else (needed,):
            if permission not in request.user.may:
                raise MissingPermission(permission)
        return True


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document names the key."""

    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "atl_live_..."}


class PersonScheme(OpenApiAuthenticationExtension):
    target_class = PersonAuthentication
    name = "personSession"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = WorkspaceSessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
