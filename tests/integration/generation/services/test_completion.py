"""How a generation ends: delivered, failed or cancelled; once, and paid for what was delivered."""

from __future__ import annotations

from collections import Counter

import pytest

from generation.models import Generation
from generation.selectors import GenerationNotFound
from generation.services.cancellation import AlreadyTerminal, cancel_generation
from generation.services.claims import claim_stage, extend_lease, list_waiting_stages, report_step, requeue_claim
from generation.services.completion import cancel_running, fail_generation, settle_generation
from generation.services.recovery import reap, reconcile
from generation.services.scheduling import dispatch_next
from tests.support.processes import Call, Outcome, alone, at_once, call
from tests.support.stories import (
    age,
    delivery,
    open_workspace,
    outcome,
    pass_stage,
    query,
    send_off,
    settle,
    start,
    start_worker,
    submit,
    submit_many,
    take,
    walk_to,
)

pytestmark = pytest.mark.usefixtures("committed", "no_limits")


@pytest.fixture(autouse=True)
def workers(committed: object) -> None:
    start_workers()


def start_workers() -> None:
    """Five workers say that they are there: for the first time, or again."""
    for number in range(5):
        start_worker(f"gpu-{number}")


def cancel(generation: Generation) -> Generation:
    return cancel_generation(workspace_id=generation.workspace_id, generation_id=generation.id, actor="key_test")


def audited(generation: Generation) -> list[str]:
    rows = query("SELECT action FROM audit_auditentry WHERE subject = %s ORDER BY id", generation.id)
    return [action for (action,) in rows]


def nothing_left_over() -> None:
    assert query("SELECT count(*) FROM generation_slot") == [(0,)]
    assert reconcile() == {}


def test_a_delivery_is_one_fact_in_every_book() -> None:
    generation, fence = send_off(open_workspace())
    walk_to(generation, fence, "upload")
    assert settle(generation, fence)
    assert outcome(generation) == ("completed", 1, 0, 1)
    assert query("SELECT source_id, ordinal, workspace_id FROM storage_asset") == [
        (generation.id, 0, generation.workspace_id)
    ]
    assert query("SELECT subject, event, queue FROM outbox_outboxmessage ORDER BY id DESC LIMIT 1") == [
        (generation.id, "generation.completed", "priority")
    ]
    assert audited(generation) == ["generation.queued", "generation.completed"]
    assert query("SELECT credits_used, completed_at IS NULL, lease_expires_at FROM generation_generation") == [
        (1, False, None)
    ]
    nothing_left_over()


@pytest.mark.parametrize(("asked", "delivered", "captured"), [(4, 3, 3), (4, 4, 4), (8, 1, 1)])
def test_what_is_delivered_is_paid_and_the_rest_is_released(asked: int, delivered: int, captured: int) -> None:
    generation, fence = send_off(open_workspace(), count=asked)
    assert settle(generation, fence, images=delivered)
    assert outcome(generation) == ("completed", captured, asked - captured, 1)


def test_three_of_four_large_images_cost_three_quarters() -> None:
    generation, fence = send_off(open_workspace(), count=4, width=4096, height=4096)
    assert settle(generation, fence, images=3)
    assert outcome(generation) == ("completed", 12, 4, 1)


@pytest.mark.parametrize(("point", "settled"), [("settle.before_commit", False), ("settle.after_commit", True)])
def test_a_worker_that_dies_while_settling_leaves_all_or_nothing(point: str, settled: bool) -> None:
    generation, fence = send_off(open_workspace())
    values = delivery(generation, fence)
    assert alone(settle_generation, settings={"ATELIER_CRASHPOINT": point}, **values).signal == 9
    assert query("SELECT count(*) FROM storage_asset") == [(int(settled),)]
    assert settle_generation(**values) is not settled
    assert outcome(generation) == ("completed", 1, 0, 1)
    nothing_left_over()


def test_a_failure_says_why_and_costs_nothing() -> None:
    generation, fence = send_off(open_workspace())
    assert fail_generation(generation_id=generation.id, fence=fence, code="model_broken", message="It has no weights.")
    assert outcome(generation) == ("failed", 0, 1, 1)
    assert query("SELECT error_code, error_message FROM generation_generation") == [
        ("model_broken", "It has no weights.")
    ]
    assert query("SELECT data ->> 'code' FROM generation_generationevent WHERE type = 'terminal'") == [
        ("model_broken",)
    ]
    nothing_left_over()


