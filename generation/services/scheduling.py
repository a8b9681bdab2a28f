"""Dispatching: fair between workspaces, weighted between tiers, and no more than the workers have room for.

The order is in the database and not in the broker, so that a waiting generation can still be cancelled, expire or be
overtaken.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from atelier.accounts.models import get_tiers
from atelier.accounts.tiers import Tier
from atelier.core.crashpoints import crashpoint
from atelier.core.db.database import insert_row
from atelier.core.db.statements import Statement, together
from atelier.messaging.outbox.services import emit
from atelier.messaging.queues import TIER_QUEUES, route
from generation.models import Slot, Worker
from generation.pipeline.registry import STAGES
from generation.selectors import list_live_workers

WINDOW = 3
"""Generations at a GPU worker at a time: one being stored, one being drawn, one waiting."""

_LOCK = 0x41544C  # "ATL": one dispatcher decides at a time, the others wait for its commit
_DECIDE_ALONE = Statement(
    "SELECT set_config('idle_in_transaction_session_timeout', %(silence)s, true), pg_advisory_xact_lock(%(lock)s)"
)
SILENCE = "5s"
"""If a dispatcher freezes while it holds the lock, PostgreSQL ends its session after this time."""
_BEFORE_OR_ON_GPU = (
    "",
    *(stage.name for position, stage in enumerate(STAGES) if any(later.pool == "gpu" for later in STAGES[position:])),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """The generation to dispatch, its free slot, and the queue that has room for it."""

    generation_id: str
    workspace_id: str
    queue: str
    dispatch_queue: str
    slot: int


def dispatch_next() -> bool:
    """Dispatch one generation: slot, status, outbox row in one transaction. False: nothing can start now."""
    if not _has_queued():
        return False
    with transaction.atomic():
        _DECIDE_ALONE.run({"silence": SILENCE, "lock": _LOCK})
        workers = list_live_workers()
        candidate = _choose(_served_by_queue(list_open_queues(workers), workers))
        if candidate is None:
            return False
        _take(candidate)
    crashpoint("dispatch.after_commit")
    return True


_WAITING = Statement("SELECT EXISTS (SELECT FROM generation_generation WHERE status = 'queued')")


def _has_queued() -> bool:
    """Whether a generation is queued. Most rounds find none, and this saves them five statements under the lock."""
    return _WAITING.run()[0][0]


_FLIGHTS = Statement("""
SELECT dispatch_queue, count(*), count(*) FILTER (WHERE stage = ANY(%(early)s::text[])) FROM generation_generation
WHERE status IN ('dispatched', 'running') GROUP BY dispatch_queue
""")


def list_open_queues(workers: Sequence[Worker]) -> set[str]:
    """Queues to which a generation may be dispatched now: below their cap, and one of their workers has room."""
    flights = _FLIGHTS.run({"early": list(_BEFORE_OR_ON_GPU)})
    running = {queue: total for queue, total, _ in flights}
    on_gpu = {queue: early for queue, _, early in flights}
    tiers = _by_queue()
    groups = [_queues_of(worker.queues) for worker in workers]
    return {
        queue
        for queue in TIER_QUEUES
        if running.get(queue, 0) < tiers[queue].queue_cap
        and any(
            sum(on_gpu.get(other, 0) for other in group) < WINDOW * groups.count(group)
            for group in groups
            if queue in group
        )
    }


def _served_by_queue(queues: set[str], workers: Sequence[Worker]) -> dict[str, set[str]]:
    """For each of these queues what a worker of it can draw: `kind/model`, as many as there are of both."""
    return {
        queue: {
            f"{kind}/{model}"
            for worker in workers
            if queue in _queues_of(worker.queues)
            for kind in worker.kind_names
            for model in worker.model_names
        }
        for queue in queues
    }


def _by_queue() -> dict[str, Tier]:
    return {tier.queue: tier for tier in get_tiers().values()}


def _queues_of(queues: list[str]) -> tuple[str, ...]:
    return tuple(queue for queue in TIER_QUEUES if route("gpu", queue) in queues)


_NEXT = Statement("""
WITH clock AS (SELECT coalesce((SELECT served FROM generation_virtualtime WHERE name = 'clock'), 0) AS now)
SELECT waiting.id, backlog.workspace_id, backlog.queue, waiting.wanted,
    (SELECT min(number) FROM generate_series(1, backlog.slots) AS number
     WHERE number NOT IN (SELECT number FROM generation_slot WHERE workspace_id = backlog.workspace_id))
