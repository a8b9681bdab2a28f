"""Accepting a request: everything is decided and set aside in one transaction, or nothing is."""

from __future__ import annotations

import pytest

from atelier.accounts.models import Workspace
from atelier.accounts.throttling import RateLimited
from atelier.core.errors import InvalidRequest
from billing.selectors import get_balance
from billing.services.transfers import InsufficientCredits
from generation.kinds.choices import UnknownModelError, UnknownStyleError
from generation.models import Generation
from generation.pipeline.lifecycle import RETRYABLE, STATUSES
from generation.selectors import GenerationNotFound, get_generation
from generation.services.acceptance import retry_generation
from generation.services.admission import SERVED, ModelUnavailable, SizeNotAllowed
from generation.services.cancellation import cancel_generation
from generation.services.completion import fail_generation
from generation.services.drafts import NotRetryable
from generation.services.presence import announce_worker
from generation.services.scheduling import dispatch_next
from tests.support.processes import at_once, call
from tests.support.stories import age, open_workspace, order, outcome, query, send_off, settle, start_worker, submit

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def workspace(committed: object) -> Workspace:
    return open_workspace("one", "studio", credits=100)


def nothing_stored() -> bool:
    counts = query(
        "SELECT (SELECT count(*) FROM generation_generation), (SELECT count(*) FROM billing_hold),"
        " (SELECT count(*) FROM generation_generationevent), (SELECT count(*) FROM audit_auditentry),"
        " (SELECT count(*) FROM accounts_tokenbucket), (SELECT count(*) FROM outbox_outboxmessage)"
    )
    return counts == [(0, 0, 0, 0, 0, 0)]


def test_an_accepted_request_stands_in_every_book(workspace: Workspace) -> None:
    generation = submit(workspace, count=3, prompt="three pears")
    assert outcome(generation) == ("queued", None, None, 0)
    balance = get_balance(workspace.id)
    assert (balance.available, balance.held) == (97, 3)
    assert query("SELECT type, data ->> 'creditsHeld' FROM generation_generationevent") == [("queued", "3")]
    assert query("SELECT actor, action, subject FROM audit_auditentry") == [
        ("key_test", "generation.queued", generation.id)
    ]
    assert "three pears" not in str(query("SELECT facts FROM audit_auditentry"))
    assert query("SELECT event FROM outbox_outboxmessage") == [("generation.queued",)], "the API needs no broker"
    assert generation.plan_spec.shots[0].prompt == "three pears"


def test_its_times_are_the_databases(workspace: Workspace) -> None:
    submit(workspace, deadline_seconds=90)
    seconds = "extract(epoch FROM {0} - created_at)::int"
    times = f"abs(extract(epoch FROM clock_timestamp() - created_at)) < 5, {seconds.format('target_at')}"
    assert query(f"SELECT {times}, {seconds.format('deadline_at')} FROM generation_generation") == [(True, 30, 90)]


def test_a_seed_that_was_not_given_is_drawn_and_told(workspace: Workspace) -> None:
    seeds = {submit(workspace, seed=None).plan_spec.seed for _ in range(4)}
    assert len(seeds) == 4


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"model": "none"}, UnknownModelError),
        ({"style": "none"}, UnknownStyleError),
        ({"width": 8193}, InvalidRequest),
        ({"width": 8192, "height": 8192}, SizeNotAllowed),
        ({"count": 8, "width": 7680, "height": 4320}, None),
        ({"count": 8, "width": 8192, "height": 4096, "model": "none"}, UnknownModelError),
    ],
)
def test_what_can_never_run_is_refused_and_leaves_nothing(
    workspace: Workspace, asked: dict, error: type[Exception] | None
) -> None:
    if error is None:
        assert submit(workspace, **asked).credits_held == 64
        return
    with pytest.raises(error):
        submit(workspace, **asked)
    assert nothing_stored()


def test_a_side_over_the_tiers_names_the_limit_and_the_value(committed: object) -> None:
    with pytest.raises(SizeNotAllowed) as refused:
        submit(open_workspace("small", "starter"), width=2049, height=64)
    assert (refused.value.extra["limit"], refused.value.extra["actual"]) == (2048, 2049)
    assert nothing_stored()


def test_a_model_that_no_worker_can_load_is_refused_once_workers_are_known(workspace: Workspace) -> None:
    announce_worker(name="gpu", queues=["gpu.priority"], models=["another"])
    with pytest.raises(ModelUnavailable):
        submit(workspace)
    announce_worker(name="gpu-2", queues=["gpu.priority"], models=["tiny"])
    SERVED.clear()  # known for a second
    submit(workspace)


