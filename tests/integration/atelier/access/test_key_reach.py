"""A key makes and rotates no key that reaches further than itself: over the real server, where keys meet addresses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from atelier.accounts.models import Workspace
from atelier.accounts.services import create_api_key
from tests.support.client import Answer, Api
from tests.support.served import served
from tests.support.stories import open_workspace

pytestmark = pytest.mark.usefixtures("no_limits")
HERE = ["127.0.0.0/8", "::1/128"]
SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)


@pytest.fixture
def base(committed: object) -> Iterator[str]:
    with served() as base:
        yield base


@pytest.fixture
def workspace(committed: object) -> Workspace:
    return open_workspace()


def api(base: str, workspace: Workspace, **limits: Any) -> Api:
    return Api(base, create_api_key(workspace=workspace, name="maker", **limits)[1])


def make(maker: Api, **wanted: Any) -> Answer:
    return maker.call("POST", "/api-keys", {"name": "child", **wanted})


@pytest.mark.parametrize("networks", [[], ["0.0.0.0/0"], ["192.0.2.0/24"], ["126.0.0.0/7"], ["127.0.0.1/32", "::/0"]])
def test_networks_outside_of_the_makers_are_refused(base: str, workspace: Workspace, networks: list[str]) -> None:
    answer = make(api(base, workspace, networks=HERE), networks=networks)
    assert (answer.status, answer.code) == (403, "beyond_own_key")
    assert answer.json["errors"][0]["pointer"] == "/networks"


def test_networks_within_are_given_and_those_not_named_are_the_makers(base: str, workspace: Workspace) -> None:
    maker = api(base, workspace, networks=HERE, expires_at=SOON)
    assert make(maker, networks=["127.0.0.1/32"]).json["networks"] == ["127.0.0.1/32"]
    child = make(maker)
    assert child.json["networks"] == HERE
    assert datetime.fromisoformat(child.json["expiresAt"]) == SOON


def test_a_later_end_is_refused_also_for_a_grandchild(base: str, workspace: Workspace) -> None:
    maker = api(base, workspace, expires_at=SOON)
    late = make(maker, expiresAt=(SOON + timedelta(seconds=1)).isoformat())
    assert (late.status, late.code) == (403, "beyond_own_key")
    child = Api(base, make(maker, expiresAt=(SOON - timedelta(days=1)).isoformat()).json["key"])
    assert make(child, expiresAt=SOON.isoformat()).code == "beyond_own_key"
    assert make(child).status == 201


@pytest.mark.parametrize("limits", [{"networks": HERE}, {"expires_at": SOON}])
def test_a_limited_key_cannot_rotate_a_wider_one_whose_successor_it_would_see(
    base: str, workspace: Workspace, limits: dict[str, Any]
) -> None:
    wide = create_api_key(workspace=workspace, name="wide")[0]
    limited, maker = create_api_key(workspace=workspace, name="limited", **limits)[0], api(base, workspace, **limits)
    answer = maker.call("POST", f"/api-keys/{wide.id}/rotate", {})
    assert (answer.status, answer.code) == (403, "beyond_own_key")
    assert maker.call("POST", f"/api-keys/{limited.id}/rotate", {}).status == 201


def test_a_key_without_limits_and_a_person_make_what_they_like(base: str, workspace: Workspace) -> None:
    maker = api(base, workspace)
    assert make(maker, networks=["192.0.2.0/24"]).status == make(maker, networks=[]).status == 201
    assert make(maker, expiresAt=SOON.isoformat()).json["networks"] == []
