"""A worker's hold on a generation: claim with a fence, lease, heartbeat, hand over, give back.

Every statement carries its guard in its WHERE; no row means that the generation belongs to somebody else now.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction

from atelier.core.db.database import notify
from atelier.core.db.statements import Statement, together
from atelier.messaging.outbox.services import emit
from generation.kinds import find_kind
from generation.models import Generation, Slot
from generation.pipeline import lifecycle
from generation.pipeline.registry import stages_of
from generation.pipeline.spec import Spec
from generation.services.completion import end_generation, lock_generation
from generation.services.events import DISPATCH_CHANNEL, GENERATION_CHANNEL

BACKOFF_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Start:
    """A claimed generation: its fence, and the stages still to run."""

    fence: int
    dispatch_queue: str
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StageClaim:
    """The right to run one stage, as long as the lease is kept."""

    generation_id: str
    workspace_id: str
    fence: int
    stage: str
    spec: Spec
    facts: dict[str, Any]
    results: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The artifacts of the stages that were finished when it was claimed, by stage."""


def claim_generation(*, generation_id: str) -> Start | None:
    """Take a dispatched generation: running, fence + 1, attempt + 1. None: nothing to do, forget the message."""
    with transaction.atomic():
        generation = lock_generation(generation_id)
        if generation is None or generation.status != lifecycle.DISPATCHED:
            return None
        if generation.attempt >= settings.ATELIER_MAX_ATTEMPTS:
            end_generation(
                generation,
                lifecycle.FAILED,
                actor="worker",
                code=generation.error_code or "attempts_exhausted",
                message=generation.error_message or f"Given up after {generation.attempt} attempts.",
            )
            return None
        if find_kind(generation.kind) is None:  # a newer release's: its workers know which stages it has
            _queue_again(generation, pause=BACKOFF_SECONDS, forgiven=0, code="", message="")
            return None
        stages = pending_stages(generation)
        with together(last=True):
            _START.run({"stage": stages[0], "id": generation_id})
            emit(
                "generation.started",
                subject=generation_id,
                queue=generation.dispatch_queue,
                dedupe_key=f"{generation_id}:started",
            )
        return Start(generation.fence + 1, generation.dispatch_queue, stages)


_DONE = Statement("SELECT stage FROM generation_stageresult WHERE generation_id = %(id)s")


def pending_stages(generation: Generation) -> tuple[str, ...]:
    """The stages of its plan that have no result yet, in order; never empty, for the upload leaves none."""
    begun = generation.fence > 0  # a result is written under a fence
    done = {name for (name,) in _DONE.run({"id": generation.id})} if begun else set()
    return tuple(name for name in stages_of(generation.plan_spec) if name not in done)


def list_waiting_stages(*, generation_id: str, fence: int) -> Start | None:
    """The rest of a running generation's plan while its next link waits in a queue; None when none waits."""
    generation = Generation.objects.filter(
        id=generation_id, fence=fence, status=lifecycle.RUNNING, waiting_since__isnull=False
    ).first()
    return None if generation is None else Start(fence, generation.dispatch_queue, pending_stages(generation))


_START = Statement("""
UPDATE generation_generation SET status = 'running', fence = fence + 1, attempt = attempt + 1, stage = %(stage)s,
    step = 0, steps = 0, started_at = coalesce(started_at, clock_timestamp()), lease_expires_at = NULL,
    waiting_since = clock_timestamp()
WHERE id = %(id)s
""")

# One statement each: on its way to a picture a generation passes here ten times.
_CLAIM = Statement("""
WITH mine AS (
    UPDATE generation_generation SET lease_expires_at = clock_timestamp() + %(lease)s::float8 * interval '1 second',
        waiting_since = NULL, step = 0, steps = 0, worker = %(worker)s
    WHERE id = %(id)s AND fence = %(fence)s AND stage = %(stage)s AND status = 'running' AND lease_expires_at IS NULL
        AND cancel_requested_at IS NULL
    RETURNING workspace_id, spec, facts
), logged AS (
    INSERT INTO generation_generationevent (generation_id, type, data)
    SELECT %(id)s::text, 'stage', %(event)s::jsonb FROM mine RETURNING id
)
SELECT workspace_id, spec, facts,
    (SELECT coalesce(jsonb_object_agg(stage, artifacts), '{}')
        FROM generation_stageresult WHERE generation_id = %(id)s),
    (SELECT pg_notify(%(channel)s, %(id)s) FROM logged)
FROM mine
""")


