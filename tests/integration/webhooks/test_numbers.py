"""A client's own object comes back as it was sent: from the API, in the list, in the webhook, in as many bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from atelier.messaging.outbox.models import OutboxMessage
from atelier.webhook_wiring import record_message
from generation.models import Generation
from tests.integration.webhooks.street import Street, courier, happen, open_endpoint, wait_for
from tests.support.client import PREFIX, Api, fetch
from tests.support.served import served
from tests.support.stories import open_workspace, start_worker
from webhooks.models import Delivery, Endpoint

EXACT = [1e308, -1e308, 1e22, 1e20, 2**53 - 1, 2**53, 0.1, 5e-324, 1.5, 0.30000000000000004, -7, 0, 12.0]
ROUNDED = ["750727362669608961", "9007199254740993", "1152921504606846976", "0.12345678901234567890", "1e-400"]


@pytest.fixture
def api(street: Street) -> Iterator[Api]:
    """A workspace at the real server, and a worker."""
    start_worker()
    with served() as base:
        from atelier.accounts.services import create_api_key

        workspace = open_workspace("one")
        yield Api(base, create_api_key(workspace=workspace, name="test")[1])


def sent(api: Api, numbers: str) -> Any:
    """POST /generate with these numbers, written exactly so."""
    body = f'{{"prompt": "an apple", "dimensions": {{"width": 64, "height": 64}}, "metadata": {{"v": [{numbers}]}}}}'
    headers = {"Authorization": f"Bearer {api.key}", "Content-Type": "application/json"}
    return fetch("POST", f"{api.base}{PREFIX}/generate", body.encode(), **headers)


def size(value: Any) -> int:
    return len(json.dumps(value, separators=(",", ":")))


@pytest.mark.parametrize("numbers", [EXACT, [1e308] * 280, [1e-308] * 280, [1e15] * 100])
def test_the_same_values_and_no_more_bytes_everywhere(api: Api, street: Street, numbers: list[float]) -> None:
    receiver = street.receiver()
    made = api.call("POST", "/webhook-endpoints", {"url": receiver.url, "events": ["generation.queued"]})
    assert made.status == 201
    answer = sent(api, ", ".join(map(repr, numbers)))
    assert answer.status == 202, answer
    for message in OutboxMessage.objects.filter(event="generation.queued"):
        record_message(message.pk)
    with courier():
        (heard,) = receiver.wait()
    read = api.call("GET", f"/projects/{answer.json['generationId']}")
    listed = api.call("GET", "/projects").json["projects"][0]
    for shown in (read.json["request"], listed["request"], heard.json["data"]):
        assert shown["metadata"] == {"v": numbers}
        assert size(shown["metadata"]) <= 2048
    assert len(read.body) <= 2048 + 2500 and len(heard.body) <= 2048 + 1000


@pytest.mark.parametrize("number", ROUNDED)
def test_a_number_that_would_be_rounded_is_refused_with_its_place(api: Api, number: str) -> None:
    answer = sent(api, f"1, {number}")
    assert answer.status == 400, answer
    (error,) = answer.json["errors"]
    assert error["pointer"] == "/metadata/v/1" and "send it as a string" in error["message"]
    assert sent(api, f'1, "{number}"').status == 202


def test_the_limit_counts_the_bytes_that_are_sent(api: Api) -> None:
    """100 times 1e20 are 400 bytes here, and 2,200 in the canonical form of the webhook."""
    answer = sent(api, ", ".join(["1e20"] * 100))
    assert answer.status == 400 and "2,048 bytes" in answer.json["errors"][0]["message"]


def test_a_row_of_the_first_release_says_the_same_in_both_places(api: Api, street: Street) -> None:
    receiver = street.receiver()
    made = api.call("POST", "/webhook-endpoints", {"url": receiver.url, "events": ["generation.queued"]})
    assert made.status == 201
    asked = sent(api, "1").json["generationId"]
    row = Generation.objects.get(id=asked)
    row.request["metadata"] = {"v": 750727362669608961}
    row.save()
    for message in OutboxMessage.objects.filter(event="generation.queued"):
        record_message(message.pk)
    with courier():
        (heard,) = receiver.wait()
    assert api.get(asked)["request"]["metadata"] == heard.json["data"]["metadata"] == {"v": "750727362669608961"}


def test_a_body_over_the_promised_limit_is_not_sent_and_not_tried_again(street: Street) -> None:
    workspace, receiver = open_workspace("one"), street.receiver()
    endpoint, _ = open_endpoint(workspace, receiver.url)
    happen(workspace, 1, much="x" * 20_000)
    happen(workspace, 2)
    with courier():
        assert receiver.wait()[0].json["data"] == {"number": 2}
        dead = wait_for(lambda: Delivery.objects.filter(status="dead").first(), "it is given up")
    assert [one.outcome for one in dead.tries.all()] == ["body_too_large"]
    assert dead.attempts == 1 and len(receiver.requests) == 1
    assert Endpoint.objects.get(id=endpoint.id).failing_since is None
