"""No operation reads, changes, counts or even detects another workspace's generations (reliability S3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils.timezone import now
from pytest_django import Settings

from atelier.accounts.models import Invitation, Membership
from atelier.accounts.services import create_api_key
from atelier.site.openapi import build_openapi
from tests.integration.generation.api.caller import BASE, Caller
from tests.integration.webhooks.street import open_endpoint
from tests.support.nameserver import NameServer

TIME = {"from": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}
BODIES = {
    "PATCH /members/{member_id}": {"role": "viewer"},
    "POST /webhook-endpoints/{endpoint_id}/replay": TIME,
}
"""What an operation cannot be asked without."""


def operations_with_an_id() -> Iterable[tuple[str, str]]:
    for path, operations in build_openapi()["paths"].items():
        if "{" in path:
            yield from ((method.upper(), path.removeprefix(BASE)) for method in operations)


def belongings(stranger: Caller) -> dict[str, str]:
    """One of everything that has an id, the stranger's."""
    person = User.objects.create_user("mira")
    return {
        "generation_id": stranger.generate(),
        "key_id": create_api_key(workspace=stranger.workspace, name="theirs")[0].id,
        "member_id": str(Membership.objects.create(workspace=stranger.workspace, user=person, role="viewer").pk),
        "invitation_id": Invitation.objects.create(
            workspace=stranger.workspace, user_name="ada", role="viewer", expires_at=now() + timedelta(days=1)
        ).id,
        "endpoint_id": open_endpoint(stranger.workspace, "https://shop.example/hook")[0].id,
        "delivery_id": "dlv_aaaaaaaaaaaaaaaaaaaa",  # below the stranger's endpoint
    }


@pytest.fixture
def shop(settings: Settings) -> Iterator[None]:
    """A name that a webhook may be sent to."""
    names = NameServer()
    names.names["shop.example"] = ["127.0.0.1"]
    settings.ATELIER_WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    settings.ATELIER_WEBHOOK_NAMESERVERS = [names.address]
    yield
    names.close()


def contents() -> list[tuple[object, ...]]:
    """Every row that a stranger could change, as text."""
    with connection.cursor() as cursor:
        rows = []
        for table in (
            "generation_generation",
            "generation_generationevent",
            "billing_transfer",
            "billing_account",
            "accounts_apikey",
            "accounts_membership",
            "accounts_invitation",
            "webhooks_endpoint",
        ):
            cursor.execute(f"SELECT '{table}', t::text FROM {table} t ORDER BY 2")
            rows += cursor.fetchall()
        return rows


def normal(answer: object, path: str) -> tuple[object, ...]:
    """An answer without what belongs to the exchange: its request id and the address that was asked for."""
    body = answer.content.replace(answer.headers["X-Request-Id"].encode(), b"REQ").replace(path.encode(), b"PATH")
    volatile = {"X-Request-Id", "RateLimit", "Server-Timing"}
    return answer.status_code, body, {name: value for name, value in answer.headers.items() if name not in volatile}


@pytest.mark.parametrize(("method", "path"), sorted(operations_with_an_id()))
@pytest.mark.usefixtures("shop")
def test_a_strangers_id_is_answered_like_an_unknown_one(api: Caller, stranger: Caller, method: str, path: str) -> None:
    theirs = belongings(stranger)
    api.get("/account")  # that a key is used is noted once a minute
    before = contents()
    known, unknown = path.format(**theirs), path.format(**{name: like(value) for name, value in theirs.items()})
    one, other = (api.call(method, asked, BODIES.get(f"{method} {path}")) for asked in (known, unknown))
    status = 401 if path.startswith("/my/") else 404  # what is a person's own no key may ask for
    assert (one.status_code, other.status_code) == (status, status)
    assert normal(one, known) == normal(other, unknown)
    assert contents() == before


def like(known: str) -> str:
    """An id of the same form that nothing has."""
    return "9" * len(known) if known.isdecimal() else known[:4] + "a" * (len(known) - 4)


def test_there_are_operations_to_check() -> None:
    assert len(list(operations_with_an_id())) >= 4


def test_lists_and_figures_count_only_ones_own(api: Caller, stranger: Caller) -> None:
    stranger.generate()
    assert api.get("/projects").json() == {"projects": [], "nextCursor": None}
    account = api.get("/account").json()
    assert (account["usage"]["today"]["queued"], account["held"]) == (0, 0)


def test_a_strangers_cursor_shows_only_ones_own(api: Caller, stranger: Caller) -> None:
    mine = api.generate()
    for _ in range(2):
        stranger.generate()
    cursor = stranger.get("/projects?limit=1").json()["nextCursor"]
    assert [project["generationId"] for project in api.get(f"/projects?cursor={cursor}").json()["projects"]] == [mine]


def test_a_strangers_rate_is_not_mine(api: Caller, stranger: Caller) -> None:
    for _ in range(11):
        stranger.post()
    assert api.post().headers["RateLimit"].startswith('"generate";r=9;')
