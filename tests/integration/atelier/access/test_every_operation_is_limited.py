"""No operation is free: each takes a token, refusals too, and each list comes in pages; at the real server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User

from atelier.accounts.models import ApiKey, Membership, Workspace
from atelier.accounts.services import create_api_key
from generation.models import IdempotencyRecord
from tests.integration.atelier.access.operations import Operation, list_operations
from tests.support.client import Answer, Api
from tests.support.served import served
from tests.support.stories import open_workspace, query, start_worker
from webhooks.models import Attempt, Delivery, Endpoint, Event


@pytest.fixture
def workspace(committed: object) -> Workspace:
    start_worker()
    return open_workspace(credits=0)


@pytest.fixture
def api(workspace: Workspace) -> Iterator[Api]:
    with served() as base:
        yield Api(base, create_api_key(workspace=workspace, name="test")[1])


def empty_buckets() -> None:
    query("UPDATE accounts_tokenbucket SET tokens = 0, updated_at = clock_timestamp() RETURNING 1")


def test_every_operation_with_an_empty_bucket_is_refused_and_says_when_to_come_back(api: Api) -> None:
    free, asked = [], [one for one in list_operations() if one.permission]
    assert len(asked) >= 30
    for operation in asked:
        first = call(api, operation)
        assert first.status not in (0, 429, 500), (operation, first)
        assert first.header("RateLimit") and first.header("RateLimit-Policy"), operation
        empty_buckets()
        again = call(api, operation)
        if (again.status, again.header("Retry-After") is None) != (429, False):
            free.append((str(operation), again.status))
        query("DELETE FROM accounts_tokenbucket RETURNING 1")
    assert free == []


def call(api: Api, operation: Operation) -> Answer:
    return api.call(operation.method, operation.address, {} if operation.method in ("POST", "PATCH") else None)


def test_refusals_for_want_of_credits_end_after_the_limit_and_store_no_more(api: Api) -> None:
    statuses = [api.post(**{"Idempotency-Key": f"k{number}"}).status for number in range(14)]
    assert statuses == [402] * 10 + [429] * 4
    assert IdempotencyRecord.objects.count() == 10


@pytest.mark.parametrize("body", [{"prompt": ""}, {"size": "1x1"}, {"prompt": "x", "model": "no-such"}])
def test_bad_requests_cost_a_token_too(api: Api, body: dict[str, str]) -> None:
    statuses = [api.call("POST", "/generate", body).status for _ in range(12)]
    assert statuses == [400] * 10 + [429] * 2


def test_the_same_answer_again_is_not_free_either(workspace: Workspace, api: Api) -> None:
    first = api.post(**{"Idempotency-Key": "k"})
    empty_buckets()
    assert (first.status, api.post(**{"Idempotency-Key": "k"}).status) == (402, 402)
    query("UPDATE accounts_tokenbucket SET tokens = 0, updated_at = clock_timestamp() RETURNING 1")
    assert api.post(**{"Idempotency-Key": "k"}).status == 429


def walk(api: Api, path: str, name: str, limit: int = 7) -> list[str]:
    """The ids of a list, page by page."""
    found, cursor = [], ""
    while True:
        page = api.call("GET", f"{path}?limit={limit}{cursor}").json
        assert len(page[name]) <= limit
        found += [row["id"] for row in page[name]]
        if page["nextCursor"] is None:
            return found
        cursor = f"&cursor={page['nextCursor']}"


def test_every_list_comes_in_pages_and_none_is_left_out_or_shown_twice(workspace: Workspace, api: Api) -> None:
    now = datetime.now(UTC)
    for number in range(50):
        create_api_key(workspace=workspace, name=f"k{number}", expires_at=now)
        person = User.objects.create_user(f"u{number}")
        Membership.objects.create(workspace=workspace, user=person, role="viewer")
    for number in range(18):
        Endpoint.objects.create(workspace=workspace, url=f"https://shop{number}.example/", keys=b"")
    for path, name, rows in (
        ("/api-keys", "keys", ApiKey.objects.order_by("-created_at", "-id")),
        ("/members", "members", Membership.objects.order_by("id")),
        ("/webhook-endpoints", "endpoints", Endpoint.objects.order_by("created_at", "id")),
    ):
        assert len(api.call("GET", path).json[name]) == min(20, rows.count())
        assert walk(api, path, name) == list(rows.values_list("id", flat=True)), path


def test_a_delivery_shows_its_last_attempts_however_many_there_were(workspace: Workspace, api: Api) -> None:
    endpoint = Endpoint.objects.create(workspace=workspace, url="https://shop.example/", keys=b"")
    event = Event.objects.create(
        workspace=workspace, sequence=1, type="credits.low", subject="s", data={}, occurred_at=datetime.now(UTC)
    )
    delivery = Delivery.objects.create(workspace=workspace, event=event, endpoint=endpoint, attempts=60)
    for number in range(1, 61):
        Attempt.objects.create(
            workspace=workspace, delivery=delivery, number=number, outcome="timeout", answer="x" * 2048, duration_ms=1
        )
    answer = api.call("GET", f"/webhook-endpoints/{endpoint.id}/deliveries")
    (shown,) = answer.json["deliveries"]
    assert [one["number"] for one in shown["attempts"]] == list(range(51, 61))
    assert shown["attemptCount"] == 60 and len(answer.body) < 25_000