def claim_stage(*, generation_id: str, fence: int, stage: str, worker: str) -> StageClaim | None:
    """Take the lease of a stage that waits in a queue. None: done, cancelled, or in other hands."""
    values = {
        "lease": settings.ATELIER_LEASE_SECONDS,
        "worker": worker,
        "id": generation_id,
        "fence": fence,
        "stage": stage,
        "event": json.dumps({"stage": stage}),
        "channel": GENERATION_CHANNEL,
    }
    row = _CLAIM.first(values)
    if row is None:
        return None
    spec, facts, results = (_json(value) for value in row[1:4])
    return StageClaim(generation_id, row[0], fence, stage, Spec.from_json(spec), facts, results)


def may_pass_on(*, generation_id: str, fence: int, stage: str) -> bool:
    """True when `stage` has its result and the next link still waits: a redelivered message passes on."""
    return (
        Generation.objects.filter(
            id=generation_id,
            fence=fence,
            status=lifecycle.RUNNING,
            waiting_since__isnull=False,
            stage_results__stage=stage,
        )
        .exclude(stage=stage)
        .exists()
    )


_BEAT = Statement("""
WITH mine AS (
    UPDATE generation_generation SET lease_expires_at = clock_timestamp() + %(lease)s::float8 * interval '1 second',
        step = greatest(step, %(step)s), steps = %(steps)s
    WHERE id = %(id)s AND fence = %(fence)s AND status = 'running' AND stage = %(stage)s
    RETURNING cancel_requested_at
), logged AS (
    INSERT INTO generation_generationevent (generation_id, type, data)
    SELECT %(id)s::text, 'step', %(data)s::jsonb FROM mine WHERE %(steps)s > 0 RETURNING id
)
SELECT cancel_requested_at IS NOT NULL, (SELECT pg_notify(%(channel)s, %(id)s) FROM logged) IS NULL FROM mine
""")

_KEEP = Statement("""
UPDATE generation_generation SET lease_expires_at = clock_timestamp() + %(lease)s::float8 * interval '1 second'
WHERE id = %(id)s AND fence = %(fence)s AND status = 'running' AND stage = %(stage)s
RETURNING cancel_requested_at IS NOT NULL
""")


def report_step(claim: StageClaim, step: int, steps: int) -> bool | None:
    """Extend the lease, write progress, tell watchers. True: a cancel is asked for; None: the claim is lost."""
    values = {
        "lease": settings.ATELIER_LEASE_SECONDS,
        "id": claim.generation_id,
        "fence": claim.fence,
        "stage": claim.stage,
        "step": step,
        "steps": steps,
        "channel": GENERATION_CHANNEL,
        "data": json.dumps({"stage": claim.stage, "step": step, "steps": steps}),
    }
    row = _BEAT.first(values)
    return None if row is None else row[0]


def extend_lease(claim: StageClaim) -> bool | None:
    """Extend the lease without progress. True: a cancel is asked for; None: the claim is lost."""
    values = {
        "lease": settings.ATELIER_LEASE_SECONDS,
        "id": claim.generation_id,
        "fence": claim.fence,
        "stage": claim.stage,
    }
    row = _KEEP.first(values)
    return None if row is None else row[0]