def test_too_few_credits_are_told_and_nothing_is_stored(committed: object) -> None:
    poor = open_workspace("poor", "studio", credits=3)
    with pytest.raises(InsufficientCredits) as refused:
        submit(poor, count=4)
    assert refused.value.extra == {"needed": 4, "available": 3}
    assert nothing_stored(), "not even a token is spent"


def test_over_the_rate_nothing_is_stored(committed: object) -> None:
    starter = open_workspace("starter", "starter", credits=100)
    for _ in range(5):
        submit(starter)
    with pytest.raises(RateLimited) as refused:
        submit(starter)
    assert int(refused.value.headers["Retry-After"]) in range(170, 181)
    assert query("SELECT count(*) FROM generation_generation") == [(5,)]
    assert get_balance(starter.id).available == 95


def test_eight_processes_spend_no_more_than_there_is(committed: object) -> None:
    poor = open_workspace("poor", "studio", credits=5)
    outcomes = at_once([call(order, workspace=poor)] * 8)
    assert sorted(one.error for one in outcomes) == [""] * 5 + ["InsufficientCredits"] * 3
    assert query("SELECT kind, balance FROM billing_account ORDER BY kind") == [
        ("available", 0),
        ("earned", 0),
        ("granted", -5),
        ("held", 5),
    ]
    assert query("SELECT count(*) FROM generation_generation") == [(5,)]


def retry(workspace: Workspace, generation: Generation) -> Generation:
    answer = retry_generation(workspace=workspace, generation_id=generation.id, actor="key_test")
    return Generation.objects.get(retry_of_id=generation.id, id=answer.headers["Location"].rpartition("/")[2])


def test_a_retry_is_the_same_picture_with_a_hold_of_its_own(workspace: Workspace) -> None:
    start_worker()
    failed, fence = send_off(workspace, count=2, seed=None, deadline_seconds=300)
    fail_generation(generation_id=failed.id, fence=fence, code="x", message="x")
    copy = retry(workspace, failed)
    same = {"generation_id"} ^ set(copy.spec)
    assert {name: copy.spec[name] for name in same} == {name: failed.spec[name] for name in same}
    assert copy.spec["generation_id"] == copy.id != failed.id
    assert get_balance(workspace.id).held == 2
    assert (copy.deadline_at - copy.created_at).seconds == 300
    assert dispatch_next()


@pytest.mark.parametrize("status", STATUSES)
def test_only_what_ended_without_a_picture_can_be_tried_again(workspace: Workspace, status: str) -> None:
    generation = submit(workspace)
    ended = "clock_timestamp()" if status in ("completed", "failed", "blocked", "cancelled", "expired") else "NULL"
    query(f"UPDATE generation_generation SET status = %s, completed_at = {ended} RETURNING 1", status)
    if status in RETRYABLE:
        assert retry(workspace, generation).status == "queued"
    else:
        with pytest.raises(NotRetryable):
            retry(workspace, generation)


def test_another_workspace_sees_no_difference_between_foreign_and_unknown(workspace: Workspace) -> None:
    generation, stranger = submit(workspace), open_workspace("stranger")
    told = []
    for generation_id in (generation.id, "gen_" + "a" * 20):
        with pytest.raises(GenerationNotFound) as refused:
            get_generation(stranger.id, generation_id)
        told.append((refused.value.code, refused.value.detail, refused.value.extra))
        with pytest.raises(GenerationNotFound):
            retry_generation(workspace=stranger, generation_id=generation_id, actor="k")
    assert told[0] == told[1]


def test_a_cancel_and_a_dispatch_at_once_agree(workspace: Workspace) -> None:
    for number in range(3):
        start_worker(f"gpu-{number}")
    for _ in range(3):
        generation = submit(workspace)
        values = {"workspace_id": workspace.id, "generation_id": generation.id, "actor": "k"}
        at_once([call(cancel_generation, **values), *[call(dispatch_next)] * 3])
        assert outcome(generation) == ("cancelled", 0, 1, 1)
        assert query("SELECT count(*) FROM generation_slot") == [(0,)]


def test_a_delivered_one_stays_delivered_when_its_deadline_passes(workspace: Workspace) -> None:
    from generation.services.recovery import reap

    start_worker()
    generation, fence = send_off(workspace)
    settle(generation, fence)
    age(generation, 10_000)
    assert reap() == 0
    assert outcome(generation) == ("completed", 1, 0, 1)


def test_a_retry_for_a_model_that_no_worker_serves_any_more_is_refused_and_costs_nothing(workspace: Workspace) -> None:
    generation = submit(workspace)
    cancel_generation(workspace_id=workspace.id, generation_id=generation.id, actor="key_test")
    announce_worker(name="elsewhere", queues=["gpu.basic"], models=["another"])
    SERVED.clear()
    with pytest.raises(ModelUnavailable):
        retry(workspace, generation)
    assert Generation.objects.count() == 1
