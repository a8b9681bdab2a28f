"""The end of a generation: settle, fail, cancel, expire. Each is one transaction; all or nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from atelier.audit.services import record
from atelier.core.crashpoints import crashpoint
from atelier.core.db.database import columns_of, from_row, insert_row
from atelier.core.db.statements import Statement, together
from atelier.messaging.outbox.services import emit
from billing.services.holds import resolve_hold
from generation.models import Generation, StageResult
from generation.pipeline import lifecycle
from generation.pipeline.pricing import captured_price
from generation.services.events import DISPATCH_CHANNEL, GENERATION_CHANNEL
from storage.services import StoredImage, record_assets


def settle_generation(
    *,
    generation_id: str,
    fence: int,
    images: Sequence[StoredImage],
    retention_days: int,
    worker: str,
    duration_ms: int,
) -> bool:
    """Deliver: assets, capture, slot, status, audit, event in one transaction. False when it is not ours any more.

    `duration_ms` is what the upload took on `worker`; it becomes the last stage's result.
    """
    with transaction.atomic():
        generation = _lock_ours(generation_id, fence)
        if generation is None:
            return False
        if generation.cancel_requested_at is not None:
            end_generation(generation, lifecycle.CANCELLED, actor="worker")
            return False
        record_assets(
            workspace_id=generation.workspace_id,
            source_id=generation_id,
            images=images,
            retention_days=retention_days,
        )
        uploaded = {"stage": lifecycle.UPLOAD, "fence": fence, "worker": worker, "duration_ms": duration_ms}
        captured = captured_price(generation.credits_held, len(images), generation.plan_spec.count)
        insert_row(StageResult(generation=generation, **uploaded))
        crashpoint("settle.before_commit")
        end_generation(generation, lifecycle.COMPLETED, actor="worker", captured=captured, last=True)
    crashpoint("settle.after_commit")
    return True


def fail_generation(*, generation_id: str, fence: int, code: str, message: str) -> bool:
    """End with an error the client can read; the hold is released. False when it is not ours any more."""
    with transaction.atomic():
        generation = _lock_ours(generation_id, fence)
        if generation is None:
            return False
        if generation.cancel_requested_at is not None:  # it was not wanted any more: what broke is nobody's concern
            end_generation(generation, lifecycle.CANCELLED, actor="worker")
        else:
            end_generation(generation, lifecycle.FAILED, actor="worker", code=code, message=message)
    return True


def cancel_running(*, generation_id: str, fence: int) -> bool:
    """Obey a cancel request at a stage's beat."""
    with transaction.atomic():
        generation = _lock_ours(generation_id, fence)
        if generation is None or generation.cancel_requested_at is None:
            return False
        end_generation(generation, lifecycle.CANCELLED, actor="worker")
    return True


_LOCK = Statement(
    f"SELECT {', '.join(columns_of(Generation))} FROM generation_generation WHERE id = %(id)s FOR UPDATE"  # noqa: S608  (our own columns)
)


def lock_generation(generation_id: str) -> Generation | None:
    """The row, locked until the end of the transaction; None when there is none."""
    row = _LOCK.first({"id": generation_id})
    return None if row is None else from_row(Generation, row)


def end_generation(
    generation: Generation,
    status: str,
    *,
    actor: str,
    captured: int = 0,
    code: str = "",
    message: str = "",
    last: bool = False,
) -> None:
    """Make a locked, live generation terminal. The caller's transaction holds its row, and ends here when `last`."""
    if generation.is_terminal:
        raise ValueError(f"{generation.id} is already {generation.status}")
    resolve_hold(reference=generation.id, captured=captured)
    facts = {"creditsUsed": captured} | ({"code": code} if code else {})
    values = {
        "id": generation.id,
        "status": status,
        "captured": captured,
        "code": code,
        "message": message[:500],
        "event": json.dumps({"status": status, **facts}),
        "channel": GENERATION_CHANNEL,
        "dispatch": DISPATCH_CHANNEL,
    }
    with together(last=last):
        _END.run(values)
        _record_end(generation, status, actor, facts)


def _record_end(generation: Generation, status: str, actor: str, facts: dict[str, Any]) -> None:
    """The outbox row and the audit entry."""
    emit(
        f"generation.{status}",
        subject=generation.id,
        queue=generation.dispatch_queue or generation.queue,
        dedupe_key=f"{generation.id}:terminal",
    )
    record(
        workspace_id=generation.workspace_id,
        actor=actor,
        action=f"generation.{status}",
        subject=generation.id,
        facts=facts,
    )


# The slot is free, the status is told to who watches, and whoever waits for a slot is woken.
_END = Statement("""
WITH freed AS (
    DELETE FROM generation_slot WHERE generation_id = %(id)s
), ended AS (
    UPDATE generation_generation SET status = %(status)s, credits_used = %(captured)s,
        completed_at = clock_timestamp(), lease_expires_at = NULL, waiting_since = NULL,
        error_code = %(code)s, error_message = %(message)s
    WHERE id = %(id)s
), logged AS (
    INSERT INTO generation_generationevent (generation_id, type, data) VALUES (%(id)s, 'terminal', %(event)s)
)
SELECT pg_notify(%(dispatch)s, ''), pg_notify(%(channel)s, %(id)s)
""")


def _lock_ours(generation_id: str, fence: int) -> Generation | None:
    """The locked row while it runs under our fence, else None."""
    generation = lock_generation(generation_id)
    ours = generation is not None and generation.status == lifecycle.RUNNING and generation.fence == fence
    return generation if ours else None
