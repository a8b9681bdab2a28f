"""The judge of the stack tests: reads what is left in the database and finds every broken promise.

Pure SQL over a superuser's connection; nothing of the product is imported, so that a mistake there cannot excuse
itself here. Each question returns what is wrong: no row at all is the only good answer. `tests/faults/test_verdict.py`
shows the judge forged histories, and it must reject each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg

TERMINAL = ["completed", "failed", "blocked", "cancelled", "expired"]
IN_FLIGHT = ["dispatched", "running"]


@dataclass(frozen=True)
class Fault:
    """A broken promise and what broke it."""

    promise: str
    subjects: tuple[str, ...]


def judge(connection: psycopg.Connection[Any], accepted: Iterable[str]) -> list[Fault]:
    """Every broken promise of a service that has come to rest; `accepted` are ids that clients got a 202 for.

    To be called when no generation is live any more: one that is live is a fault.
    """
    values = {"accepted": list(accepted), "terminal": TERMINAL, "in_flight": IN_FLIGHT}
    found = []
    for promise, question in QUESTIONS.items():
        rows = connection.execute(question, values).fetchall()
        if rows:
            found.append(Fault(promise, tuple(str(row[0]) for row in rows)))
    return found


def count_live(connection: psycopg.Connection[Any]) -> int:
    """How many generations have not come to their end."""
    question = "SELECT count(*) FROM generation_generation WHERE status <> ALL(%s)"
    row = connection.execute(question, [TERMINAL]).fetchone()
    assert row is not None
    return int(row[0])


_LIFE = {
    "what was accepted is there": """
        SELECT id FROM unnest(%(accepted)s::text[]) AS told (id)
        WHERE NOT EXISTS (SELECT 1 FROM generation_generation g WHERE g.id = told.id)""",
    "a generation comes to an end": """
        SELECT id FROM generation_generation WHERE status <> ALL(%(terminal)s) OR completed_at IS NULL""",
    "an ended generation holds no lease, no place in a queue and no slot": """
        SELECT id FROM generation_generation g WHERE status = ANY(%(terminal)s) AND (lease_expires_at IS NOT NULL
            OR waiting_since IS NOT NULL OR EXISTS (SELECT 1 FROM generation_slot s WHERE s.generation_id = g.id))""",
    "a slot has a runner": """
        SELECT generation_id FROM generation_slot s WHERE NOT EXISTS
            (SELECT 1 FROM generation_generation g WHERE g.id = s.generation_id AND g.status = ANY(%(in_flight)s))""",
    "no more than three attempts": "SELECT id FROM generation_generation WHERE attempt > 3",
    "a stage counts once": """
        SELECT generation_id FROM generation_stageresult GROUP BY generation_id, stage HAVING count(*) > 1""",
    "what is completed has drawn and encoded": """
        SELECT id FROM generation_generation g WHERE status = 'completed' AND
            (SELECT count(*) FROM generation_stageresult r
             WHERE r.generation_id = g.id AND r.stage IN ('prompt', 'diffusion', 'encode')) <> 3""",
    "an idempotency key answers with a generation that is there": """
        SELECT key FROM generation_idempotencyrecord WHERE status = 202 AND NOT EXISTS
            (SELECT 1 FROM generation_generation g WHERE g.id = answer::jsonb ->> 'generationId')""",
}

_DELIVERY = {
    "a completed generation has all its pictures": """
        SELECT id FROM generation_generation g WHERE status = 'completed' AND
            (SELECT array_agg(a.ordinal::int ORDER BY a.ordinal) FROM storage_asset a WHERE a.source_id = g.id)
            IS DISTINCT FROM ARRAY(SELECT generate_series(0, (g.spec ->> 'count')::int - 1))""",
    "its pictures are what was asked for": """
        SELECT a.id FROM storage_asset a JOIN generation_generation g ON g.id = a.source_id
        WHERE a.workspace_id <> g.workspace_id OR a.width <> (g.spec ->> 'width')::int
            OR a.height <> (g.spec ->> 'height')::int OR a.format <> g.spec ->> 'format'""",
    "nothing else delivers": """
        SELECT a.id FROM storage_asset a LEFT JOIN generation_generation g ON g.id = a.source_id
        WHERE g.status IS DISTINCT FROM 'completed'""",
    "one terminal event, and it tells the truth": """
        SELECT id FROM generation_generation g WHERE status = ANY(%(terminal)s) AND
            (SELECT array_agg(e.data ->> 'status') FROM generation_generationevent e
             WHERE e.generation_id = g.id AND e.type = 'terminal') IS DISTINCT FROM ARRAY[g.status::text]""",
    "nothing is told after the end": """
        SELECT last.generation_id FROM generation_generationevent last JOIN generation_generationevent later
            ON later.generation_id = last.generation_id AND later.id > last.id WHERE last.type = 'terminal'""",
    "one message says that it ended": """
        SELECT id FROM generation_generation g WHERE status = ANY(%(terminal)s) AND
            (SELECT array_agg(m.event) FROM outbox_outboxmessage m
             WHERE m.subject = g.id AND m.event <> ALL(ARRAY[
                'generation.dispatched', 'generation.stalled', 'generation.queued', 'generation.started']))
            IS DISTINCT FROM ARRAY['generation.' || g.status]::varchar[]""",
    "the audit trail has its beginning and its end once": """
        SELECT id FROM generation_generation g WHERE status = ANY(%(terminal)s) AND
            (SELECT array_agg(t.action ORDER BY t.id) FROM audit_auditentry t WHERE t.subject = g.id
             AND t.action <> 'generation.cancel_requested')
            IS DISTINCT FROM ARRAY['generation.queued', 'generation.' || g.status]::varchar[]""",
    "what is decided is sent": """
        SELECT dedupe_key FROM outbox_outboxmessage
        WHERE published_at IS NULL AND created_at < clock_timestamp() - interval '30 seconds'""",
}

_MONEY = {
    "a generation has one hold over its price": """
        SELECT id FROM generation_generation g WHERE (SELECT array_agg(h.amount::int) FROM billing_hold h
            WHERE h.reference = g.id AND h.workspace_id = g.workspace_id) IS DISTINCT FROM ARRAY[g.credits_held]""",
    "a hold has a generation": """
        SELECT h.id FROM billing_hold h
        WHERE NOT EXISTS (SELECT 1 FROM generation_generation g WHERE g.id = h.reference)""",
    "a hold ends once, with its generation": """
        SELECT h.id FROM billing_hold h LEFT JOIN generation_generation g ON g.id = h.reference
        WHERE (SELECT count(*) FROM billing_holdoutcome o WHERE o.hold_id = h.id)
            <> (coalesce(g.status, '') = ANY(%(terminal)s))::int""",
    "captured is what was delivered, the rest is released": """
        SELECT g.id FROM generation_generation g JOIN billing_hold h ON h.reference = g.id
        JOIN billing_holdoutcome o ON o.hold_id = h.id
        CROSS JOIN LATERAL (SELECT count(*) AS pictures FROM storage_asset a WHERE a.source_id = g.id) AS delivered
        WHERE o.captured <> g.credits_held * delivered.pictures / (g.spec ->> 'count')::int
            OR o.captured <> g.credits_used OR o.captured + o.released <> h.amount""",
    "every outcome is booked, and nothing else": """
        SELECT h.id FROM billing_hold h LEFT JOIN billing_holdoutcome o ON o.hold_id = h.id
        WHERE (SELECT coalesce(array_agg(t.kind || ' ' || t.amount ORDER BY t.kind), '{}') FROM billing_transfer t
               WHERE t.reference = h.reference)
            <> ARRAY(SELECT kind || ' ' || amount FROM (VALUES ('capture', o.captured), ('hold', h.amount),
               ('release', o.released)) AS due (kind, amount) WHERE amount > 0 ORDER BY kind)""",
    "the trial balance is zero": """
        SELECT sum(balance) FROM billing_account HAVING sum(balance) <> 0""",
    "a balance is what its transfers add up to": """
        SELECT a.id FROM billing_account a WHERE balance <>
            (SELECT coalesce(sum(amount), 0) FROM billing_transfer WHERE credit_id = a.id)
            - (SELECT coalesce(sum(amount), 0) FROM billing_transfer WHERE debit_id = a.id)""",
    "no transfer is missing from an account's count": """
        SELECT a.id FROM billing_account a WHERE version <>
            (SELECT count(*) FROM billing_transfer WHERE a.id IN (credit_id, debit_id))""",
    "nothing was ever overdrawn": """
        SELECT a.id FROM billing_account a WHERE kind <> 'granted' AND (balance < 0 OR EXISTS
            (SELECT 1 FROM billing_transfer t WHERE t.debit_id = a.id AND t.debit_balance < 0))""",
    "held is the sum of the open holds": """
        SELECT a.workspace_id FROM billing_account a WHERE kind = 'held' AND balance <>
            (SELECT coalesce(sum(h.amount), 0) FROM billing_hold h LEFT JOIN billing_holdoutcome o ON o.hold_id = h.id
             WHERE h.workspace_id = a.workspace_id AND o.hold_id IS NULL)""",
}

QUESTIONS = {**_LIFE, **_DELIVERY, **_MONEY}
