"""Endpoints that hang delay nobody else; sequences have no gap however many write at once."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.integration.webhooks.street import Street, courier, happen, open_endpoint, wait_for
from tests.support.processes import at_once, call
from tests.support.receivers import Receiver, Reply
from tests.support.stories import open_workspace
from webhooks.events import NewEvent
from webhooks.models import SENDING, Counter, Delivery, Endpoint, Event
from webhooks.services.recording import AlreadyRecorded, add_event
from webhooks.services.sending import PER_ENDPOINT, PER_WORKSPACE, claim_due


def test_endpoints_that_hang_leave_room_for_the_others(street: Street) -> None:
    released = threading.Event()

    def hang(_: object) -> Reply:
        released.wait(20)
        return Reply()

    hanging = [street.receiver(f"slow{number}.example", answer=hang) for number in range(3)]
    quick: Receiver = street.receiver("quick.example")
    slow_ones, other = open_workspace("slow"), open_workspace("quick")
    for receiver in hanging:
        open_endpoint(slow_ones, receiver.url)
    open_endpoint(other, quick.url)
    for number in range(20):
        happen(slow_ones, number)
    with courier(senders=16):
        wait_for(lambda: Delivery.objects.filter(status=SENDING).count() >= 3 * PER_ENDPOINT, "the slow ones hang")
        for number in range(30):
            happen(other, 100 + number)
        quick.wait(30, 10)
        assert Delivery.objects.filter(status=SENDING, workspace=slow_ones).count() == 3 * PER_ENDPOINT
        released.set()


def test_claims_are_fair_and_bounded(street: Street) -> None:
    url = street.receiver().url
    busy, calm = open_workspace("busy"), open_workspace("calm")
    for _ in range(5):
        open_endpoint(busy, url)
    open_endpoint(calm, url)
    for number in range(10):
        happen(busy, number)
    happen(calm, 100)
    first = claim_due(most=4, failing_at_once=10)
    assert calm.id in {delivery.workspace_id for delivery in first}
    assert len({delivery.endpoint_id for delivery in first}) == 4, "in turn between endpoints"
    claim_due(most=100, failing_at_once=10)
    held = Delivery.objects.filter(status=SENDING, workspace=busy)
    assert held.count() == PER_WORKSPACE
    assert max(held.filter(endpoint=one).count() for one in Endpoint.objects.filter(workspace=busy)) <= PER_ENDPOINT


def test_one_endpoint_gets_four_places_however_much_waits(street: Street) -> None:
    workspace = open_workspace()
    open_endpoint(workspace, street.receiver().url)
    for number in range(10):
        happen(workspace, number)
    assert len(claim_due(most=100, failing_at_once=10)) == PER_ENDPOINT
    assert claim_due(most=100, failing_at_once=10) == []


def test_a_failing_endpoint_gets_one_place_and_all_of_them_together_a_part(street: Street) -> None:
    url = street.receiver().url
    for number in range(4):
        workspace = open_workspace(f"failing {number}")
        open_endpoint(workspace, url)
        for event in range(5):
            happen(workspace, number * 10 + event)
    Endpoint.objects.update(failing_since="2026-01-01T00:00:00Z")
    assert len(claim_due(most=100, failing_at_once=3)) == 3
    assert claim_due(most=100, failing_at_once=3) == []
    assert len(claim_due(most=100, failing_at_once=10)) == 1


def record_some(workspace_id: str, first: int, count: int) -> int:
    from atelier.accounts.models import Workspace

    workspace = Workspace.objects.get(id=workspace_id)
    return sum(1 for number in range(first, first + count) if happen(workspace, number))


def test_sequences_have_no_gap_when_eight_processes_write_the_same_events(street: Street) -> None:
    workspace = open_workspace()
    calls = [call(record_some, workspace_id=workspace.id, first=number // 2 * 10, count=20) for number in range(8)]
    outcomes = at_once(calls)
    assert sum(outcome.value for outcome in outcomes) == 50, outcomes
    assert sorted(Event.objects.values_list("sequence", flat=True)) == list(range(1, 51))


def test_a_fact_that_is_told_twice_spends_no_number(street: Street) -> None:
    workspace = open_workspace()
    happen(workspace)
    fact = NewEvent(workspace.id, "generation.completed", "gen_1", timezone.now(), "gen_1:generation.completed", {})
    with pytest.raises(AlreadyRecorded), transaction.atomic():
        add_event(fact)
    assert Counter.objects.get().last == 1


def test_no_two_events_have_one_number_even_by_hand(street: Street) -> None:
    workspace = open_workspace()
    for number in (1, 2):
        happen(workspace, number)
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.update(sequence=1)
