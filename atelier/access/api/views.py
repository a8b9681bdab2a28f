"""The operations on keys and members. Each view translates a request, makes one domain call, translates the result."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from atelier.access import keys, members
from atelier.access.api import operations
from atelier.access.api.schemas import CHANGE, KEY, MEMBER
from atelier.accounts.api import ApiView, json_answer
from atelier.accounts.models import ApiKey, Membership, Workspace
from atelier.accounts.throttling import Limit, take_tokens
from atelier.core.http.bodies import check_body
from atelier.core.http.times import rfc3339

ACCESS_LIMIT = Limit("access", capacity=30, amount=30, period=60)


class AccessView(ApiView):
    """What the views here share: changes are limited, looking is not."""

    http_method_names = ["get", "head", "post", "patch", "delete"]

    def limits(self, workspace: Workspace | None) -> list[Limit]:
        return [] if self.request.method in ("GET", "HEAD") else [ACCESS_LIMIT]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        take_tokens(self.caller.workspace.id, self.limits(self.caller.workspace))


class KeyListView(AccessView):
    """GET and POST /api-keys."""

    needs = {"GET": "keys:read", "POST": "keys:write"}

    @operations.list_keys
    def get(self, request: Request) -> HttpResponse:
        return json_answer({"keys": [_key(key) for key in keys.list_keys(self.caller.workspace.id)]})

    @operations.issue_key
    def post(self, request: Request) -> HttpResponse:
        asked = check_body(request.data, KEY, ("name",))
        names = {"expiresAt": "expires_at"}
        wanted = keys.Wanted(**{names.get(name, name): value for name, value in asked.items()})
        return _shown_once(*keys.issue_key(caller=self.caller, wanted=wanted))


class KeyView(AccessView):
    """GET and DELETE /api-keys/{key_id}."""

    needs = {"GET": "keys:read", "DELETE": "keys:write"}

    @operations.read_key
    def get(self, request: Request, key_id: str) -> HttpResponse:
        return json_answer(_key(keys.get_key(self.caller.workspace.id, _clean(key_id))))

    @operations.end_key
    def delete(self, request: Request, key_id: str) -> HttpResponse:
        keys.end_key(caller=self.caller, key_id=_clean(key_id))
        return HttpResponse(status=204)


class RotateKeyView(AccessView):
    """POST /api-keys/{key_id}/rotate."""

    needs = {"POST": "keys:write"}

    @operations.rotate_key
    def post(self, request: Request, key_id: str) -> HttpResponse:
        check_body(request.data, {})
        return _shown_once(*keys.rotate_key(caller=self.caller, key_id=_clean(key_id)))


class MemberListView(AccessView):
    """GET and POST /members."""

    needs = {"GET": "members:read", "POST": "members:write"}

    @operations.list_members
    def get(self, request: Request) -> HttpResponse:
        return json_answer({"members": [_member(one) for one in members.list_members(self.caller.workspace.id)]})

    @operations.add_member
    def post(self, request: Request) -> HttpResponse:
        asked = check_body(request.data, MEMBER, ("user", "role"))
        member = members.add_member(caller=self.caller, name=asked["user"], role=asked["role"])
        return json_answer(_member(member), 201)


class MemberView(AccessView):
    """PATCH and DELETE /members/{member_id}."""

    needs = {"PATCH": "members:write", "DELETE": "members:write"}

    @operations.change_role
    def patch(self, request: Request, member_id: str) -> HttpResponse:
        asked = check_body(request.data, CHANGE, ("role",))
        member = members.change_role(caller=self.caller, member_id=_number(member_id), role=asked["role"])
        return json_answer(_member(member))

    @operations.remove_member
    def delete(self, request: Request, member_id: str) -> HttpResponse:
        members.remove_member(caller=self.caller, member_id=_number(member_id))
        return HttpResponse(status=204)


def _clean(key_id: str) -> str:
    """PostgreSQL takes no NUL; no id has one."""
    return "" if "\0" in key_id else key_id


def _number(member_id: str) -> int:
    """No member has the number 0."""
    return int(member_id) if member_id.isascii() and member_id.isdecimal() and len(member_id) <= 18 else 0


def _shown_once(key: ApiKey, text: str) -> HttpResponse:
    here = f"{settings.ATELIER_PUBLIC_URL}/{settings.API_PREFIX}api-keys/{key.id}"
    key.refresh_from_db()
    return json_answer(_key(key) | {"key": text}, 201, {"Location": here, "Cache-Control": "no-store"})


def _key(key: ApiKey) -> dict[str, Any]:
    expired = key.expires_at is not None and key.expires_at <= timezone.now()
    return {
        "id": key.id,
        "name": key.name,
        "prefix": f"atl_live_{key.lookup}",
        "state": "revoked" if key.revoked_at else "expired" if expired else "active",
        "scopes": key.scopes,
        "networks": key.networks,
        "createdAt": rfc3339(key.created_at),
        "lastUsedAt": rfc3339(key.last_used_at),
        "expiresAt": rfc3339(key.expires_at),
        "revokedAt": rfc3339(key.revoked_at),
        "replacedBy": key.replaced_by or None,
    }


def _member(member: Membership) -> dict[str, Any]:
    return {
        "id": member.pk, "user": member.user.get_username(), "role": member.role,
        "createdAt": rfc3339(member.created_at),
    }  # fmt: skip