FROM (
    SELECT DISTINCT workspace_id, queue, (%(slots)s::jsonb ->> queue)::int AS slots
    FROM generation_generation WHERE status = 'queued'
) AS backlog
CROSS JOIN clock
CROSS JOIN LATERAL (
    SELECT id, created_at, target_at < clock_timestamp() AS late, kind || '/' || model AS wanted
    FROM generation_generation g
    WHERE g.status = 'queued' AND g.queue = backlog.queue AND g.workspace_id = backlog.workspace_id
        AND (g.not_before IS NULL OR g.not_before <= clock_timestamp())
        AND g.deadline_at > clock_timestamp()
        AND ((%(served)s::jsonb -> backlog.queue) ? (kind || '/' || model)
            OR (g.target_at < clock_timestamp() AND %(anywhere)s::jsonb ? (kind || '/' || model)))
    ORDER BY created_at, id LIMIT 1
) AS waiting
LEFT JOIN generation_virtualtime queue_turn ON queue_turn.name = backlog.queue
LEFT JOIN generation_virtualtime workspace ON workspace.name = backlog.workspace_id
WHERE (SELECT count(*) FROM generation_slot s WHERE s.workspace_id = backlog.workspace_id) < backlog.slots
ORDER BY NOT waiting.late, greatest(queue_turn.served, clock.now), workspace.served NULLS FIRST, waiting.created_at,
    waiting.id
LIMIT 1
""")


def _choose(served: dict[str, set[str]]) -> Candidate | None:
    """Late ones first; then the queue with the least service for its weight; then the workspace served longest ago.

    `served` is what the open queues can draw: a generation that none of them can waits, and holds up nobody.
    """
    if not served:
        return None
    slots = {tier.queue: tier.running_at_once for tier in get_tiers().values()}
    lists = {queue: sorted(things) for queue, things in served.items()}
    anywhere = json.dumps(sorted(set().union(*served.values())))
    row = _NEXT.first({"served": json.dumps(lists), "anywhere": anywhere, "slots": json.dumps(slots)})
    if row is None:
        return None
    generation_id, workspace_id, queue, wanted, slot = row
    able = sorted(other for other, things in served.items() if wanted in things)
    return Candidate(generation_id, workspace_id, queue, queue if queue in able else able[0], slot)


def _take(candidate: Candidate) -> None:
    """Dispatch it, which ends the transaction. Writes nothing if it is no longer queued (cancelled meanwhile)."""
    row = _DISPATCH.first({"queue": candidate.dispatch_queue, "id": candidate.generation_id})
    if row is None:
        return
    share = 1 / _by_queue()[candidate.queue].weight
    with together(last=True):
        _SERVE.run({"queue": candidate.queue, "share": share, "workspace": candidate.workspace_id})
        insert_row(
            Slot(generation_id=candidate.generation_id, workspace_id=candidate.workspace_id, number=candidate.slot)
        )
        emit(
            "generation.dispatched",
            subject=candidate.generation_id,
            queue=candidate.dispatch_queue,
            dedupe_key=f"{candidate.generation_id}:wake:{row[0]}",
        )
        crashpoint("dispatch.before_commit")


_DISPATCH = Statement("""
UPDATE generation_generation SET status = 'dispatched', dispatch_queue = %(queue)s, dispatched_at = clock_timestamp(),
    wakes = wakes + 1, stage = '', not_before = NULL
WHERE id = %(id)s AND status = 'queued' RETURNING wakes
""")

# Start-time fair queueing (Goyal, Vin, Cheng 1996): an idle queue continues at the clock, without credit for the past.
_SERVE = Statement("""
WITH start AS (
    SELECT greatest(
        coalesce((SELECT served FROM generation_virtualtime WHERE name = 'clock'), 0),
        coalesce((SELECT served FROM generation_virtualtime WHERE name = %(queue)s), 0)
    ) AS tag
)
INSERT INTO generation_virtualtime (name, served)
SELECT 'clock', tag FROM start
UNION ALL SELECT %(queue)s::text, tag + %(share)s::float8 FROM start
UNION ALL SELECT %(workspace)s::text, extract(epoch FROM clock_timestamp())::float8 FROM start
ON CONFLICT (name) DO UPDATE SET served = excluded.served
""")
