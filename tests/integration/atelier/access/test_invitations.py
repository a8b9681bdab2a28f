"""Nobody is enrolled unasked: a person is invited, and accepts in a session of his or her own; at the real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from atelier.accounts.models import Invitation, Membership
from atelier.accounts.services import create_api_key
from atelier.audit.models import AuditEntry
from atelier.core.db.database import Now
from tests.support.client import PREFIX, Answer, Api, fetch
from tests.support.served import served
from tests.support.stories import open_workspace

pytestmark = pytest.mark.usefixtures("no_limits")


@pytest.fixture
def api(committed: object) -> Iterator[Api]:
    """The owner of a workspace, by key."""
    with served() as base:
        yield Api(base, create_api_key(workspace=open_workspace("shop"), name="test")[1])


class Person:
    """Somebody with a session at the server, and at first no workspace."""

    def __init__(self, api: Api, name: str) -> None:
        self.user = User.objects.create_user(name)
        self._base, browser = api.base, Client()
        browser.force_login(self.user)
        browser.get("/admin/login/")
        self._cookies = {name: morsel.value for name, morsel in browser.cookies.items()}

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        content = None if body is None else json.dumps(body).encode()
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        headers |= {"X-CSRFToken": self._cookies.get("csrftoken", ""), "Content-Type": "application/json"}
        return fetch(method, self._base + PREFIX + path, content, **headers)


def invite(api: Api, name: str, role: str = "editor") -> Answer:
    headers = {"Authorization": f"Bearer {api.key}", "Content-Type": "application/json"}
    return fetch("POST", f"{api.base}{PREFIX}/members", json.dumps({"user": name, "role": role}).encode(), **headers)


def test_the_answer_is_the_same_for_a_name_that_exists_and_one_that_does_not(api: Api) -> None:
    User.objects.create_user("mira")
    off = User.objects.create_user("gone", is_active=False)
    Membership.objects.create(workspace=open_workspace("shop"), user=off, role="viewer")
    answers = [invite(api, name) for name in ("mira", "nobody", "gone", "mira")]
    assert [answer.status for answer in answers] == [202] * 4
    assert len({tuple(answer.json) for answer in answers}) == 1
    assert len({len(answer.body) - len(answer.json["user"]) for answer in answers}) == 1
    assert Membership.objects.count() == 1
    assert len(api.call("GET", "/invitations").json["invitations"]) == 3


def test_a_person_sees_accepts_and_only_then_belongs(api: Api) -> None:
    mira, tom = Person(api, "mira"), Person(api, "tom")
    made = invite(api, "mira").json
    assert mira.call("GET", "/account").status == 401 and Membership.objects.count() == 0
    (seen,) = mira.call("GET", "/my/invitations").json["invitations"]
    assert (seen["id"], seen["workspace"], seen["role"]) == (made["id"], "shop", "editor")
    assert tom.call("GET", "/my/invitations").json == {"invitations": []}
    assert tom.call("POST", f"/my/invitations/{made['id']}/accept", {}).status == 404
    accepted = mira.call("POST", f"/my/invitations/{made['id']}/accept", {})
    assert (accepted.status, accepted.json["role"]) == (201, "editor")
    assert mira.call("GET", "/account").json["name"] == "shop"
    assert mira.call("POST", f"/my/invitations/{made['id']}/accept", {}).status == 404
    told = list(AuditEntry.objects.filter(subject=made["id"]).order_by("id").values_list("action", "actor"))
    assert [action for action, _ in told] == ["member.invited", "member.invitation_accepted"]
    assert told[1][1] == f"user:{mira.user.pk}"


def test_what_was_declined_withdrawn_or_expired_cannot_be_accepted(api: Api) -> None:
    mira = Person(api, "mira")
    path = "/my/invitations/{}/accept"
    declined = invite(api, "mira").json["id"]
    assert mira.call("DELETE", f"/my/invitations/{declined}").status == 204
    withdrawn = invite(api, "mira").json["id"]
    assert api.call("DELETE", f"/invitations/{withdrawn}").status == 204
    expired = invite(api, "mira").json["id"]
    Invitation.objects.filter(id=expired).update(expires_at=Now() - timedelta(seconds=1))
    assert mira.call("POST", path.format(expired), {}).status == 404
    renewed = invite(api, "mira", "viewer").json["id"]
    for gone in (declined, withdrawn, expired):
        assert mira.call("POST", path.format(gone), {}).status == 404
    assert mira.call("POST", path.format(renewed), {}).json["role"] == "viewer"


def test_a_key_cannot_answer_for_a_person_nor_another_workspace_see_the_invitation(api: Api) -> None:
    made = invite(api, "mira").json["id"]
    stranger = Api(api.base, create_api_key(workspace=open_workspace("other"), name="test")[1])
    for caller in (api, stranger):
        assert caller.call("GET", "/my/invitations").status == 401
        assert caller.call("POST", f"/my/invitations/{made}/accept", {}).status == 401
    assert stranger.call("GET", "/invitations").json["invitations"] == []
    assert stranger.call("DELETE", f"/invitations/{made}").status == 404
    assert Invitation.objects.get().ended_at is None


def test_accepting_twice_at_once_makes_one_member(api: Api) -> None:
    mira = Person(api, "mira")
    made = invite(api, "mira").json["id"]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: mira.call("POST", f"/my/invitations/{made}/accept", {}), range(4)))
    assert sorted(answer.status for answer in answers) == [201, 404, 404, 404]
    assert Membership.objects.count() == 1


def test_an_admin_invites_no_owner_and_a_workspace_no_crowd(api: Api) -> None:
    scopes = ["members:write", "members:read"]
    narrow = Api(api.base, create_api_key(workspace=open_workspace("shop"), name="n", scopes=scopes)[1])
    assert invite(narrow, "mira", "owner").code == "missing_permission"
    assert [invite(api, f"p{number}").status for number in range(51)] == [202] * 50 + [409]
