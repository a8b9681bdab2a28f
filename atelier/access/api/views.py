"""The operations on keys and members. Each view translates a request, makes one domain call, translates the result."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from atelier.access import invitations, keys, members
from atelier.access.api import bodies, operations
from atelier.accounts.api import ApiView, PersonView, json_answer
from atelier.accounts.models import ApiKey, Workspace
from atelier.accounts.throttling import Limit
from atelier.core.http.bodies import Nothing
from atelier.core.http.paging import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    PAGED,
    Place,
    encode_cursor,
    limit_of,
    number_of,
    place_of,
    take_page,
)

INVITATION_ID = re.compile(r"inv_[a-z2-7]{20}")
KEY_ID = re.compile(r"key_[a-z2-7]{20}")
ACCESS_LIMIT = Limit("access", capacity=30, amount=30, period=60)
"""Changes; looking is limited as everywhere."""


class AccessView(ApiView):
    """What the views here share."""

    http_method_names = ["get", "head", "post", "patch", "delete"]

    def limits(self, workspace: Workspace | None) -> list[Limit]:
        return super().limits(workspace) if self.request.method in ("GET", "HEAD") else [ACCESS_LIMIT]


class KeyListView(AccessView):
    """GET and POST /api-keys."""

    needs = {"GET": "keys:read", "POST": "keys:write"}

    parameters = {"GET": PAGED}

    @operations.list_keys
    def get(self, request: Request) -> HttpResponse:
        query, rows = request.query_params, keys.list_keys(self.caller.workspace.id)
        limit, place = limit_of(query, DEFAULT_LIMIT, MAX_LIMIT), place_of(query, KEY_ID)
        page = take_page(place.after(rows) if place else rows, limit, lambda key: Place.of(key).encode())
        return json_answer(
            bodies.ApiKeys(keys=[bodies.ApiKey.of(key) for key in page.rows], next_cursor=page.next_cursor)
        )

    @operations.issue_key
    def post(self, request: Request) -> HttpResponse:
        asked = bodies.ApiKeyRequest.parse(request.data)
        key, text = keys.issue_key(
            caller=self.caller,
            name=asked.name,
            scopes=asked.scopes,
            networks=asked.networks if "networks" in asked.model_fields_set else None,
            expires_at=asked.expires_at,
        )
        return _shown_once(key, text)


class KeyView(AccessView):
    """GET and DELETE /api-keys/{key_id}."""

    needs = {"GET": "keys:read", "DELETE": "keys:write"}

    @operations.read_key
    def get(self, request: Request, key_id: str) -> HttpResponse:
        return json_answer(bodies.ApiKey.of(keys.get_key(self.caller.workspace.id, _clean(key_id))))

    @operations.end_key
    def delete(self, request: Request, key_id: str) -> HttpResponse:
        keys.end_key(caller=self.caller, key_id=_clean(key_id))
        return HttpResponse(status=204)


class RotateKeyView(AccessView):
    """POST /api-keys/{key_id}/rotate."""

    needs = {"POST": "keys:write"}

    @operations.rotate_key
    def post(self, request: Request, key_id: str) -> HttpResponse:
        Nothing.parse(request.data)
        return _shown_once(*keys.rotate_key(caller=self.caller, key_id=_clean(key_id)))


class MemberListView(AccessView):
    """GET and POST /members."""

    needs = {"GET": "members:read", "POST": "members:write"}
    parameters = {"GET": PAGED}

    @operations.list_members
    def get(self, request: Request) -> HttpResponse:
        query, rows = request.query_params, members.list_members(self.caller.workspace.id)
        limit, last = limit_of(query, DEFAULT_LIMIT, MAX_LIMIT), number_of(query) or 0
        page = take_page(rows.filter(id__gt=last), limit, lambda member: encode_cursor(str(member.pk)))
        shown = [bodies.Member.of(member) for member in page.rows]
        return json_answer(bodies.Members(members=shown, next_cursor=page.next_cursor))

    @operations.invite
    def post(self, request: Request) -> HttpResponse:
        asked = bodies.InvitationRequest.parse(request.data)
        invitation = invitations.invite(caller=self.caller, name=asked.user, role=asked.role)
        return json_answer(bodies.Invitation.of(invitation), 202)


class MemberView(AccessView):
    """PATCH and DELETE /members/{member_id}."""

    needs = {"PATCH": "members:write", "DELETE": "members:write"}

    @operations.change_role
    def patch(self, request: Request, member_id: str) -> HttpResponse:
        asked = bodies.MemberChange.parse(request.data)
        member = members.change_role(caller=self.caller, member_id=_number(member_id), role=asked.role)
        return json_answer(bodies.Member.of(member))

    @operations.remove_member
    def delete(self, request: Request, member_id: str) -> HttpResponse:
        members.remove_member(caller=self.caller, member_id=_number(member_id))
        return HttpResponse(status=204)


class InvitationListView(AccessView):
    """GET /invitations."""

    needs = {"GET": "members:read"}
    parameters = {"GET": PAGED}

    @operations.list_invitations
    def get(self, request: Request) -> HttpResponse:
        query, rows = request.query_params, invitations.list_invitations(self.caller.workspace.id)
        limit, place = limit_of(query, DEFAULT_LIMIT, MAX_LIMIT), place_of(query, INVITATION_ID)
        page = take_page(place.after(rows) if place else rows, limit, lambda row: Place.of(row).encode())
        shown = [bodies.Invitation.of(row) for row in page.rows]
        return json_answer(bodies.Invitations(invitations=shown, next_cursor=page.next_cursor))


class InvitationView(AccessView):
    """DELETE /invitations/{invitation_id}."""

    needs = {"DELETE": "members:write"}

    @operations.withdraw
    def delete(self, request: Request, invitation_id: str) -> HttpResponse:
        invitations.withdraw(caller=self.caller, invitation_id=_clean(invitation_id))
        return HttpResponse(status=204)


class MyInvitationsView(PersonView):
    """GET /my/invitations."""

    @operations.my_invitations
    def get(self, request: Request) -> HttpResponse:
        rows = invitations.list_mine(self.person.user)
        return json_answer(bodies.MyInvitations(invitations=[bodies.MyInvitation.of(row) for row in rows]))


class MyInvitationView(PersonView):
    """DELETE /my/invitations/{invitation_id}."""

    @operations.decline
    def delete(self, request: Request, invitation_id: str) -> HttpResponse:
        invitations.decline(person=self.person.user, invitation_id=_clean(invitation_id))
        return HttpResponse(status=204)


class AcceptInvitationView(PersonView):
    """POST /my/invitations/{invitation_id}/accept."""

    @operations.accept
    def post(self, request: Request, invitation_id: str) -> HttpResponse:
        Nothing.parse(request.data)
        member = invitations.accept(person=self.person.user, invitation_id=_clean(invitation_id))
        return json_answer(bodies.Member.of(member), 201)


def _clean(key_id: str) -> str:
    """PostgreSQL takes no NUL; no id has one."""
    return "" if "\0" in key_id else key_id


def _number(member_id: str) -> int:
    """No member has the number 0."""
    return int(member_id) if member_id.isascii() and member_id.isdecimal() and len(member_id) <= 18 else 0


def _shown_once(key: ApiKey, text: str) -> HttpResponse:
    here = f"{settings.ATELIER_PUBLIC_URL}/{settings.API_PREFIX}api-keys/{key.id}"
    key.refresh_from_db()
    shown = bodies.ApiKeyWithText.of(key, key=text)
    return json_answer(shown, 201, {"Location": here, "Cache-Control": "no-store"})
