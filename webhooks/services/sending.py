"""A courier's hold on deliveries: fair claims under a lease, and what became of each send, under its fence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from atelier.core.db.database import Now
from webhooks.models import CANCELLED, DEAD, DELIVERED, PENDING, SENDING, Attempt, Delivery, Endpoint
from webhooks.schedule import SENDS, next_delay
from webhooks.sender import GONE, TOO_LARGE, Outcome
from webhooks.services.endpoints import disable_endpoint
from webhooks.services.parking import park

LEASE_SECONDS = 30
"""A send takes 15 s at most; a courier that was not heard of for twice that is taken for dead."""
PER_ENDPOINT, PER_WORKSPACE = 4, 16
"""Sends at once. An endpoint that failed last time gets one at a time until it succeeds again."""
_MINUTE = timedelta(minutes=1)
_LOCK = 0x57484B  # "WHK": one courier claims at a time, so that the limits are exact
_DECIDE_ALONE = "SELECT set_config('idle_in_transaction_session_timeout', '5s', true), pg_advisory_xact_lock(%s)"

# `waiting` jumps from endpoint to endpoint through the index: what it costs grows with the endpoints that have
# something to send, not with their backlogs.
_CLAIM = """
WITH RECURSIVE waiting AS (
    (SELECT endpoint_id FROM webhooks_delivery WHERE status = 'pending' ORDER BY endpoint_id LIMIT 1)
    UNION ALL
    SELECT (SELECT later.endpoint_id FROM webhooks_delivery later
            WHERE later.status = 'pending' AND later.endpoint_id > waiting.endpoint_id
            ORDER BY later.endpoint_id LIMIT 1)
    FROM waiting WHERE waiting.endpoint_id IS NOT NULL
), busy AS (
    SELECT d.endpoint_id, d.workspace_id, e.failing_since IS NOT NULL AS failing, count(*) AS sending
    FROM webhooks_delivery d JOIN webhooks_endpoint e ON e.id = d.endpoint_id
    WHERE d.status = 'sending' GROUP BY 1, 2, 3
), able AS (
    SELECT e.id, e.workspace_id, e.failing_since IS NOT NULL AS failing, coalesce(busy.sending, 0) AS sending
    FROM waiting JOIN webhooks_endpoint e ON e.id = waiting.endpoint_id LEFT JOIN busy ON busy.endpoint_id = e.id
    WHERE e.status = 'active' AND e.deleted_at IS NULL
), due AS (
    SELECT first.id, first.next_at, able.workspace_id, able.failing,
        able.sending + row_number() OVER (PARTITION BY able.id ORDER BY first.next_at, first.id) AS turn
    FROM able CROSS JOIN LATERAL (
        SELECT d.id, d.next_at FROM webhooks_delivery d
        WHERE d.endpoint_id = able.id AND d.status = 'pending' AND d.next_at <= clock_timestamp()
        ORDER BY d.next_at
        LIMIT greatest(0, CASE WHEN able.failing THEN 1 ELSE %(endpoint)s END - able.sending)
    ) first
), fair AS (
    SELECT id, next_at, failing, turn,
        row_number() OVER (PARTITION BY workspace_id ORDER BY turn, next_at, id) + coalesce(
            (SELECT sum(sending) FROM busy WHERE busy.workspace_id = due.workspace_id), 0) AS workspace_turn,
        row_number() OVER (PARTITION BY failing ORDER BY turn, next_at, id) + coalesce(
            (SELECT sum(sending) FROM busy WHERE busy.failing), 0) AS failing_turn
    FROM due
)
UPDATE webhooks_delivery d SET status = 'sending', fence = fence + 1, attempts = attempts + 1,
    lease_expires_at = clock_timestamp() + %(lease)s * interval '1 second'
FROM (
    SELECT id FROM fair WHERE workspace_turn <= %(workspace)s AND (NOT failing OR failing_turn <= %(failing)s)
    ORDER BY workspace_turn, turn, next_at LIMIT %(most)s
) chosen
WHERE d.id = chosen.id AND d.status = 'pending' RETURNING d.id
"""


def claim_due(*, most: int, failing_at_once: int) -> list[Delivery]:
    """Take up to `most` due deliveries, with their events and endpoints; each is ours for 30 s.

    In turn between workspaces and endpoints. Endpoints that are failing get `failing_at_once` places together, so
    that however many hang, the others always find room.
    """
    limits = {
        "most": most,
        "failing": failing_at_once,
        "endpoint": PER_ENDPOINT,
        "workspace": PER_WORKSPACE,
        "lease": LEASE_SECONDS,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_DECIDE_ALONE, [_LOCK])
        cursor.execute(_CLAIM, limits)
        ids = [row[0] for row in cursor.fetchall()]
    if not ids:
        return []
    return list(Delivery.objects.select_related("event", "endpoint").filter(id__in=ids, status=SENDING))


@dataclass(frozen=True, slots=True)
class Sent:
    """A claimed delivery and what became of it. `chance` (0..1) spreads the retries."""

    delivery: Delivery
    outcome: Outcome
    chance: float


_FINISH = """
UPDATE webhooks_delivery d SET status = done.status, failures = done.failures, lease_expires_at = NULL,
    next_at = clock_timestamp() + done.delay * interval '1 second',
    ended_at = CASE WHEN done.status = 'pending' THEN NULL ELSE clock_timestamp() END
