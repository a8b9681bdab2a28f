"""What operators hear and see of deliveries that were given up: PagerDuty, Slack, the admin."""

from __future__ import annotations

import logging

import pytest
from pytest_django import Settings

from tests.integration.webhooks.street import Street, happen, open_endpoint, statuses
from tests.support.operators import log_in, make_person, operator, read, told
from tests.support.receivers import Receiver, Reply
from tests.support.stories import open_workspace, query
from webhooks.models import Attempt, DeadLetter, Delivery, Endpoint
from webhooks.services.parking import park
from webhooks.services.upkeep import alert_parked

PAGES = ("endpoint", "delivery", "deadletter")


@pytest.fixture
def parked(street: Street) -> Delivery:
    """A delivery that was given up after one recorded try."""
    workspace = open_workspace("Blue Door")
    open_endpoint(workspace, street.receiver().url, headers={"X-Token": "tok3n-canary"})
    happen(workspace)
    Delivery.objects.update(status="dead", attempts=1, failures=6)
    delivery = Delivery.objects.get()
    Attempt.objects.create(
        workspace_id=workspace.id,
        delivery=delivery,
        number=1,
        outcome="http_error",
        status=503,
        duration_ms=7,
        answer="<b>no</b>",
    )
    park(delivery, "http_error: The receiver answered 503.")
    return delivery


def ear(street: Street, status: int = 200) -> Receiver:
    receiver = Receiver(answer=lambda _: Reply(status))
    street.receivers.append(receiver)
    return receiver


def test_pagerduty_and_slack_are_told_once(street: Street, parked: Delivery, settings: Settings) -> None:
    slack, duty = ear(street), ear(street)
    settings.ATELIER_SLACK_URL = f"http://127.0.0.1:{slack.port}/"
    settings.ATELIER_PAGERDUTY_URL = f"http://127.0.0.1:{duty.port}/v2/enqueue"
    settings.ATELIER_PAGERDUTY_KEY = "r0uting"
    assert (alert_parked(), alert_parked()) == (1, 0)
    (event,) = duty.wait()
    assert (event.path, event.json["routing_key"], event.json["event_action"]) == (
        "/v2/enqueue",
        "r0uting",
        "trigger",
    )
    assert parked.id in event.json["payload"]["summary"]
    assert event.json["payload"]["severity"] == "error" and event.json["dedup_key"]
    assert parked.id in slack.wait()[0].json["text"]
    assert (len(duty.requests), len(slack.requests)) == (1, 1)


def test_an_alert_that_nobody_takes_is_in_the_log(
    street: Street, parked: Delivery, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ATELIER_SLACK_URL = f"http://127.0.0.1:{ear(street, 500).port}/"
    with caplog.at_level(logging.ERROR):
        assert alert_parked() == 1
    assert {record.code for record in caplog.records} == {"webhooks_parked", "alert_failed"}  # type: ignore[attr-defined]


def test_the_pages_show_why_and_no_secret(parked: Delivery) -> None:
    browser = operator()
    shown = {page: read(browser, f"/admin/webhooks/{page}/") for page in PAGES}
    assert all("Blue Door" in text for text in shown.values())
    assert "The receiver answered 503." in shown["deadletter"] and "shop.example" in shown["deadletter"]
    detail = read(browser, f"/admin/webhooks/delivery/{parked.id}/change/")
    assert "503" in detail and "&lt;b&gt;no&lt;/b&gt;" in detail
    endpoint = read(browser, f"/admin/webhooks/endpoint/{parked.endpoint_id}/change/")
    for text in (*shown.values(), detail, endpoint):
        assert "tok3n-canary" not in text and "whsec_" not in text


def test_rows_are_found_by_their_ids(parked: Delivery) -> None:
    browser = operator()
    for page, term in (("endpoint", parked.endpoint_id), ("delivery", parked.event_id), ("deadletter", parked.id)):
        assert "shop.example" in read(browser, f"/admin/webhooks/{page}/", q=term) or page == "delivery"
        assert f"{term}" in read(browser, f"/admin/webhooks/{page}/", q=term)
        assert "0 results" in read(browser, f"/admin/webhooks/{page}/", q="dlv_none")


def test_nothing_can_be_added_changed_or_deleted(parked: Delivery) -> None:
    browser = operator()
    keys = {"endpoint": parked.endpoint_id, "delivery": parked.id, "deadletter": parked.id}
    for page, key in keys.items():
        url = f"/admin/webhooks/{page}/"
        assert browser.get(f"{url}add/").status_code == 403
        assert browser.post(f"{url}{key}/change/", {"url": "x"}).status_code == 403
        assert browser.post(f"{url}{key}/delete/", {"post": "yes"}).status_code == 403
    assert (Endpoint.objects.count(), Delivery.objects.count(), DeadLetter.objects.count()) == (1, 1, 1)


def test_an_operator_sends_a_dead_letter_again_and_it_is_audited(parked: Delivery) -> None:
    send = {"action": "send_again", "_selected_action": [parked.id]}
    answer = operator().post("/admin/webhooks/deadletter/", send, follow=True)
    assert told(answer) == ["1 deliveries are on their way again."]
    assert statuses() == ["pending"]
    assert query("SELECT count(*) FROM audit_auditentry WHERE actor LIKE 'user:%%'")[0][0] >= 1
    again = operator_again().post("/admin/webhooks/deadletter/", send, follow=True)
    assert any("1 stay" in message for message in told(again))


def operator_again():  # noqa: ANN201
    """Another one."""
    return log_in(make_person("second", superuser=True))


def test_staff_without_the_right_see_nothing(parked: Delivery) -> None:
    browser = log_in(make_person("guest"))
    for page in PAGES:
        assert browser.get(f"/admin/webhooks/{page}/").status_code == 403
