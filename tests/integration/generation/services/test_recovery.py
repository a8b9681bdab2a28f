"""What puts things right: lost leases, unclaimed messages, deadlines, and the count of what must be zero."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from generation.services.claims import extend_lease, list_waiting_stages, requeue_claim
from generation.services.recovery import reap, reconcile
from generation.services.scheduling import dispatch_next
from tests.support.processes import at_once, call
from tests.support.stories import (
    age,
    open_workspace,
    outcome,
    pass_stage,
    query,
    send_off,
    settle,
    start,
    start_worker,
    status,
    submit,
    submit_many,
    take,
    walk_to,
)

pytestmark = pytest.mark.usefixtures("committed", "no_limits")
REAPER = {"ATELIER_LEASE_SECONDS": 0.1}
"""The reaper waits one lease after a start of the database; the tests' database has just started."""


@pytest.fixture(autouse=True)
def world(committed: object, settings: Settings) -> None:
    start_worker()
    settings.ATELIER_LEASE_SECONDS = 60


def reap_now(settings: Settings) -> int:
    settings.ATELIER_LEASE_SECONDS = 0.1
    try:
        return reap()
    finally:
        settings.ATELIER_LEASE_SECONDS = 60


def wakes() -> list[tuple[str, str]]:
    """(event, dedupe key) of what woke somebody, in order."""
    told = ("generation.queued", "generation.started")
    return query(
        "SELECT event, split_part(dedupe_key, ':', 3) FROM outbox_outboxmessage WHERE event <> ALL(%s) ORDER BY id",
        list(told),
    )


def test_a_lost_worker_costs_one_attempt_and_frees_the_place(settings: Settings) -> None:
    generation, fence = send_off(open_workspace())
    claim = walk_to(generation, fence, "diffusion")
    age(generation, 59)
    assert reap_now(settings) == 0
    age(generation, 2)
    assert reap_now(settings) == 1
    assert query("SELECT status, attempt, error_code, not_before > clock_timestamp() FROM generation_generation") == [
        ("queued", 1, "worker_lost", True)
    ]
    assert query("SELECT count(*) FROM generation_slot") == [(0,)]
    assert extend_lease(claim) is None


def test_a_generation_that_kills_three_workers_is_stopped_and_others_go_on(settings: Settings) -> None:
    workspace = open_workspace()
    poison, fence = send_off(workspace)
    for attempt in range(3):
        take(poison, fence, "prompt")
        age(poison, 61)
        assert reap_now(settings) == 1
        if attempt < 2:
            age(poison, 10)
            assert dispatch_next()
            fence = start(poison)
    assert outcome(poison) == ("failed", 0, 1, 1)
    assert query("SELECT error_code FROM generation_generation") == [("worker_lost",)]
    healthy, fence = send_off(workspace)
    assert settle(healthy, fence)


def test_eight_reapers_take_one_lost_lease_once() -> None:
    generation, fence = send_off(open_workspace())
    take(generation, fence, "prompt")
    age(generation, 61)
    reaped = at_once([call(reap, settings=REAPER)] * 8)
    assert sorted(one.value for one in reaped) == [0] * 7 + [1]
    assert query("SELECT status, attempt FROM generation_generation") == [("queued", 1)]


def test_nobody_is_declared_dead_just_after_the_database_started(settings: Settings) -> None:
    generation, fence = send_off(open_workspace())
    take(generation, fence, "prompt")
    age(generation, 100)
    settings.ATELIER_LEASE_SECONDS = 86_400
    assert reap() == 0
    assert status(generation) == "running"


def test_a_wake_up_that_nobody_took_is_sent_again_under_the_same_fence() -> None:
    generation = submit(open_workspace())
    dispatch_next()
    age(generation, 29)
    assert reap() == 0
    age(generation, 2)
    assert (reap(), reap()) == (1, 0)
    assert wakes() == [("generation.dispatched", "1"), ("generation.dispatched", "2")]
    assert query("SELECT status, fence, attempt FROM generation_generation") == [("dispatched", 0, 0)]
    assert start(generation) == 1


