"""People who come with a token of the platform: which workspace they act for, and what they may do there."""

from __future__ import annotations

import hashlib
from functools import lru_cache, partial
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from atelier.accounts.authentication import Caller, NotAuthenticated, act_for
from atelier.accounts.models import Membership, Workspace
from atelier.accounts.permissions import ROLES
from atelier.accounts.platform.jwks import fetch_keys
from atelier.accounts.platform.keyring import KeyRing
from atelier.accounts.platform.tokens import InvalidToken, Issuer, read_token
from atelier.core.db.tenancy import across
from atelier.core.errors import AtelierError

LONGEST_NAME = 40


class NotAMember(AtelierError):
    """The token is right, but gives its subject no role in the workspace that it names, or there is no such one."""

    code = "not_a_member"
    status = 403
    title = "The token gives no role in this workspace"


class PlatformTokenAuthentication(BaseAuthentication):
    """Bearer tokens with dots in them are JWTs; API keys never have dots."""

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="atelier"'

    def authenticate(self, request: Request) -> tuple[Caller, None] | None:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or "." not in text:
            return None
        if not settings.ATELIER_JWT_JWKS_URL:
            raise NotAuthenticated("Tokens of a platform are not accepted here: send an API key.")
        issuer = Issuer(
            settings.ATELIER_JWT_ISSUER, settings.ATELIER_JWT_AUDIENCE, settings.ATELIER_JWT_LONGEST_SECONDS
        )
        claims = read_token(text.strip(), issuer, _ring(settings.ATELIER_JWT_JWKS_URL, settings.ATELIER_JWT_CA_FILE))
        with across("authentication"):
            workspace, role = _find_role(claims)
        return act_for(workspace, _actor(claims["sub"]), ROLES[role]), None


@lru_cache(maxsize=4)
def _ring(url: str, ca_file: str) -> KeyRing:
    """The process's keys of that platform."""
    return KeyRing(partial(fetch_keys, url, ca_file))


def _find_role(claims: dict[str, Any]) -> tuple[Workspace, str]:
    """Workspace and role: of the subject's membership, or of the token where operators trust the platform with it."""
    name = _claim(claims, settings.ATELIER_JWT_WORKSPACE_CLAIM)
    workspace, role = None, ""
    if settings.ATELIER_JWT_ROLE_CLAIM:
        role = _claim(claims, settings.ATELIER_JWT_ROLE_CLAIM)
        workspace = Workspace.objects.filter(id=name).first()
    else:
        members = Membership.objects.select_related("workspace").filter(workspace_id=name)
        member = members.filter(user__username=claims["sub"], user__is_active=True).first()
        if member is not None:
            workspace, role = member.workspace, member.role
    if workspace is None or role not in ROLES:
        raise NotAMember("Ask an owner of the workspace to make you a member, or name another workspace.")
    return workspace, role


def _claim(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_NAME or not value.isprintable():
        raise InvalidToken(f"The token must have the claim {name!r}, a text of at most {LONGEST_NAME} characters.")
    return value


def _actor(subject: str) -> str:
    """The subject as the audit trail names it; a long one by the beginning of its SHA-256."""
    short = subject if len(subject) <= LONGEST_NAME else hashlib.sha256(subject.encode()).hexdigest()[:LONGEST_NAME]
    return f"platform:{short}"


class PlatformTokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document names the token."""

    target_class = PlatformTokenAuthentication
    name = "platformToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
