"""Whose generation is it: fences, leases, messages that come twice or late, and attempts that run out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import Settings

from generation.models import Generation
from generation.services.cancellation import cancel_generation
from generation.services.claims import (
    StageClaim,
    claim_generation,
    claim_stage,
    extend_lease,
    list_waiting_stages,
    may_pass_on,
    report_step,
    requeue_claim,
)
from generation.services.completion import cancel_running, fail_generation
from generation.services.progress import report_image
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
    take,
    walk_to,
)

pytestmark = pytest.mark.usefixtures("committed", "no_limits")
EVERYTHING = """
    SELECT g.*, (SELECT count(*) FROM generation_stageresult), (SELECT count(*) FROM generation_generationevent),
        (SELECT count(*) FROM outbox_outboxmessage), (SELECT count(*) FROM billing_holdoutcome),
        (SELECT count(*) FROM storage_asset) FROM generation_generation g ORDER BY id"""


@pytest.fixture(autouse=True)
def worker(committed: object) -> None:
    start_worker()


@pytest.fixture
def sent(worker: None) -> tuple[Generation, int]:
    return send_off(open_workspace())


def again(generation: Generation, fence: int, *, counts: bool = True) -> None:
    """A worker gives it back, and its pause is over."""
    requeue_claim(generation_id=generation.id, fence=fence, code="internal_error", message="It broke.", counts=counts)
    query("UPDATE generation_generation SET not_before = NULL WHERE id = %s RETURNING 1", generation.id)


def restart(generation: Generation) -> int:
    assert dispatch_next()
    return start(generation)


def test_a_claim_makes_it_running_under_a_new_fence() -> None:
    generation, fence = send_off(open_workspace())
    row = query(
        "SELECT status, fence, attempt, stage, lease_expires_at, waiting_since IS NULL, started_at IS NULL"
        " FROM generation_generation"
    )
    assert (fence, row) == (1, [("running", 1, 1, "prompt", None, False, False)])
    assert generation.fence == 0


def test_eight_copies_of_a_wake_up_claim_it_once() -> None:
    generation = submit(open_workspace())
    dispatch_next()
    claims = at_once([call(claim_generation, generation_id=generation.id)] * 8)
    assert sorted(claim.value is not None for claim in claims) == [False] * 7 + [True]
    assert query("SELECT fence, attempt FROM generation_generation") == [(1, 1)]


def test_a_wake_up_of_something_queued_unknown_or_ended_is_forgotten() -> None:
    workspace = open_workspace()
    queued = submit(workspace)
    assert claim_generation(generation_id=queued.id) is None
    assert claim_generation(generation_id="gen_unknown") is None
    cancel_generation(workspace_id=workspace.id, generation_id=queued.id, actor="test")
    assert claim_generation(generation_id=queued.id) is None
    assert status(queued) == "cancelled"


def test_eight_copies_of_a_stage_message_run_it_once(sent: tuple[Generation, int]) -> None:
    generation, fence = sent
    values = {"generation_id": generation.id, "fence": fence, "stage": "prompt", "worker": "w"}
    claims = at_once([call(claim_stage, **values)] * 8)
    assert sum(claim.value is not None for claim in claims) == 1
    assert query("SELECT count(*) FROM generation_generationevent WHERE type = 'stage'") == [(1,)]


def test_a_message_for_another_stage_or_fence_takes_nothing(sent: tuple[Generation, int]) -> None:
    generation, fence = sent
    assert take(generation, fence, "diffusion") is None
    assert take(generation, fence + 1, "prompt") is None
    assert take(generation, fence - 1, "prompt") is None
    assert take(generation, fence, "prompt") is not None


def settle_late(claim: StageClaim) -> object:
    return settle(Generation.objects.get(id=claim.generation_id), claim.fence) or None


def fail_late(claim: StageClaim) -> object:
    return fail_generation(generation_id=claim.generation_id, fence=claim.fence, code="x", message="x") or None


def requeue_late(claim: StageClaim) -> object:
    return requeue_claim(generation_id=claim.generation_id, fence=claim.fence, code="x", message="x", counts=True)


def cancel_late(claim: StageClaim) -> object:
    return cancel_running(generation_id=claim.generation_id, fence=claim.fence) or None


def claim_late(claim: StageClaim) -> object:
    return claim_stage(generation_id=claim.generation_id, fence=claim.fence, stage="diffusion", worker="late")


LATE: list[Callable[[StageClaim], object]] = [
    extend_lease,
    lambda claim: report_step(claim, 3, 20),
    lambda claim: pass_stage(claim, "face_restore") or None,
    lambda claim: report_image(claim, 0),
    settle_late,
    fail_late,
    requeue_late,
    cancel_late,
    claim_late,
    lambda claim: list_waiting_stages(generation_id=claim.generation_id, fence=claim.fence),
    lambda claim: may_pass_on(generation_id=claim.generation_id, fence=claim.fence, stage="prompt") or None,
]


@pytest.mark.parametrize("attempt", LATE)
@pytest.mark.parametrize("successor", ["queued", "working", "completed"])
def test_a_worker_that_lost_its_lease_changes_nothing(attempt: Callable, successor: str) -> None:
    generation, fence = send_off(open_workspace())
    stale = walk_to(generation, fence, "diffusion")
    again(generation, fence)
    if successor != "queued":
        assert dispatch_next()
        fence = start(generation)
        assert take(generation, fence, "diffusion", "worker-2") is not None
    if successor == "completed":
        assert settle(generation, fence)
    before = query(EVERYTHING)
    assert attempt(stale) is None
    assert query(EVERYTHING) == before


def test_a_beat_keeps_the_lease_and_tells_the_steps(sent: tuple[Generation, int], settings: Settings) -> None:
    generation, fence = sent
    claim = walk_to(generation, fence, "diffusion")
    settings.ATELIER_LEASE_SECONDS = 600
    assert report_step(claim, 3, 20) is False
    assert extend_lease(claim) is False
    lease = "extract(epoch FROM lease_expires_at - clock_timestamp()) BETWEEN 590 AND 600"
    assert query(f"SELECT step, steps, {lease} FROM generation_generation") == [(3, 20, True)]
    assert query("SELECT data FROM generation_generationevent WHERE type = 'step'") == [
        ('{"step": 3, "stage": "diffusion", "steps": 20}',)
    ]


def test_a_stage_that_is_done_stays_done_and_its_second_message_passes_on(sent: tuple[Generation, int]) -> None:
    generation, fence = sent
    claim = take(generation, fence, "prompt")
    assert claim is not None
    assert not may_pass_on(generation_id=generation.id, fence=fence, stage="prompt"), "it is running"
    assert pass_stage(claim, "diffusion", {"note": "styled"})
    assert take(generation, fence, "prompt") is None
    assert may_pass_on(generation_id=generation.id, fence=fence, stage="prompt")
    assert take(generation, fence, "diffusion") is not None
    assert not may_pass_on(generation_id=generation.id, fence=fence, stage="prompt"), "the next one runs already"
    assert query("SELECT stage, fence, facts FROM generation_stageresult") == [("prompt", 1, '{"note": "styled"}')]


def test_a_stage_is_recorded_once(sent: tuple[Generation, int]) -> None:
    generation, fence = sent
    claim = take(generation, fence, "prompt")
    assert claim is not None
    assert pass_stage(claim, "diffusion")
    assert not pass_stage(claim, "diffusion")
    assert query("SELECT count(*) FROM generation_stageresult") == [(1,)]


def test_a_new_attempt_goes_on_at_the_first_stage_without_a_result(sent: tuple[Generation, int]) -> None:
    generation, fence = sent
    walk_to(generation, fence, "face_restore")
    again(generation, fence)
    assert dispatch_next()
    claimed = claim_generation(generation_id=generation.id)
    assert claimed is not None
    assert claimed.stages == ("face_restore", "upscale", "encode", "upload")
    assert claimed.fence == 2


def test_every_message_three_times_gives_one_of_everything() -> None:
    generation = submit(open_workspace())
    dispatch_next()
    starts = [claim_generation(generation_id=generation.id) for _ in range(3)]
    fence = next(claim.fence for claim in starts if claim)
    for _ in range(3):
        claim = take(generation, fence, "prompt")
        if claim:
            pass_stage(claim, "diffusion")
    claims = [take(generation, fence, "diffusion") for _ in range(3)]
    assert [claim is not None for claim in claims] == [True, False, False]
    assert [settle(generation, fence) for _ in range(3)] == [True, False, False]
    assert outcome(generation) == ("completed", 1, 0, 1)
    assert query("SELECT count(*) FROM storage_asset") == [(1,)]


def test_the_third_failure_is_the_last_and_costs_nothing(sent: tuple[Generation, int]) -> None:
    generation, fence = sent
    for attempt in (1, 2):
        take(generation, fence, "prompt")
        again(generation, fence)
        assert query("SELECT status, attempt FROM generation_generation") == [("queued", attempt)]
        fence = restart(generation)
    take(generation, fence, "prompt")
    again(generation, fence)
    assert outcome(generation) == ("failed", 0, 1, 1)
    assert query("SELECT error_code, error_message FROM generation_generation") == [("internal_error", "It broke.")]
    assert query("SELECT count(*) FROM generation_slot") == [(0,)]


def test_a_claim_over_the_cap_fails_instead_of_running(sent: tuple[Generation, int]) -> None:
    generation, fence = sent
    again(generation, fence)
    Generation.objects.filter(id=generation.id).update(attempt=3)
    assert dispatch_next()
    assert claim_generation(generation_id=generation.id) is None
    assert outcome(generation) == ("failed", 0, 1, 1)


def test_what_was_not_its_fault_costs_no_attempt(sent: tuple[Generation, int]) -> None:
    generation, fence = sent
    for _ in range(5):
        take(generation, fence, "prompt")
        again(generation, fence, counts=False)
        assert query("SELECT status, attempt FROM generation_generation") == [("queued", 0)]
        fence = restart(generation)
    assert fence == 6


def test_a_second_try_pauses_first_and_keeps_no_place(sent: tuple[Generation, int]) -> None:
    generation, fence = sent
    requeue_claim(generation_id=generation.id, fence=fence, code="x", message="x", counts=True)
    pause = "extract(epoch FROM not_before - clock_timestamp())"
    assert 0 < query(f"SELECT {pause} FROM generation_generation")[0][0] <= 2
    assert query("SELECT count(*) FROM generation_slot") == [(0,)]
    assert not dispatch_next()
    age(generation, 3)
    assert dispatch_next()
