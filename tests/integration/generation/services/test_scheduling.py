"""Who runs next: turns between workspaces, shares between tiers, room in the pools, places in a tier."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import IntegrityError

from atelier.accounts.models import Workspace
from atelier.accounts.tiers import DEFAULTS
from generation.models import Generation, Slot
from generation.selectors import get_queue_positions, list_live_workers
from generation.services import scheduling
from generation.services.cancellation import cancel_generation
from generation.services.presence import announce_worker
from generation.services.scheduling import dispatch_next, list_open_queues
from tests.support.processes import alone, at_once, call, frozen
from tests.support.stories import (
    age,
    dispatch_all,
    drain,
    open_workspace,
    pass_stage,
    query,
    send_off,
    start_worker,
    submit,
    submit_many,
    walk_to,
)

DISPATCHED = "outbox_outboxmessage WHERE event = 'generation.dispatched'"
pytestmark = pytest.mark.usefixtures("committed", "no_limits")


def cancel(generation: Generation) -> None:
    cancel_generation(workspace_id=generation.workspace_id, generation_id=generation.id, actor="test")


def dispatch_one() -> Generation:
    """Dispatch one and end it at once, so that the next finds room."""
    assert dispatch_next()
    chosen = Generation.objects.get(status="dispatched")
    cancel(chosen)
    return chosen


def served(count: int) -> Counter[str]:
    return Counter(dispatch_one().queue for _ in range(count))


def test_workspaces_of_a_tier_take_turns_whatever_their_backlog() -> None:
    start_worker()
    busy, calm = open_workspace("busy", "professional"), open_workspace("calm", "professional")
    submit_many(busy, 8)
    submit_many(calm, 3)
    order = [dispatch_one().workspace_id for _ in range(8)]
    assert order[:6] == [busy.id, calm.id] * 3
    assert order[6:] == [busy.id] * 2


def test_a_newcomer_does_not_wait_behind_a_backlog() -> None:
    start_worker()
    busy = open_workspace("busy", "professional")
    submit_many(busy, 10)
    served(3)
    newcomer = open_workspace("newcomer", "professional")
    submit(newcomer)
    assert newcomer.id in {dispatch_one().workspace_id, dispatch_one().workspace_id}


def test_the_place_a_client_is_told_is_the_place_it_gets() -> None:
    start_worker()
    first, second = open_workspace("first", "professional"), open_workspace("second", "professional")
    waiting = [*submit_many(first, 4), *submit_many(second, 2)]
    promised = get_queue_positions(waiting)
    order = [dispatch_one().id for _ in waiting]
    assert [promised[generation_id] for generation_id in order] == [1, 2, 3, 4, 5, 6]


def test_tiers_that_share_a_worker_get_their_weights() -> None:
    start_worker()
    for tier, backlog in (("studio", 36), ("professional", 20), ("starter", 8)):
        submit_many(open_workspace(tier, tier), backlog)
    queues = served(50)
    for queue, share in (("priority", 30), ("standard", 15), ("basic", 5)):
        assert abs(queues[queue] - share) <= 0.2 * share, queues


def test_a_tier_that_was_idle_is_owed_no_past() -> None:
    start_worker()
    submit_many(open_workspace("starter", "starter"), 20)
    assert served(12) == {"basic": 12}
    submit_many(open_workspace("pro", "professional"), 12)
    assert 2 <= served(12)["basic"] <= 4, "a quarter, not what twelve turns alone would have cost it"


def test_a_busy_upper_tier_does_not_starve_a_lower_one() -> None:
    start_worker()
    submit_many(open_workspace("studio", "studio"), 20)
    submit(open_workspace("starter", "starter"))
    assert served(12)["basic"] == 1


def test_what_waited_longer_than_its_target_goes_ahead_and_may_use_another_queue() -> None:
    start_worker(queues=("gpu.basic",))
    submit_many(open_workspace("starter", "starter"), 3)
    late = submit(open_workspace("pro", "professional"))
    age(late, DEFAULTS["professional"].target_wait_seconds - 5)
    assert dispatch_one().queue == "basic"
    age(late, 10)
    chosen = dispatch_one()
    assert (chosen.id, chosen.queue, chosen.dispatch_queue) == (late.id, "standard", "basic")


def test_one_that_is_late_stays_in_its_own_queue_where_that_has_room() -> None:
    start_worker()
    late = submit(open_workspace("pro", "professional"))
    age(late, 121)
    assert dispatch_one().dispatch_queue == "standard"


def test_nothing_is_dispatched_while_no_worker_is_there() -> None:
    generation = submit(open_workspace())
    assert not dispatch_next()
    start_worker("cpu", queues=("cpu.priority", "control"))
    assert not dispatch_next()
    start_worker("gpu", queues=("gpu.priority",))
    assert dispatch_next()
    assert Generation.objects.get(id=generation.id).status == "dispatched"


def test_what_no_worker_of_an_open_queue_can_draw_waits_and_holds_up_nobody() -> None:
    """Old workers beside a new web process: what they do not know is not sent to them."""
    start_worker("old")
    workspace = open_workspace()
    new, of_new_kind, known = submit_many(workspace, 3)
    query("UPDATE generation_generation SET model = 'new' WHERE id = %s RETURNING 1", new.id)
    query("UPDATE generation_generation SET kind = 'poster' WHERE id = %s RETURNING 1", of_new_kind.id)
    assert dispatch_all() == [known.id]
    announce_worker(name="new", queues=("gpu.basic",), models=["tiny", "new"])
    assert not dispatch_next(), "a worker of another queue is none until the generation is late"
    age(new, DEFAULTS["studio"].target_wait_seconds + 1)
    assert dispatch_next()
    assert query("SELECT queue, dispatch_queue FROM generation_generation WHERE id = %s", new.id) == [
        ("priority", "basic")
    ]
    query("UPDATE generation_worker SET kind_names = '[\"poster\"]' WHERE name = 'old' RETURNING 1")
    assert dispatch_next()
    assert query("SELECT status FROM generation_generation WHERE id = %s", of_new_kind.id) == [("dispatched",)]


def test_a_worker_of_a_release_that_does_not_say_its_kinds_gets_images() -> None:
    query(
        "INSERT INTO generation_worker (name, seen_at, queues, model_names)"
        " VALUES ('old', clock_timestamp(), '[\"gpu.priority\"]', '[\"tiny\"]') RETURNING 1"
    )
    submit(open_workspace())
    assert dispatch_next()


def test_a_worker_that_fell_silent_has_no_room() -> None:
    submit(open_workspace())
    start_worker()
    query("UPDATE generation_worker SET seen_at = clock_timestamp() - interval '21 seconds' RETURNING 1")
    assert list_open_queues(list_live_workers()) == set()
    assert not dispatch_next()


def test_a_worker_gets_one_to_store_one_to_draw_and_one_to_wait() -> None:
    start_worker()
    submit_many(open_workspace(), 6)
    assert drain() == 3
    start_worker("gpu-2")
    assert drain() == 3


def test_the_window_opens_when_the_gpu_is_done_with_one() -> None:
    start_worker()
    workspace = open_workspace()
    (first, fence), _, _ = send_off(workspace), send_off(workspace), send_off(workspace)
    fourth = submit(workspace)
    claim = walk_to(first, fence, "upscale")
    assert not dispatch_next()
    assert pass_stage(claim, "encode")
    assert dispatch_all() == [fourth.id]


def test_a_queue_never_holds_more_than_its_cap() -> None:
    for number in range(8):
        start_worker(f"gpu-{number}")
    submit_many(open_workspace("one", "studio"), 14)
    assert drain() == DEFAULTS["studio"].queue_cap == 10


@pytest.mark.parametrize("tier", ["starter", "professional"])
def test_a_workspace_never_runs_more_than_its_tier_allows(tier: str) -> None:
    for number in range(8):
        start_worker(f"gpu-{number}")
    submit_many(open_workspace("one", tier), 8)
    assert drain() == DEFAULTS[tier].running_at_once


def test_eight_dispatchers_at_once_keep_every_limit() -> None:
    for number in range(8):
        start_worker(f"gpu-{number}")
    limits = {}
    for tier in ("starter", "professional", "studio"):
        for number in range(2):
            workspace = open_workspace(f"{tier} {number}", tier)
            limits[workspace.id] = DEFAULTS[tier].running_at_once
            submit_many(workspace, 8)
    assert sum(outcome.value for outcome in at_once([call(drain)] * 8)) == 24
    running = dict(query("SELECT workspace_id, count(*) FROM generation_slot GROUP BY workspace_id"))
    assert all(running[workspace_id] <= limit for workspace_id, limit in limits.items())
    assert sum(running.values()) == 24, "three a worker"
    assert query("SELECT count(*) FROM generation_generation WHERE status = 'dispatched'") == [(24,)]
    assert query(f"SELECT count(*), count(DISTINCT subject) FROM {DISPATCHED}") == [(24, 24)]


def test_what_waits_for_a_second_try_is_left_alone_until_its_time() -> None:
    start_worker()
    generation = submit(open_workspace())
    Generation.objects.filter(id=generation.id).update(not_before=generation.created_at)
    age(generation, -30)
    assert not dispatch_next()
    age(generation, 31)
    assert dispatch_next()


def test_what_passed_its_deadline_is_not_started() -> None:
    start_worker()
    generation = submit(open_workspace(), deadline_seconds=10)
    age(generation, 11)
    assert not dispatch_next()


def test_a_cancelled_one_is_not_started() -> None:
    start_worker()
    generation = submit(open_workspace())
    cancel(generation)
    assert not dispatch_next()


@pytest.mark.parametrize(("point", "dispatched"), [("dispatch.before_commit", 0), ("dispatch.after_commit", 1)])
def test_a_dispatcher_that_dies_leaves_all_or_nothing(point: str, dispatched: int) -> None:
    start_worker()
    submit(open_workspace())
    assert alone(dispatch_next, settings={"ATELIER_CRASHPOINT": point}).signal == 9
    for table in ("generation_slot", DISPATCHED):
        assert query(f"SELECT count(*) FROM {table}") == [(dispatched,)]
    assert dispatch_next() is not bool(dispatched)
    assert query("SELECT count(*), max(wakes) FROM generation_generation WHERE status = 'dispatched'") == [(1, 1)]


def dispatch_impatiently() -> bool:
    """With a database that gives up on a silent dispatcher after half a second."""
    scheduling.SILENCE = "500ms"
    return dispatch_next()


def test_a_dispatcher_that_freezes_with_the_lock_in_its_hand_does_not_stop_the_others() -> None:
    start_worker()
    submit_many(open_workspace(), 2)
    with frozen(call(dispatch_impatiently, settings={"ATELIER_CRASHPOINT": "dispatch.before_commit:SIGSTOP"})):
        assert alone(drain).value == 2
    assert query("SELECT count(*), max(wakes) FROM generation_generation WHERE status = 'dispatched'") == [(2, 1)]


def test_a_place_is_free_again_when_its_generation_ends(committed: object) -> None:
    start_worker()
    workspace: Workspace = open_workspace("one", "starter")
    generations = submit_many(workspace, 3)
    assert dispatch_all() == [generations[0].id, generations[1].id]
    cancel(generations[0])
    assert dispatch_all() == [generations[1].id, generations[2].id]
    assert sorted(query("SELECT number FROM generation_slot")) == [(1,), (2,)]


def test_the_database_itself_refuses_a_place_that_is_taken() -> None:
    start_worker()
    workspace = open_workspace()
    first, second = submit_many(workspace, 2)
    Slot.objects.create(generation=first, workspace=workspace, number=1)
    with pytest.raises(IntegrityError, match="slot_once"):
        Slot.objects.create(generation=second, workspace=workspace, number=1)
