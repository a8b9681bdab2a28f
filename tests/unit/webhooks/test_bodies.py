"""What may stand in the bodies about endpoints, and what is said of the rest."""

from __future__ import annotations

import pytest

from atelier.core.errors import InvalidRequest
from webhooks.api.bodies import WebhookEndpointChanges, WebhookEndpointRequest
from webhooks.events import EVENTS

NOT_YOURS = "This header is not yours to set."
NO_NAME = "This is not a name of a header."
VALUE = "It must have 1 to 500 printable ASCII characters, no blank at either end."


def refused(**members: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as refusal:
        WebhookEndpointRequest.parse({"url": "https://shop.example/"} | members)
    return [(error["pointer"], error["message"]) for error in refusal.value.extra["errors"]]


@pytest.mark.parametrize(
    ("headers", "name", "message"),
    [
        ({"Host": "x"}, "Host", NOT_YOURS),
        ({"Webhook-Id": "x"}, "Webhook-Id", NOT_YOURS),
        ({"Proxy-Authorization": "x"}, "Proxy-Authorization", NOT_YOURS),
        ({"X-Aws-Ec2-Metadata-Token": "x"}, "X-Aws-Ec2-Metadata-Token", NOT_YOURS),
        ({"a/b~": "x"}, "a~1b~0", NO_NAME),
        ({"": "x"}, "", NO_NAME),
        ({"X" * 101: "x"}, "X" * 100, NO_NAME),
        ({"X": "a\r\nb"}, "X", VALUE),
        ({"X": " a"}, "X", VALUE),
        ({"X": ""}, "X", VALUE),
        ({"X": 5}, "X", VALUE),
        ({"X": "a" * 501}, "X", VALUE),
    ],
)
def test_a_wrong_header_is_named_with_its_place(headers: dict[str, object], name: str, message: str) -> None:
    assert refused(headers={"X-Fine": "x"} | headers) == [(f"/headers/{name}", message)]


def test_every_wrong_header_is_named() -> None:
    assert refused(headers={"Host": "x", "X-Fine": "x", "X": ""}) == [
        ("/headers/Host", NOT_YOURS),
        ("/headers/X", VALUE),
    ]


@pytest.mark.parametrize("headers", [{f"X-{number}": "x" for number in range(11)}, {"x": "1", "X": "2"}])
def test_headers_are_few_and_different(headers: dict[str, str]) -> None:
    assert refused(headers=headers) == [("/headers", "It may have 10 different headers.")]


def test_headers_and_events_have_their_form() -> None:
    assert refused(headers=[]) == [("/headers", "It must be an object of header names and values.")]
    assert refused(events="x") == [("/events", "It must be a list of event names.")]


def test_an_event_is_a_known_one_named_once() -> None:
    unknown = f"There is no such event. The events are: {', '.join(EVENTS)}."
    assert refused(events=["credits.low", "x", 1]) == [("/events/1", unknown), ("/events/2", unknown)]
    assert refused(events=["credits.low"] * 2) == [("/events", "An event is named twice.")]


def test_more_events_than_there_are_get_one_error_and_not_one_each() -> None:
    assert refused(events=["x"] * 1000) == [("/events", f"It must be a list of 0 to {len(EVENTS)}.")]


def test_changes_are_what_was_sent_and_nothing_is_changed_to_null() -> None:
    changes = WebhookEndpointChanges.parse({"description": "", "events": []})
    assert changes.model_dump(exclude_unset=True) == {"description": "", "events": []}
    members: tuple[str, ...] = ("url", "events", "description", "headers", "status")
    with pytest.raises(InvalidRequest) as refusal:
        WebhookEndpointChanges.parse(dict.fromkeys(members))
    assert tuple(error["pointer"][1:] for error in refusal.value.extra["errors"]) == members