def test_a_link_that_nobody_took_is_sent_again_under_the_same_fence() -> None:
    generation, fence = send_off(open_workspace())
    claim = take(generation, fence, "prompt")
    assert claim is not None
    pass_stage(claim, "diffusion")
    age(generation, 31)
    assert (reap(), reap()) == (1, 0)
    assert wakes()[-1] == ("generation.stalled", "2")
    assert query("SELECT payload ->> 'fence' FROM outbox_outboxmessage ORDER BY id DESC LIMIT 1") == [("1",)]
    waiting = list_waiting_stages(generation_id=generation.id, fence=fence)
    assert waiting is not None
    assert waiting.stages[0] == "diffusion"
    assert take(generation, fence, "diffusion") is not None
    assert list_waiting_stages(generation_id=generation.id, fence=fence) is None


def test_a_long_queue_is_not_a_dead_worker() -> None:
    generation, fence = send_off(open_workspace())
    for _ in range(6):
        age(generation, 31)
        assert reap() == 1
    assert query("SELECT status, fence, attempt FROM generation_generation") == [("running", fence, 1)]
    assert take(generation, fence, "prompt") is not None


def test_a_stage_that_runs_is_not_woken() -> None:
    generation, fence = send_off(open_workspace())
    take(generation, fence, "prompt")
    age(generation, 45)
    assert reap() == 0
    assert wakes() == [("generation.dispatched", "1")]


@pytest.mark.parametrize("state", ["queued", "dispatched", "waiting", "running"])
def test_what_passes_its_deadline_expires_in_every_state(state: str) -> None:
    generation = submit(open_workspace(), deadline_seconds=20)
    if state != "queued":
        dispatch_next()
    fence = start(generation) if state in ("waiting", "running") else 0
    claim = take(generation, fence, "prompt") if state == "running" else None
    age(generation, 19)
    assert reap() == 0
    age(generation, 2)
    assert reap() == 1
    assert outcome(generation) == ("expired", 0, 1, 1)
    assert query("SELECT error_code FROM generation_generation") == [("deadline_exceeded",)]
    assert claim is None or extend_lease(claim) is None
    assert not settle(generation, fence)
    assert reconcile() == {}


@pytest.mark.parametrize("state", ["queued", "dispatched", "running"])
def test_what_kept_it_is_told_when_its_deadline_passes(state: str) -> None:
    generation, fence = send_off(open_workspace(), deadline_seconds=100)
    take(generation, fence, "prompt")
    requeue_claim(generation_id=generation.id, fence=fence, code="storage_unavailable", message="Full.", counts=False)
    age(generation, 10)
    if state != "queued":
        assert dispatch_next()
    if state == "running":
        take(generation, start(generation), "prompt")
    age(generation, 100)
    assert reap() == 1
    assert outcome(generation) == ("failed", 0, 1, 1)
    assert query("SELECT error_code, error_message FROM generation_generation") == [("storage_unavailable", "Full.")]


def test_a_trouble_that_is_over_is_not_told() -> None:
    generation, fence = send_off(open_workspace(), deadline_seconds=100)
    requeue_claim(generation_id=generation.id, fence=fence, code="storage_unavailable", message="Full.", counts=False)
    age(generation, 10)
    assert dispatch_next()
    claim = take(generation, start(generation), "prompt")
    assert claim is not None
    assert pass_stage(claim, "diffusion")
    age(generation, 100)
    reap()
    assert outcome(generation) == ("expired", 0, 1, 1)


def test_two_reapers_with_many_workspaces_do_not_wait_for_each_other_in_a_circle() -> None:
    one, two = open_workspace("one"), open_workspace("two")
    submit_many(one, 15), submit_many(two, 38), submit_many(one, 6)
    query("UPDATE generation_generation SET deadline_at = created_at RETURNING 1")
    outcomes = at_once([call(reap), call(reap)])
    assert [one.error for one in outcomes] == ["", ""]
    while reap():
        continue
    assert query("SELECT status, count(*) FROM generation_generation GROUP BY 1") == [("expired", 59)]
    assert reconcile() == {}