_RECORD = Statement("""
WITH mine AS (
    UPDATE generation_generation SET stage = %(next)s, step = 0, steps = 0, facts = facts || %(facts)s::jsonb,
        error_code = '', error_message = '',
        lease_expires_at = CASE WHEN %(hand_over)s THEN NULL
            ELSE clock_timestamp() + %(lease)s::float8 * interval '1 second' END,
        waiting_since = CASE WHEN %(hand_over)s THEN clock_timestamp() END
    WHERE id = %(id)s AND fence = %(fence)s AND status = 'running' AND stage = %(stage)s
    RETURNING id
), kept AS (
    INSERT INTO generation_stageresult (generation_id, stage, fence, worker, artifacts, facts, duration_ms)
    SELECT id, %(stage)s::text, %(fence)s::int, %(worker)s::text, %(artifacts)s::jsonb, %(facts)s::jsonb,
        %(duration)s::int FROM mine
    ON CONFLICT DO NOTHING
), logged AS (
    INSERT INTO generation_generationevent (generation_id, type, data)
    SELECT id, 'stage', %(event)s::jsonb FROM mine WHERE NOT %(hand_over)s::boolean RETURNING id
)
SELECT CASE WHEN %(hand_over)s THEN pg_notify(%(dispatch)s, '')
    ELSE (SELECT pg_notify(%(channel)s, %(id)s) FROM logged) END FROM mine
""")


def record_stage(
    claim: StageClaim,
    *,
    next_stage: str,
    hand_over: bool,
    artifacts: list[dict[str, Any]],
    facts: dict[str, Any],
    duration_ms: int,
    worker: str,
) -> bool:
    """Write the stage's result and move on, to the next stage or the next link. False: the claim is lost."""
    values = {
        "next": next_stage,
        "facts": json.dumps(facts),
        "hand_over": hand_over,
        "id": claim.generation_id,
        "lease": settings.ATELIER_LEASE_SECONDS,
        "fence": claim.fence,
        "stage": claim.stage,
        "worker": worker,
        "artifacts": json.dumps(artifacts),
        "duration": duration_ms,
        "event": json.dumps({"stage": next_stage}),
        "dispatch": DISPATCH_CHANNEL,
        "channel": GENERATION_CHANNEL,
    }
    return _RECORD.first(values) is not None


def requeue_claim(*, generation_id: str, fence: int, code: str, message: str, counts: bool) -> None:
    """Return a running generation to the queue with a pause; `counts` False: the attempt was not its fault."""
    with transaction.atomic():
        generation = lock_generation(generation_id)
        if generation is None or generation.status != lifecycle.RUNNING or generation.fence != fence:
            return
        requeue(generation, code=code, message=message, counts=counts)


def requeue(generation: Generation, *, code: str, message: str, counts: bool) -> None:
    """Queue a locked, running generation again, or end it when it was cancelled or has no attempt left."""
    if generation.cancel_requested_at is not None:
        return end_generation(generation, lifecycle.CANCELLED, actor="scheduler")
    if counts and generation.attempt >= settings.ATELIER_MAX_ATTEMPTS:
        return end_generation(generation, lifecycle.FAILED, actor="scheduler", code=code, message=message)
    pause, forgiven = BACKOFF_SECONDS * generation.attempt, 0 if counts else 1
    _queue_again(generation, pause=pause, forgiven=forgiven, code=code, message=message)


def _queue_again(generation: Generation, *, pause: float, forgiven: int, code: str, message: str) -> None:
    """A locked generation in flight waits in the queue again, for `pause` seconds at least."""
    Slot.objects.filter(generation_id=generation.id).delete()
    _REQUEUE.run(
        {
            "pause": pause,
            "forgiven": forgiven,
            "code": code,
            "message": message[:500],
            "id": generation.id,
        }
    )
    notify(DISPATCH_CHANNEL)


_REQUEUE = Statement("""
UPDATE generation_generation SET status = 'queued', lease_expires_at = NULL, waiting_since = NULL,
    not_before = clock_timestamp() + %(pause)s::float8 * interval '1 second',
    attempt = greatest(0, attempt - %(forgiven)s),
    error_code = %(code)s, error_message = %(message)s, step = 0, steps = 0
WHERE id = %(id)s
""")


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