def test_a_reason_longer_than_its_column_is_cut() -> None:
    generation, fence = send_off(open_workspace())
    assert fail_generation(generation_id=generation.id, fence=fence, code="x", message="y" * 2000)
    assert query("SELECT length(error_message) FROM generation_generation") == [(500,)]


def test_a_queued_one_is_cancelled_at_once() -> None:
    generation = submit(open_workspace())
    assert cancel(generation).status == "cancelled"
    assert outcome(generation) == ("cancelled", 0, 1, 1)
    assert audited(generation) == ["generation.queued", "generation.cancelled"]
    nothing_left_over()


def test_a_dispatched_one_is_cancelled_at_once_and_its_wake_up_finds_nothing() -> None:
    generation = submit(open_workspace())
    dispatch_next()
    assert cancel(generation).status == "cancelled"
    assert outcome(generation) == ("cancelled", 0, 1, 1)
    with pytest.raises(AssertionError):
        start(generation)
    nothing_left_over()


def test_one_whose_link_waits_is_cancelled_at_once_and_the_link_finds_nothing() -> None:
    generation, fence = send_off(open_workspace())
    claim = take(generation, fence, "prompt")
    assert claim is not None
    pass_stage(claim, "diffusion")
    assert cancel(generation).status == "cancelled"
    assert take(generation, fence, "diffusion") is None
    assert list_waiting_stages(generation_id=generation.id, fence=fence) is None
    assert outcome(generation) == ("cancelled", 0, 1, 1)
    nothing_left_over()


def test_a_running_one_is_cancelled_at_the_next_beat() -> None:
    generation, fence = send_off(open_workspace())
    claim = walk_to(generation, fence, "diffusion")
    assert cancel(generation).status == "running"
    assert cancel(generation).status == "running"
    assert report_step(claim, 1, 20) is True
    assert extend_lease(claim) is True
    assert cancel_running(generation_id=generation.id, fence=fence)
    assert outcome(generation) == ("cancelled", 0, 1, 1)
    assert audited(generation) == ["generation.queued", "generation.cancel_requested", "generation.cancelled"]
    nothing_left_over()


def test_a_running_one_without_a_request_is_not_cancelled_by_its_worker() -> None:
    generation, fence = send_off(open_workspace())
    walk_to(generation, fence, "diffusion")
    assert not cancel_running(generation_id=generation.id, fence=fence)
    assert outcome(generation) == ("running", None, None, 0)


def test_a_cancel_that_comes_before_the_delivery_wins() -> None:
    generation, fence = send_off(open_workspace())
    walk_to(generation, fence, "upload")
    cancel(generation)
    assert not settle(generation, fence)
    assert outcome(generation) == ("cancelled", 0, 1, 1)
    assert query("SELECT count(*) FROM storage_asset") == [(0,)]


@pytest.mark.parametrize("end", ["fail", "give back", "hand over"])
def test_a_cancel_is_obeyed_however_the_stage_ends(end: str) -> None:
    generation, fence = send_off(open_workspace())
    claim = take(generation, fence, "prompt")
    assert claim is not None
    cancel(generation)
    if end == "fail":
        fail_generation(generation_id=generation.id, fence=fence, code="x", message="x")
    elif end == "give back":
        requeue_claim(generation_id=generation.id, fence=fence, code="x", message="x", counts=True)
    else:
        assert pass_stage(claim, "diffusion")
        assert claim_stage(generation_id=generation.id, fence=fence, stage="diffusion", worker="w") is None
        assert reap() == 1
    assert outcome(generation) == ("cancelled", 0, 1, 1)
    assert query("SELECT error_code FROM generation_generation") == [("",)]
    nothing_left_over()


def test_what_has_ended_cannot_be_cancelled() -> None:
    generation, fence = send_off(open_workspace())
    settle(generation, fence)
    with pytest.raises(AlreadyTerminal):
        cancel(generation)
    assert outcome(generation) == ("completed", 1, 0, 1)


