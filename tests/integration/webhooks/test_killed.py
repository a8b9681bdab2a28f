"""A sender that is killed between the send and its mark sends again, with the same id; nothing is lost."""

from __future__ import annotations

import pytest
from django.db.models import F
from pytest_django import Settings

from atelier.accounts.models import Workspace
from tests.integration.webhooks.street import Street, happen, open_endpoint, statuses
from tests.support.couriers import courier_process
from tests.support.processes import alone
from tests.support.receivers import Receiver
from tests.support.stories import open_workspace
from webhooks.models import SENDING, Counter, Delivery, Event


def lease_ends() -> None:
    """Let the leases of the dead run out now."""
    Delivery.objects.filter(status=SENDING).update(lease_expires_at=F("created_at"))


def kill_and_go_on(settings: Settings, receiver: Receiver, workspace: Workspace, events: int, kills: int) -> None:
    """`kills` couriers die after a send; the last one finishes. Every event arrives, doubles with equal ids."""
    ids = {happen(workspace, number) for number in range(events)}
    for _ in range(kills):
        assert courier_process(settings, "webhooks.sent").signal == 9
        lease_ends()
    assert courier_process(settings, seconds=50).value == events
    arrived = [request.id for request in receiver.requests]
    assert set(arrived) == ids
    assert len(arrived) > events
    told: dict[str, set[int]] = {}
    for request in receiver.requests:
        told.setdefault(request.id, set()).add(request.json["sequence"])
    assert sorted(number for numbers in told.values() for number in numbers) == list(range(1, events + 1))


def test_a_killed_sender_loses_nothing_and_repeats_with_the_same_id(street: Street, settings: Settings) -> None:
    receiver, workspace = street.receiver(), open_workspace()
    open_endpoint(workspace, receiver.url)
    kill_and_go_on(settings, receiver, workspace, events=20, kills=2)


@pytest.mark.prove
@pytest.mark.timeout(600)
def test_a_thousand_events_survive_ten_killed_senders(street: Street, settings: Settings) -> None:
    receiver, workspace = street.receiver(), open_workspace()
    open_endpoint(workspace, receiver.url)
    kill_and_go_on(settings, receiver, workspace, events=1000, kills=10)


def test_a_fan_out_that_is_killed_leaves_nothing_and_happens_once_when_repeated(
    street: Street, settings: Settings
) -> None:
    receiver, workspace = street.receiver(), open_workspace()
    open_endpoint(workspace, receiver.url)
    killed = alone(happen, settings={"ATELIER_CRASHPOINT": "webhooks.recorded"}, workspace=workspace)
    assert killed.signal == 9
    assert not Event.objects.exists() and not Counter.objects.exists()
    assert [happen(workspace) != "", happen(workspace)] == [True, ""]
    assert statuses() == ["pending"]
    assert Counter.objects.get().last == 1
