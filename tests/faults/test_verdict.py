"""The judge is shown forged histories and must reject each: one that finds nothing would prove nothing.

A good history is written by hand. Each forgery changes it as a superuser, triggers and constraints switched off, in a
transaction that is rolled back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from atelier.stacks.postgres import Postgres
from tests.support.verdict import QUESTIONS, judge

Connection = psycopg.Connection[Any]
DONE, FAILED = "gen_done", "gen_failed"
ACCEPTED = [DONE, FAILED]
SPEC = {"count": 2, "width": 64, "height": 64, "format": "png"}

FORGERIES: dict[str, tuple[str, str]] = {
    "an accepted generation is lost": (
        "what was accepted is there",
        "DELETE FROM generation_generation WHERE id = 'gen_failed'",
    ),
    "one is left running": (
        "a generation comes to an end",
        "UPDATE generation_generation SET status = 'running' WHERE id = 'gen_done'",
    ),
    "one ended at no time": (
        "a generation comes to an end",
        "UPDATE generation_generation SET completed_at = NULL WHERE id = 'gen_done'",
    ),
    "an ended one keeps its lease": (
        "an ended generation holds no lease, no place in a queue and no slot",
        "UPDATE generation_generation SET lease_expires_at = now() WHERE id = 'gen_done'",
    ),
    "an ended one keeps its slot": (
        "an ended generation holds no lease, no place in a queue and no slot",
        "INSERT INTO generation_slot (generation_id, workspace_id, number) VALUES ('gen_done', 'wsp_1', 1)",
    ),
    "a slot is taken by nobody": (
        "a slot has a runner",
        "INSERT INTO generation_slot (generation_id, workspace_id, number) VALUES ('gen_ghost', 'wsp_1', 1)",
    ),
    "a fourth attempt": ("no more than three attempts", "UPDATE generation_generation SET attempt = 4"),
    "a stage counted twice": (
        "a stage counts once",
        """INSERT INTO generation_stageresult (generation_id, stage, fence, worker, artifacts, facts, duration_ms)
           SELECT generation_id, stage, fence + 1, worker, artifacts, facts, duration_ms
           FROM generation_stageresult WHERE stage = 'diffusion'""",
    ),
    "delivered without being drawn": (
        "what is completed has drawn and encoded",
        "DELETE FROM generation_stageresult WHERE stage = 'diffusion'",
    ),
    "a key answers with a ghost": (
        "an idempotency key answers with a generation that is there",
        """INSERT INTO generation_idempotencyrecord (workspace_id, endpoint, key, body_digest, status, headers, answer)
           VALUES ('wsp_1', 'POST /generate', 'k', '', 202, '{}', '{"generationId": "gen_ghost"}')""",
    ),
    "a picture is missing": (
        "a completed generation has all its pictures",
        "DELETE FROM storage_asset WHERE ordinal = 1",
    ),
    "a picture is delivered twice": (
        "a completed generation has all its pictures",
        "UPDATE storage_asset SET ordinal = 0",
    ),
    "a picture of another size": (
        "its pictures are what was asked for",
        "UPDATE storage_asset SET width = 65 WHERE ordinal = 1",
    ),
    "a picture in the wrong hands": (
        "its pictures are what was asked for",
        "UPDATE storage_asset SET workspace_id = 'wsp_2' WHERE ordinal = 1",
    ),
    "a failed one delivers": (
        "nothing else delivers",
        "UPDATE storage_asset SET source_id = 'gen_failed' WHERE ordinal = 1",
    ),
    "it ends twice": (
        "one terminal event, and it tells the truth",
        """INSERT INTO generation_generationevent (generation_id, type, data)
           VALUES ('gen_done', 'terminal', '{"status": "completed"}')""",
    ),
    "its end is not told": (
        "one terminal event, and it tells the truth",
        "DELETE FROM generation_generationevent WHERE type = 'terminal'",
    ),
    "another end is told": (
        "one terminal event, and it tells the truth",
        """UPDATE generation_generationevent SET data = '{"status": "cancelled"}' WHERE type = 'terminal'""",
    ),
    "the story goes on after the end": (
        "nothing is told after the end",
        "INSERT INTO generation_generationevent (generation_id, type, data) VALUES ('gen_done', 'step', '{}')",
    ),
    "its end is not announced": (
        "one message says that it ended",
        "DELETE FROM outbox_outboxmessage WHERE subject = 'gen_done'",
    ),
    "two ends are announced": (
        "one message says that it ended",
        """INSERT INTO outbox_outboxmessage (event, subject, queue, payload, dedupe_key, failures, published_at)
           VALUES ('generation.cancelled', 'gen_done', 'basic', '{}', 'gen_done:again', 0, now())""",
    ),
    "a decision is never sent": (
        "what is decided is sent",
        "UPDATE outbox_outboxmessage SET published_at = NULL, created_at = now() - interval '1 minute'",
    ),
    "the audit trail forgets": (
        "the audit trail has its beginning and its end once",
        "DELETE FROM audit_auditentry WHERE action LIKE '%queued'",
    ),
    "the audit trail says it twice": (
        "the audit trail has its beginning and its end once",
        """INSERT INTO audit_auditentry (actor, action, subject, facts)
           VALUES ('worker', 'generation.completed', 'gen_done', '{}')""",
    ),
    "two holds": (
        "a generation has one hold over its price",
        """INSERT INTO billing_hold (id, workspace_id, reference, amount, transfer_id)
           SELECT 'hld_2', workspace_id, reference, amount, 'trf_x' FROM billing_hold WHERE reference = 'gen_done'""",
    ),
    "a hold over another price": (
        "a generation has one hold over its price",
        "UPDATE generation_generation SET credits_held = 3",
    ),
    "a hold for nothing": (
        "a hold has a generation",
        "UPDATE billing_hold SET reference = 'gen_ghost' WHERE reference = 'gen_failed'",
    ),
    "a hold stays open": (
        "a hold ends once, with its generation",
        "DELETE FROM billing_holdoutcome WHERE hold_id = 'hld_gen_failed'",
    ),
    "a hold ends twice": (
        "a hold ends once, with its generation",
        "INSERT INTO billing_holdoutcome SELECT * FROM billing_holdoutcome WHERE hold_id = 'hld_gen_done'",
    ),
    "charged for nothing": (
        "captured is what was delivered, the rest is released",
        "UPDATE billing_holdoutcome SET captured = 2, released = 0 WHERE hold_id = 'hld_gen_failed'",
    ),
    "delivered and not charged": (
        "captured is what was delivered, the rest is released",
        "UPDATE billing_holdoutcome SET captured = 0, released = 2 WHERE hold_id = 'hld_gen_done'",
    ),
    "charged more than is said": (
        "captured is what was delivered, the rest is released",
        "UPDATE generation_generation SET credits_used = 1 WHERE id = 'gen_done'",
    ),
    "an outcome is not booked": (
        "every outcome is booked, and nothing else",
        "DELETE FROM billing_transfer WHERE kind = 'capture'",
    ),
    "a capture is booked twice": (
        "every outcome is booked, and nothing else",
        """INSERT INTO billing_transfer (id, workspace_id, kind, debit_id, credit_id, amount, reference, note,
           idempotency_key) SELECT 'trf_2', workspace_id, kind, debit_id, credit_id, amount, reference, note, 'again'
           FROM billing_transfer WHERE kind = 'capture'""",
    ),
    "money from nowhere": (
        "the trial balance is zero",
        "UPDATE billing_account SET balance = balance + 1 WHERE kind = 'available'",
    ),
    "a balance that its transfers do not explain": (
        "a balance is what its transfers add up to",
        """UPDATE billing_account SET balance = balance + CASE kind WHEN 'available' THEN 1 ELSE -1 END
           WHERE kind IN ('available', 'earned') AND workspace_id = 'wsp_1'""",
    ),
    "a transfer is taken out": (
        "no transfer is missing from an account's count",
        "DELETE FROM billing_transfer WHERE kind = 'grant'",
    ),
    "an account was overdrawn": (
        "nothing was ever overdrawn",
        "UPDATE billing_transfer SET debit_balance = -1 WHERE kind = 'hold'",
    ),
    "credits are held for nobody": (
        "held is the sum of the open holds",
        """UPDATE billing_account SET balance = balance + CASE kind WHEN 'held' THEN 1 ELSE -1 END
           WHERE kind IN ('available', 'held') AND workspace_id = 'wsp_1'""",
    ),
}


@pytest.fixture(scope="module")
def books(postgres: Postgres) -> Iterator[Connection]:
    """A connection that may do anything, on a copy of the schema that forgets everything."""
    with psycopg.connect(postgres.superuser_url) as connection:
        connection.execute("SET atelier.workspace = '*'")  # for the triggers, which act as the tables' owner
        write_good_history(connection)
        yield connection
        connection.rollback()


def write_good_history(connection: Connection) -> None:
    """A workspace with one completed and one failed generation; the ledger's own triggers do the booking."""
    connection.execute(Path(__file__).with_name("good_history.sql").read_text().replace("$SPEC", json.dumps(SPEC)))
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the database itself finds nothing wrong with it
    drop_constraints(connection)
    connection.execute("SET LOCAL session_replication_role = replica")


def drop_constraints(connection: Connection) -> None:
    """Uniqueness and checks go: the judge must see what the database would have refused."""
    drop = """SELECT format('ALTER TABLE %I DROP CONSTRAINT %I CASCADE', relname, conname) FROM pg_constraint c
        JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
        WHERE n.nspname = 'public' AND contype IN ('u', 'c', 'p')
        AND relname ~ '^(billing|generation|storage|outbox)_'"""
    for (statement,) in connection.execute(drop).fetchall():
        connection.execute(statement)
    connection.execute("DROP INDEX IF EXISTS one_terminal_event")


def test_a_good_history_is_good(books: Connection) -> None:
    assert judge(books, ACCEPTED) == []


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_history_is_rejected(books: Connection, forgery: str) -> None:
    promise, change = FORGERIES[forgery]
    with books.transaction(force_rollback=True):
        books.execute(change)
        assert promise in {fault.promise for fault in judge(books, ACCEPTED)}


def test_every_promise_has_a_forgery() -> None:
    assert {promise for promise, _ in FORGERIES.values()} == set(QUESTIONS)