FROM jsonb_to_recordset(%s::jsonb) AS done (id text, fence int, status text, failures int, delay float8)
WHERE d.id = done.id AND d.fence = done.fence AND d.status = 'sending' RETURNING d.id
"""


def finish(batch: Sequence[Sent]) -> int:
    """Record what became of claimed deliveries; how many were still ours. One transaction.

    Who lost the lease changes nothing: somebody else sends, or has sent, the same event with the same id.
    """
    judged = {sent.delivery.id: _judge(sent) for sent in batch}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_FINISH, [json.dumps(list(judged.values()))])
            ours = {row[0] for row in cursor.fetchall()}
        kept = [sent for sent in batch if sent.delivery.id in ours]
        Attempt.objects.bulk_create([_attempt(sent) for sent in kept])
        _note_endpoints(kept)
        for sent in kept:
            if judged[sent.delivery.id]["status"] == DEAD:
                park(sent.delivery, _reason(sent.outcome))
        for sent in kept:
            if sent.outcome.kind == GONE:
                disable_endpoint(sent.delivery.endpoint_id, "It answered 410 Gone.")
    return len(ours)


def _judge(sent: Sent) -> dict[str, Any]:
    """The delivery's next state: delivered, tried again after a delay, or given up."""
    delivery, outcome = sent.delivery, sent.outcome
    failures = delivery.failures + (outcome.kind != "delivered")
    delay = 0.0
    if outcome.kind == "delivered":
        status = DELIVERED
    elif outcome.kind == GONE:
        status = CANCELLED
    elif failures >= SENDS or outcome.kind == TOO_LARGE:  # it would not be smaller next time
        status = DEAD
    else:
        status, delay = PENDING, next_delay(failures, chance=sent.chance, retry_after=outcome.retry_after)
    return {"id": delivery.id, "fence": delivery.fence, "status": status, "failures": failures, "delay": delay}


def _attempt(sent: Sent) -> Attempt:
    delivery, outcome = sent.delivery, sent.outcome
    return Attempt(
        workspace_id=delivery.workspace_id,
        delivery_id=delivery.id,
        number=delivery.attempts,
        outcome=outcome.kind,
        status=outcome.status,
        detail=outcome.detail,
        answer=outcome.answer,
        address=outcome.address,
        duration_ms=outcome.duration_ms,
    )


def _note_endpoints(batch: Sequence[Sent]) -> None:
    """When an endpoint began to fail, and that it works: written when it changes, and once a minute.

    A body that is too large to send is no fault of its endpoint.
    """
    failed = {sent.delivery.endpoint_id for sent in batch if sent.outcome.kind not in ("delivered", TOO_LARGE)}
    worked = {sent.delivery.endpoint_id for sent in batch if sent.outcome.kind == "delivered"}
    if failed:
        Endpoint.objects.filter(id__in=failed, failing_since=None).update(failing_since=Now())
    if worked:
        stale = Q(last_success_at=None) | Q(last_success_at__lt=Now() - _MINUTE) | Q(failing_since__isnull=False)
        Endpoint.objects.filter(stale, id__in=worked).update(failing_since=None, last_success_at=Now())


def _reason(outcome: Outcome) -> str:
    return f"{outcome.kind}: {outcome.detail}"[:300]


def requeue_lost() -> int:
    """Give back what a courier held when it died: sent again at once, with the same id; how many.

    It counts as a failure, so that a delivery that kills its sender ends.
    """
    with transaction.atomic():
        lost = list(
            Delivery.objects.select_for_update(skip_locked=True).filter(status=SENDING, lease_expires_at__lt=Now())
        )
        for delivery in lost:
            _give_back(delivery)
    return len(lost)


def _give_back(delivery: Delivery) -> None:
    given_up = delivery.failures + 1 >= SENDS
    Delivery.objects.filter(id=delivery.id).update(
        status=DEAD if given_up else PENDING,
        failures=F("failures") + 1,
        fence=F("fence") + 1,
        next_at=Now(),
        lease_expires_at=None,
        ended_at=Now() if given_up else None,
    )
    outcome = Outcome("sender_lost", detail="The sender died before it could say what came of it.")
    Attempt.objects.bulk_create([_attempt(Sent(delivery, outcome, 0.5))], ignore_conflicts=True)
    if given_up:
        park(delivery, _reason(outcome))
