"""A database with ledger rows from before the chains is migrated with all of them, in the order they were booked."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import psycopg
import pytest

from atelier.stacks.home import PROJECT
from atelier.stacks.postgres import Postgres

HISTORY = """
INSERT INTO accounts_workspace (id, name, tier) VALUES ('wsp_old', 'old', 'studio'), ('wsp_new', 'new', 'starter');
INSERT INTO billing_transfer
    (id, workspace_id, kind, debit_id, credit_id, amount, reference, note, idempotency_key, created_at)
SELECT v.id, 'wsp_old', v.kind, d.id, c.id, v.amount, v.reference, E'a\\\\b\tc', v.id, v.at::timestamptz
FROM (VALUES
    (1, 'trf_1', 'grant', 'granted', 'available', 50, 'grant', '2026-01-01 00:00:01Z'),
    (2, 'trf_2', 'hold', 'available', 'held', 9, 'gen_a', '2026-01-01 00:00:09Z'),
    (3, 'trf_3', 'hold', 'available', 'held', 5, 'gen_b', '2026-01-01 00:00:03Z'),
    (4, 'trf_4', 'capture', 'held', 'earned', 6, 'gen_a', '2026-01-01 00:00:04Z'),
    (5, 'trf_5', 'release', 'held', 'available', 3, 'gen_a', '2026-01-01 00:00:04Z')
) AS v (n, id, kind, debit, credit, amount, reference, at)
JOIN billing_account d ON d.workspace_id = 'wsp_old' AND d.kind = v.debit
JOIN billing_account c ON c.workspace_id = 'wsp_old' AND c.kind = v.credit ORDER BY v.n;
INSERT INTO billing_hold (id, workspace_id, reference, amount, transfer_id) VALUES
    ('hld_a', 'wsp_old', 'gen_a', 9, 'trf_2'), ('hld_b', 'wsp_old', 'gen_b', 5, 'trf_3');
INSERT INTO billing_holdoutcome (hold_id, amount, captured, released, capture_id, release_id)
VALUES ('hld_a', 9, 6, 3, 'trf_4', 'trf_5');
INSERT INTO audit_auditentry (workspace_id, actor, action, subject, facts) VALUES
    ('wsp_old', 'key_1', 'generation.queued', 'gen_a', '{"credits": 9}'), (NULL, 'user:1', 'user.created', '7', '{}');
"""


def manage(url: str, *words: str) -> str:
    environment = os.environ | {"DATABASE_URL": url, "DATABASE_OWNER_URL": url}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        env=environment,
        cwd=PROJECT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


@pytest.fixture
def old_database(postgres: Postgres):  # noqa: ANN201
    url = postgres.create_database("old_books")
    yield url
    postgres.drop_database("old_books")


def test_old_rows_are_chained_in_their_order_and_new_ones_follow(old_database: str, tmp_path) -> None:  # noqa: ANN001
    manage(old_database, "migrate", "-v0", "billing", "0002")
    manage(old_database, "migrate", "-v0", "audit", "0001")
    with psycopg.connect(old_database, autocommit=True) as connection:
        connection.execute(HISTORY)
    manage(old_database, "migrate", "-v0")
    with psycopg.connect(old_database, autocommit=True, options="-c atelier.workspace=*") as connection:
        places = connection.execute("SELECT id FROM billing_transfer ORDER BY chain_seq").fetchall()
        assert [row[0] for row in places] == [f"trf_{number}" for number in range(1, 6)]
        connection.execute(
            "INSERT INTO audit_auditentry (workspace_id, actor, action, subject, facts)"
            " VALUES ('wsp_new', 'a', 'b', 'c', '{}'), ('wsp_old', 'a', 'b', 'c', '{}'), (NULL, 'a', 'b', 'c', '{}')"
        )
        line = connection.execute("SELECT floor FROM billing_account WHERE floor < 0").fetchall()
        assert line == [(-10_000,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE billing_transfer SET amount = 1")
    told = json.loads(manage(old_database, "verify_ledger", "--json"))
    assert (told["findings"], told["differences"]) == ([], {})
    assert told["rows"] == {"transfer": 5, "hold": 2, "outcome": 1, "audit": 5}