def test_another_workspace_cannot_cancel_it() -> None:
    generation = submit(open_workspace())
    stranger = open_workspace("stranger")
    for generation_id in (generation.id, "gen_unknown"):
        with pytest.raises(GenerationNotFound):
            cancel_generation(workspace_id=stranger.id, generation_id=generation_id, actor="test")
    assert outcome(generation) == ("queued", None, None, 0)


def settling(generation: Generation, fence: int) -> Call:
    return call(settle_generation, **delivery(generation, fence))


def cancelling(generation: Generation) -> Call:
    return call(cancel_generation, workspace_id=generation.workspace_id, generation_id=generation.id, actor="key_test")


@pytest.mark.parametrize("held", [True, False], ids=["lease held", "link waiting"])
@pytest.mark.parametrize("races", [16, pytest.param(252, marks=pytest.mark.prove)])
def test_cancel_against_delivery_has_one_outcome_and_the_charge_matches_it(held: bool, races: int) -> None:
    """Twice 252 are the 500 of the long proof."""
    workspace, ends = open_workspace(), Counter()
    for _ in range(races // 4):
        start_workers()
        sent = [send_off(workspace) for _ in range(4)]
        if held:
            for generation, fence in sent:
                take(generation, fence, "prompt")
        delivered = [settling(generation, fence) for generation, fence in sent]
        outcomes = at_once([*delivered, *(cancelling(generation) for generation, _ in sent)])
        for (generation, _), settled, cancelled in zip(sent, outcomes[:4], outcomes[4:], strict=True):
            ends[judge(generation, settled, cancelled)] += 1
    assert sum(ends.values()) == races
    print(ends)
    query("UPDATE outbox_outboxmessage SET published_at = clock_timestamp() RETURNING 1")  # there is no relay here
    nothing_left_over()


def judge(generation: Generation, settled: Outcome, cancelled: Outcome) -> str:
    """Exactly one of the two won, everybody was told so, and the books agree."""
    if settled.value:
        assert cancelled.error == "AlreadyTerminal"
        assert outcome(generation) == ("completed", 1, 0, 1)
        return "completed"
    assert (settled.value, cancelled.error) == (False, "")
    assert outcome(generation) == ("cancelled", 0, 1, 1)
    return "cancelled"


def test_eight_deliveries_of_one_generation_deliver_once() -> None:
    generation, fence = send_off(open_workspace())
    outcomes = at_once([settling(generation, fence)] * 8)
    assert sorted(one.value for one in outcomes) == [False] * 7 + [True]
    assert outcome(generation) == ("completed", 1, 0, 1)
    assert query("SELECT count(*) FROM storage_asset") == [(1,)]


def test_delivery_against_a_reaper_that_takes_the_lease_for_lost() -> None:
    workspace = open_workspace()
    for _ in range(4):
        generation, fence = send_off(workspace)
        take(generation, fence, "prompt")
        age(generation, 61)
        settled, _ = at_once([settling(generation, fence), call(reap, settings={"ATELIER_LEASE_SECONDS": 0.1})])
        if settled.value:
            assert outcome(generation) == ("completed", 1, 0, 1)
        else:
            assert outcome(generation) == ("queued", None, None, 0)
            cancel(generation)
    nothing_left_over()


def test_many_ends_at_once_keep_the_books_of_one_workspace() -> None:
    workspace = open_workspace(credits=8)
    sent = [send_off(workspace, count=1) for _ in range(8)]
    outcomes = at_once([settling(generation, fence) for generation, fence in sent])
    assert all(one.value for one in outcomes)
    assert query("SELECT kind, balance FROM billing_account ORDER BY kind") == [
        ("available", 0),
        ("earned", 8),
        ("granted", -8),
        ("held", 0),
    ]
    nothing_left_over()


def test_a_terminal_event_is_told_once_even_by_hand() -> None:
    from generation.services.events import add_event

    generation, fence = send_off(open_workspace())
    settle(generation, fence)
    add_event(generation.id, "terminal", {"status": "failed"})
    assert query("SELECT data ->> 'status' FROM generation_generationevent WHERE type = 'terminal'") == [("completed",)]


def test_cancelling_a_backlog_leaves_nothing_behind() -> None:
    workspace = open_workspace(credits=5)
    for generation in submit_many(workspace, 5):
        cancel(generation)
    assert query("SELECT balance FROM billing_account WHERE kind = 'available'") == [(5,)]
    nothing_left_over()
