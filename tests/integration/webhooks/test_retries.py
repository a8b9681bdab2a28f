"""What fails is tried five times more, then parked, told to operators, and sent again by hand. The clock is moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from pytest_django import Settings

from atelier.core.db.database import Now
from tests.integration.webhooks.street import Street, courier, happen, open_endpoint, statuses, wait_for
from tests.support.receivers import Receiver, Reply
from tests.support.stories import open_workspace, query
from webhooks.models import Attempt, DeadLetter, Delivery, Endpoint, Event
from webhooks.schedule import base_delay
from webhooks.services.replaying import redeliver, replay, replay_dead_letters
from webhooks.services.sending import claim_due, requeue_lost
from webhooks.services.upkeep import alert_parked, disable_silent, forget_old, keep_up


def let_time_pass() -> float:
    """Make the waiting delivery due; the seconds it had still to wait."""
    (waiting,) = query("SELECT extract(epoch FROM next_at - clock_timestamp())::float8 FROM webhooks_delivery")[0]
    Delivery.objects.update(next_at=Now())
    return waiting


def fail_until_dead(receiver: Receiver) -> list[float]:
    """Run a fresh courier for each try: nothing lives in a process. The waits between the tries."""
    waits = []
    for number in range(1, 7):
        with courier():
            receiver.wait(number)
            wait_for(lambda number=number: Attempt.objects.count() == number, "the attempt is recorded")
        if number < 6:
            assert statuses() == ["pending"]
            waits.append(let_time_pass())
    return waits


def test_six_sends_then_the_dead_letter_an_alert_and_a_replay(
    street: Street, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    receiver = street.receiver(answer=lambda _: Reply(503, body=b"no" * 2000))
    slack = Receiver()
    street.receivers.append(slack)
    settings.ATELIER_SLACK_URL = f"http://127.0.0.1:{slack.port}/"
    workspace = open_workspace()
    endpoint, _ = open_endpoint(workspace, receiver.url)
    event_id = happen(workspace)
    waits = fail_until_dead(receiver)
    for failed, wait in enumerate(waits, 1):
        assert 0.8 * base_delay(failed) - 3 <= wait <= 1.2 * base_delay(failed)
    assert statuses() == ["dead"]
    assert [request.id for request in receiver.requests] == [event_id] * 6
    assert {(one.outcome, one.status, len(one.answer)) for one in Attempt.objects.all()} == {("http_error", 503, 2048)}
    assert (keep_up(), keep_up()) == (1, 0)
    assert "gave up 1 webhook deliveries" in caplog.text and "gave up 1" in slack.wait()[0].json["text"]
    receiver.answer = lambda _: Reply()
    assert replay_dead_letters([DeadLetter.objects.get().delivery_id], "user:1") == 1
    with courier():
        wait_for(lambda: statuses() == ["delivered"], "delivered after the replay")
    assert receiver.requests[-1].id == event_id
    assert int(receiver.requests[-1].headers["webhook-timestamp"]) >= int(
        receiver.requests[0].headers["webhook-timestamp"]
    )
    assert DeadLetter.objects.get().replayed_at is not None
    assert Endpoint.objects.get(id=endpoint.id).failing_since is None


@pytest.mark.parametrize(("asked", "least", "most"), [("7", 6, 7.1), ("1", 4, 5.1), ("9999", 9, 10.1)])
def test_retry_after_is_honoured_within_one_and_two_times_the_base(
    street: Street, asked: str, least: float, most: float
) -> None:
    receiver = street.receiver(answer=lambda _: Reply(429, {"Retry-After": asked}))
    workspace = open_workspace()
    open_endpoint(workspace, receiver.url)
    with courier():
        happen(workspace)
        wait_for(lambda: Attempt.objects.count() == 1, "the first try")
        assert least - 1 <= let_time_pass() <= most


def test_an_answer_of_410_disables_at_once_and_tells_the_other_endpoints(street: Street) -> None:
    gone = street.receiver("gone.example", answer=lambda _: Reply(410))
    other = street.receiver("other.example")
    workspace = open_workspace()
    endpoint, _ = open_endpoint(workspace, gone.url)
    open_endpoint(workspace, other.url, "webhook.disabled")
    with courier():
        happen(workspace)
        (told,) = other.wait()
    assert told.json["data"]["endpointId"] == endpoint.id and "410" in told.json["data"]["reason"]
    found = Endpoint.objects.get(id=endpoint.id)
    assert (found.status, found.disabled_reason) == ("disabled", "It answered 410 Gone.")
    happen(workspace, 2)
    assert Delivery.objects.filter(endpoint=endpoint).count() == 1


def test_120_hours_without_a_success_disable_and_one_success_begins_anew(street: Street) -> None:
    receiver = street.receiver(answer=lambda _: Reply(500))
    workspace = open_workspace()
    endpoint, _ = open_endpoint(workspace, receiver.url)
    here = Endpoint.objects.filter(id=endpoint.id)
    with courier():
        happen(workspace)
        wait_for(lambda: here.get().failing_since, "it is failing")
        here.update(failing_since=F("failing_since") - timedelta(hours=119))
        assert disable_silent() == 0
        receiver.answer = lambda _: Reply(200)
        let_time_pass()
        wait_for(lambda: here.get().failing_since is None, "a success resets it")
    here.update(failing_since=Now() - timedelta(hours=121))
    assert disable_silent() == 1
    assert here.get().status == "disabled"
    assert Event.objects.filter(type="webhook.disabled").count() == 1


def test_an_outage_is_replayed_with_the_same_ids(street: Street) -> None:
    receiver = street.receiver()
    workspace = open_workspace()
    endpoint, _ = open_endpoint(workspace, receiver.url)
    replayed = replay_outage(workspace, endpoint, receiver, 30)
    assert replayed == 30


@pytest.mark.prove
@pytest.mark.timeout(600)
def test_a_thousand_events_of_an_outage_are_replayed(street: Street) -> None:
    receiver = street.receiver()
    workspace = open_workspace()
    endpoint, _ = open_endpoint(workspace, receiver.url)
    assert replay_outage(workspace, endpoint, receiver, 1000) == 1000


def replay_outage(workspace: Any, endpoint: Endpoint, receiver: Receiver, count: int) -> int:
    """All of `count` events died; they are replayed, and arrive with their ids, none invented."""
    (begun,) = query("SELECT clock_timestamp()")[0]
    ids = {happen(workspace, number) for number in range(count)}
    (ended,) = query("SELECT clock_timestamp()")[0]
    Delivery.objects.update(status="dead")
    happen(workspace, count + 1)
    sent = replay(workspace_id=workspace.id, endpoint_id=endpoint.id, actor="key_test", since=begun, until=ended)
    with courier(senders=8):
        wait_for(lambda: not Delivery.objects.exclude(status="delivered").exists(), "all delivered", 200)
    arrived = [request.id for request in receiver.requests]
    assert set(arrived) > ids and len(arrived) == len(set(arrived)) == count + 1
    return sent


def test_a_delivery_can_be_sent_again_by_its_owner(street: Street) -> None:
    receiver = street.receiver()
    workspace = open_workspace()
    endpoint, _ = open_endpoint(workspace, receiver.url)
    with courier():
        happen(workspace)
        wait_for(lambda: statuses() == ["delivered"], "delivered")
        delivery = Delivery.objects.get()
        redeliver(workspace_id=workspace.id, endpoint_id=endpoint.id, delivery_id=delivery.id, actor="key_test")
        receiver.wait(2)
        wait_for(lambda: statuses() == ["delivered"], "delivered again")
    assert receiver.requests[0].id == receiver.requests[1].id
    assert list(Attempt.objects.order_by("number").values_list("number", "outcome")) == [
        (1, "delivered"),
        (2, "delivered"),
    ]


def test_who_lost_the_lease_changes_nothing_and_its_work_is_sent_again(street: Street) -> None:
    from webhooks.sender import Outcome
    from webhooks.services.sending import Sent, finish

    workspace = open_workspace()
    open_endpoint(workspace, street.receiver().url)
    happen(workspace)
    (mine,) = claim_due(most=5, failing_at_once=1)
    assert claim_due(most=5, failing_at_once=1) == []
    assert requeue_lost() == 0
    Delivery.objects.update(lease_expires_at=F("created_at"))
    assert (requeue_lost(), requeue_lost()) == (1, 0)
    assert finish([Sent(mine, Outcome("delivered", 200), 0.5)]) == 0
    assert statuses() == ["pending"]
    (again,) = claim_due(most=5, failing_at_once=1)
    assert finish([Sent(mine, Outcome("delivered", 200), 0.5)]) == 0
    assert finish([Sent(again, Outcome("delivered", 200), 0.5)]) == 1


def test_what_is_old_is_forgotten(street: Street) -> None:
    workspace = open_workspace()
    open_endpoint(workspace, street.receiver().url)
    happen(workspace)
    happen(workspace, 2)
    Event.objects.filter(sequence=1).update(created_at=Now() - timedelta(days=31))
    assert forget_old() == 2
    assert (Event.objects.count(), Delivery.objects.count(), alert_parked()) == (1, 1, 0)
