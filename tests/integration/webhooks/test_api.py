"""Endpoints over HTTP: made, shown, changed, tried, rotated, deleted; and everything they refuse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from atelier.core.db.database import Now
from tests.integration.generation.api.caller import SMALL, Caller, code
from tests.integration.webhooks.street import Street, courier, happen, wait_for
from tests.support.receiver_code import receive, verify_body
from tests.support.stories import open_workspace, query, start_worker
from webhooks.events import EVENTS
from webhooks.models import Attempt, Delivery, Endpoint
from webhooks.signing import make_keys

PATH = "/webhook-endpoints"


@pytest.fixture
def api(street: Street) -> Caller:
    return Caller.of(open_workspace("one"))


@pytest.fixture
def stranger(street: Street) -> Caller:
    return Caller.of(open_workspace("two"))


def make(api: Caller, street: Street, **body: Any) -> dict[str, Any]:
    answer = api.call("POST", PATH, {"url": street.receiver().url} | body)
    assert answer.status_code == 201, answer.content
    assert answer.headers["Location"].endswith(answer.json()["id"])
    return answer.json()


def test_a_secret_is_shown_once_and_nowhere_kept_in_clear(api: Caller, street: Street) -> None:
    made = make(api, street, headers={"X-Token": "tok3n-canary"}, description="shop", events=["generation.failed"])
    secret = made.pop("secret")
    assert api.get(f"{PATH}/{made['id']}").json() == made
    assert api.get(PATH).json() == {"endpoints": [made], "nextCursor": None}
    assert (made["status"], made["headerNames"], made["events"]) == ("active", ["X-Token"], ["generation.failed"])
    rows = query("SELECT e::text, encode(keys, 'escape'), encode(headers, 'escape') FROM webhooks_endpoint e")
    for canary in (secret, secret.removeprefix("whsec_"), "tok3n-canary"):
        assert canary not in str(rows)


def test_a_test_event_arrives_and_its_attempt_is_shown(api: Caller, street: Street) -> None:
    made = make(api, street, headers={"X-Token": "abc"}, events=["credits.low"], asymmetric=True)
    receiver = street.receivers[-1]
    with courier():
        sent = api.call("POST", f"{PATH}/{made['id']}/test")
        assert sent.status_code == 202
        (request,) = receiver.wait()
        wait_for(lambda: Delivery.objects.get().status == "delivered", "delivered")
    assert request.headers["x-token"] == "abc" and "v1a," in request.headers["webhook-signature"]
    assert receive(made["secret"], request.body, dict(request.headers))["type"] == "webhook.test"
    (shown,) = api.get(f"{PATH}/{made['id']}/deliveries").json()["deliveries"]
    assert shown["eventId"] == request.id == sent.json()["eventId"]
    (attempt,) = shown["attempts"]
    assert (attempt["outcome"], attempt["status"], attempt["answer"]) == ("delivered", 200, "ok")
    assert attempt["durationMs"] >= 0 and attempt["at"].endswith("Z")


def test_a_rotation_signs_with_both_secrets_for_a_day_and_then_with_the_new_one(api: Caller, street: Street) -> None:
    made = make(api, street)
    receiver = street.receivers[-1]
    rotated = api.call("POST", f"{PATH}/{made['id']}/rotate-secret").json()
    assert rotated["secret"] != made["secret"]
    with courier():
        happen(api.workspace, 1)
        during = receiver.wait(1)[0]
        Endpoint.objects.update(previous_keys_until=Now() - timedelta(seconds=1))
        happen(api.workspace, 2)
        after = receiver.wait(2)[1]
    for secret in (made["secret"], rotated["secret"]):
        receive(secret, during.body, dict(during.headers))
        verify_body(secret, during.body)
    receive(rotated["secret"], after.body, dict(after.headers))
    with pytest.raises(ValueError, match="signature"):
        verify_body(made["secret"], after.body)
    with pytest.raises(Exception, match="(?i)signature"):
        receive(made["secret"], after.body, dict(after.headers))


def test_an_endpoint_is_changed_disabled_and_deleted(api: Caller, street: Street) -> None:
    made = make(api, street)
    here = f"{PATH}/{made['id']}"
    changed = api.call("PATCH", here, {"description": "new", "events": ["credits.low"], "status": "disabled"}).json()
    assert (changed["description"], changed["events"], changed["status"]) == ("new", ["credits.low"], "disabled")
    assert changed["disabledReason"]
    assert code(api.call("POST", f"{here}/test"), 409) == "endpoint_disabled"
    assert api.call("PATCH", here, {"status": "active"}).json()["disabledReason"] is None
    assert api.call("DELETE", here).status_code == 204
    assert code(api.get(here), 404) == "not_found"
    actions = query("SELECT action FROM audit_auditentry WHERE subject = %s ORDER BY id", made["id"])
    assert [action for (action,) in actions] == [
        f"webhook_endpoint.{word}" for word in ("created", "updated", "updated", "deleted")
    ]


def test_another_workspace_sees_and_reaches_nothing(api: Caller, stranger: Caller, street: Street) -> None:
    here = f"{PATH}/{make(api, street)['id']}"
    happen(api.workspace)
    delivery = api.get(f"{here}/deliveries").json()["deliveries"][0]["id"]
    times = {"from": "2020-01-01T00:00:00Z", "until": "2030-01-01T00:00:00Z"}
    tries = [
        ("GET", "", None),
        ("PATCH", "", {"description": "x"}),
        ("DELETE", "", None),
        ("POST", "/test", None),
        ("POST", "/rotate-secret", None),
        ("GET", "/deliveries", None),
        ("POST", "/replay", times),
        ("POST", f"/deliveries/{delivery}/redeliver", None),
    ]
    for method, path, body in tries:
        assert code(stranger.call(method, here + path, body), 404) == "not_found", (method, path)
    assert stranger.get(PATH).json() == {"endpoints": [], "nextCursor": None}
    assert stranger.get(f"{PATH}/default-secret").json() != api.get(f"{PATH}/default-secret").json()


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({}, "invalid_request", "/url"),
    ({"url": 5}, "invalid_request", "/url"),
    ({"url": "http://shop.example/"}, "address_not_allowed", "/url"),
    ({"url": "https://shop.example:8443/"}, "address_not_allowed", "/url"),
    ({"url": "https://a:b@shop.example/"}, "address_not_allowed", "/url"),
    ({"url": "https://127.0.0.1/"}, "address_not_allowed", "/url"),
    ({"url": "https://2130706433/"}, "address_not_allowed", "/url"),
    ({"url": "https://inside.example/"}, "address_not_allowed", "/url"),
    ({"url": "https://mixed.example/"}, "address_not_allowed", "/url"),
    ({"url": "https://nowhere.example/"}, "address_not_allowed", "/url"),
    ({"url": "https://public.example/", "events": ["generation.done"]}, "invalid_request", "/events/0"),
    ({"url": "https://public.example/", "events": ["credits.low"] * 2}, "invalid_request", "/events"),
    ({"url": "https://public.example/", "headers": {"Host": "x"}}, "invalid_request", "/headers/Host"),
    ({"url": "https://public.example/", "headers": {"Webhook-Id": "x"}}, "invalid_request", "/headers/Webhook-Id"),
    ({"url": "https://public.example/", "headers": {"X": "a\r\nb"}}, "invalid_request", "/headers/X"),
    (
        {"url": "https://public.example/", "headers": {"X-Aws-Ec2-Metadata-Token": "x"}},
        "invalid_request",
        "/headers/X-Aws-Ec2-Metadata-Token",
    ),
    ({"url": "https://public.example/", "asymmetric": 1}, "invalid_request", "/asymmetric"),
    ({"url": "https://public.example/", "secret": "x"}, "unknown_field", "/secret"),
]


@pytest.mark.parametrize(("body", "wanted", "pointer"), REFUSED, ids=str)
def test_bad_input_is_refused_with_its_place_and_reason(
    api: Caller, street: Street, body: dict[str, Any], wanted: str, pointer: str
) -> None:
    street.names.names |= {
        "inside.example": ["10.0.0.1"],
        "mixed.example": ["93.184.216.34", "10.0.0.1"],
        "public.example": ["93.184.216.34"],
    }
    answer = api.call("POST", PATH, body)
    assert code(answer, 400) == wanted
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert Endpoint.objects.count() == 0


def test_an_unknown_event_gets_the_list_of_events(api: Caller, street: Street) -> None:
    answer = api.call("POST", PATH, {"url": street.receiver().url, "events": ["x"]}).json()
    assert all(name in answer["errors"][0]["message"] for name in EVENTS)


def test_a_twenty_first_endpoint_is_refused(api: Caller, street: Street) -> None:
    url = street.receiver().url
    assert [api.call("POST", PATH, {"url": url}).status_code for _ in range(20)] == [201] * 20
    assert code(api.call("POST", PATH, {"url": url}), 409) == "too_many_endpoints"


def test_deliveries_are_shown_in_pages(api: Caller, street: Street) -> None:
    here = f"{PATH}/{make(api, street)['id']}/deliveries"
    for number in range(5):
        happen(api.workspace, number)
    seen, cursor = [], ""
    while True:
        page = api.get(f"{here}?limit=2" + (f"&cursor={cursor}" if cursor else "")).json()
        seen += [one["sequence"] for one in page["deliveries"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert seen == [5, 4, 3, 2, 1]
    assert api.get(f"{here}?status=dead").json()["deliveries"] == []
    for query_string in ("?status=x", "?limit=0", "?cursor=x"):
        assert code(api.get(here + query_string), 400) == "invalid_parameter"


def test_a_replay_takes_times_of_any_zone(api: Caller, street: Street) -> None:
    here = f"{PATH}/{make(api, street)['id']}"
    happen(api.workspace)
    Delivery.objects.update(status="dead")
    times = {"from": "2020-01-01T00:00:00+23:59", "until": "2099-01-01T00:00:00-23:59"}
    assert api.call("POST", f"{here}/replay", times).json() == {"deliveries": 1}


def test_a_generation_tells_its_own_webhook(api: Caller, street: Street) -> None:
    start_worker()
    own, receiver = make_keys(b"h" * 32).secret, street.receiver("own.example")
    hook = {"url": receiver.url, "secret": own, "events": ["generation.queued"]}
    answer = api.post(SMALL | {"webhook": hook})
    assert answer.status_code == 202, answer.content
    generation_id = answer.json()["generationId"]
    shown = api.get(f"/projects/{generation_id}").json()["request"]["webhook"]
    assert shown == {"url": receiver.url, "events": ["generation.queued"]}
    assert own not in str(query("SELECT g::text FROM generation_generation g"))
    record_all()
    with courier():
        (request,) = receiver.wait()
    assert receive(own, request.body, dict(request.headers))["data"]["generationId"] == generation_id
    assert api.get(PATH).json() == {"endpoints": [], "nextCursor": None}


def test_the_name_of_its_webhook_is_looked_up_when_it_is_sent_and_may_not_lead_inside(
    api: Caller, street: Street
) -> None:
    street.names.names["inside.example"] = ["10.0.0.1"]
    start_worker()
    assert api.post(SMALL | {"webhook": {"url": "https://inside.example/hook"}}).status_code == 202
    assert not street.names.asked
    record_all()
    with courier():
        wait_for(lambda: Attempt.objects.first(), "it is tried")
    assert Attempt.objects.get().outcome == "blocked_address"


def test_a_generation_without_a_secret_of_its_own_is_signed_with_the_default_one(api: Caller, street: Street) -> None:
    start_worker()
    receiver = street.receiver("own.example")
    assert api.post(SMALL | {"webhook": {"url": receiver.url}}).status_code == 202
    record_all()
    secret = api.get(f"{PATH}/default-secret").json()["secret"]
    with courier():
        (request,) = receiver.wait()
    assert receive(secret, request.body, dict(request.headers))["type"] == "generation.queued"


def record_all() -> None:
    """What the relay and the fan-out do, twice."""
    from atelier.webhook_wiring import record_message

    for (message,) in query("SELECT id FROM outbox_outboxmessage ORDER BY id") * 2:
        record_message(message)


@pytest.mark.parametrize(
    ("hook", "pointer"),
    [
        ("x", ""),
        ({}, ""),
        ({"url": "http://a.example"}, "/url"),
        ({"url": "https://10.0.0.1/"}, "/url"),
        ({"url": "https://a.example", "secret": "abc"}, "/secret"),
        ({"url": "https://a.example", "x": 1}, ""),
        ({"url": "https://a.example", "events": ["x"]}, "/events/0"),
    ],
    ids=str,
)
def test_a_bad_webhook_of_a_generation_is_refused(api: Caller, street: Street, hook: Any, pointer: str) -> None:
    start_worker()
    answer = api.post(SMALL | {"webhook": hook})
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["pointer"] == f"/webhook{pointer}"
