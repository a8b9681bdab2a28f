"""Every rule that the database keeps for the books: with it a lie is refused, without it the same lie stands.

The lies are told by the superuser with all triggers off, in a transaction that is rolled back: nothing but the
constraint of that name can be what refuses.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from atelier.stacks.postgres import Postgres
from billing.services.adjustments import adjust_credits
from billing.services.grants import grant_credits
from billing.services.holds import place_hold, resolve_hold
from tests.support.stories import open_workspace

TRANSFER = (
    "INSERT INTO billing_transfer SELECT (jsonb_populate_record(t, jsonb_build_object('id', 'trf_lie',"
    " 'idempotency_key', 'lie', 'chain_seq', 99, 'prev_hash', '\\x01', 'debit_version', 99, 'credit_version', 99)"
    " || '{change}')).* FROM billing_transfer t WHERE kind = '{kind}' LIMIT 1"
)
COPY = (
    "INSERT INTO {table} SELECT (jsonb_populate_record(t, jsonb_build_object('chain_seq', 99, 'prev_hash', '\\x01')"
    " || '{change}')).* FROM {table} t LIMIT 1"
)


def transfer(change: str, kind: str = "hold") -> str:
    """A transfer more, like one that is there but for `change`."""
    return TRANSFER.replace("{change}", change).replace("{kind}", kind)


def copy(table: str, change: str) -> str:
    """A row more, like one that is there but for `change`."""
    return COPY.replace("{table}", table).replace("{change}", change)


def chain(table: str, column: str) -> str:
    """The second row of a chain takes the place, or the predecessor, of the first."""
    return (
        f"UPDATE {table} t SET {column} = (SELECT f.{column} FROM {table} f WHERE f.chain_seq = 1"
        " AND f.workspace_id = t.workspace_id) WHERE t.chain_seq = 2"
    )


def same(column: str) -> str:
    """Two outcomes share what belongs to one."""
    return f"UPDATE billing_holdoutcome SET {column} = (SELECT min({column}) FROM billing_holdoutcome)"


HOLD, OUTCOME = "billing_hold", "billing_holdoutcome"
LIES = {
    "transfer_positive": transfer('{"amount": -5}'),
    "transfer_moves": "UPDATE billing_transfer SET credit_id = debit_id, credit_version = 90 + chain_seq"
    " WHERE kind = 'hold'",
    "transfer_kind_known": transfer('{"kind": "gift"}'),
    "transfer_only_grants_expire": transfer('{"expires_at": "2030-01-01"}'),
    "billing_transfer_pkey": transfer("{}").replace("'id', 'trf_lie',", ""),
    "billing_transfer_idempotency_key_key": transfer("{}").replace("'idempotency_key', 'lie',", ""),
    "transfer_debit_version": transfer("{}").replace("'debit_version', 99,", ""),
    "transfer_credit_version": transfer("{}").replace(", 'credit_version', 99", ""),
    "transfer_chain_seq": chain("billing_transfer", "chain_seq"),
    "transfer_chain_prev": chain("billing_transfer", "prev_hash"),
    "account_not_overdrawn": "UPDATE billing_account SET balance = floor - 1 WHERE kind = 'available'",
    "account_floor_known": "UPDATE billing_account SET floor = -5 WHERE kind = 'held'",
    "account_kind_known": "UPDATE billing_account SET kind = 'spare' WHERE kind = 'held'",
    "account_once": "UPDATE billing_account SET kind = 'available', floor = 0 WHERE kind = 'held'",
    "hold_positive": copy(HOLD, '{"id": "hld_lie", "reference": "lie", "transfer_id": "trf_lie", "amount": 0}'),
    "billing_hold_reference_key": copy(HOLD, '{"id": "hld_lie", "transfer_id": "trf_lie"}'),
    "billing_hold_transfer_id_key": copy(HOLD, '{"id": "hld_lie", "reference": "lie"}'),
    "hold_chain_seq": chain(HOLD, "chain_seq"),
    "hold_chain_prev": chain(HOLD, "prev_hash"),
    "outcome_adds_up": "UPDATE billing_holdoutcome SET captured = captured + 1 WHERE captured > 0",
    "outcome_expired_uncaptured": "UPDATE billing_holdoutcome SET expired = true WHERE captured > 0",
    "billing_holdoutcome_pkey": same("hold_id"),
    "billing_holdoutcome_capture_id_key": same("capture_id"),
    "billing_holdoutcome_release_id_key": same("release_id"),
    "outcome_capture_booked": "UPDATE billing_holdoutcome SET capture_id = NULL",
    "outcome_release_booked": "UPDATE billing_holdoutcome SET release_id = NULL",
    "outcome_chain_seq": chain(OUTCOME, "chain_seq"),
    "outcome_chain_prev": chain(OUTCOME, "prev_hash"),
    "adjustment_moves": "UPDATE billing_adjustment SET amount = 0",
    "adjustment_has_reason": "UPDATE billing_adjustment SET reason = ''",
    "decision_by_four_eyes": "UPDATE billing_adjustmentdecision SET second_needed = true, decided_by = asked_by",
    "billing_adjustmentdecision_pkey": "INSERT INTO billing_adjustmentdecision"
    " SELECT * FROM billing_adjustmentdecision",
    "credit_line_not_negative": "INSERT INTO billing_creditline VALUES ('lie', -1)",
    "grant_end_booked": "INSERT INTO billing_grantend (grant_id, expired, workspace_id) VALUES ('lie', 3, 'lie')",
    "billing_ratecard_effective_from_key": "INSERT INTO billing_ratecard (effective_from, steps, note)"
    " SELECT effective_from, '[]', '' FROM billing_ratecard",
    "audit_chain_seq": chain("audit_auditentry", "chain_seq"),
    "audit_chain_prev": chain("audit_auditentry", "prev_hash"),
}
FOREIGN = {
    "another amount": (
        "outcome_of_hold",
        "UPDATE billing_holdoutcome SET amount = amount + 1, released = released + 1",
    ),
    "another workspace": (
        "outcome_of_hold",
        "UPDATE billing_holdoutcome SET workspace_id = (SELECT id FROM accounts_workspace WHERE name = 'two')",
    ),
    "another asker": ("decision_of_adjustment", "UPDATE billing_adjustmentdecision SET asked_by = 'user:9'"),
}
"""Foreign keys are triggers of their own kind: only ours are off here."""
SAID_ELSEWHERE = {
    "hold_facts_key",
    "adjustment_asked_key",
    "billing_hold_pkey",
    "billing_account_pkey",
    "billing_adjustment_pkey",
    "billing_bookcheck_pkey",
    "billing_creditline_pkey",
    "billing_grantend_pkey",
    "billing_ratecard_pkey",
    "billing_grantend_transfer_id_key",
    "audit_auditentry_pkey",
    "audit_chainhead_pkey",
    "chain_head_once",
}
"""What foreign keys point to, and keys whose breach no lie about money needs."""


@pytest.fixture
def books(committed: Postgres) -> Iterator[psycopg.Connection]:
    """Two workspaces, the first with a history of every kind; a superuser whose transaction is rolled back."""
    workspace = open_workspace("one", "professional", credits=100)
    open_workspace("two", "professional")
    grant_credits(workspace_id=workspace.id, amount=5, idempotency_key="more")
    for number, captured in enumerate((2, 1)):
        place_hold(workspace_id=workspace.id, amount=3, reference=f"gen_{number}")
        resolve_hold(reference=f"gen_{number}", captured=captured)
    for _ in range(2):
        adjust_credits(workspace_id=workspace.id, amount=1, reason="a slip", actor="user:1")
    with psycopg.connect(committed.superuser_url) as connection:
        yield connection
        connection.rollback()


def test_a_constraint_is_what_stops_a_lie(books: psycopg.Connection) -> None:
    books.execute("SET LOCAL session_replication_role = replica")
    assert {name: refusals(books, name, lie) for name, lie in LIES.items()} == {name: [name, ""] for name in LIES}


def test_a_foreign_key_is_what_stops_a_lie(books: psycopg.Connection) -> None:
    for table in (OUTCOME, "billing_adjustmentdecision"):
        books.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    told = {lie: refusals(books, name, change) for lie, (name, change) in FOREIGN.items()}
    assert told == {lie: [name, ""] for lie, (name, _) in FOREIGN.items()}


def refusals(books: psycopg.Connection, name: str, lie: str) -> list[str]:
    """The constraint that refuses the lie as things are, and once `name` is gone; empty where it stands."""
    told = []
    with books.transaction(force_rollback=True):
        for gone in (False, True):
            if gone:
                _drop(books, name)
            try:
                with books.transaction():
                    assert books.execute(lie).rowcount > 0, name
                told.append("")
            except psycopg.IntegrityError as refused:
                told.append(str(refused.diag.constraint_name))
    return told


def _drop(books: psycopg.Connection, name: str) -> None:
    found = books.execute("SELECT conrelid::regclass::text FROM pg_constraint WHERE conname = %s", [name]).fetchone()
    assert found is not None
    books.execute(f"ALTER TABLE {found[0]} DROP CONSTRAINT {name} CASCADE")


def test_no_constraint_of_the_books_is_left_out(books: psycopg.Connection) -> None:
    rows = books.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid::regclass::text ~ '^(billing|audit)_'"
        " AND (contype IN ('c', 'u', 'p') OR contype = 'f' AND NOT condeferrable)"
    ).fetchall()
    assert {name for (name,) in rows} == LIES.keys() | {name for name, _ in FOREIGN.values()} | SAID_ELSEWHERE


IMMUTABLE = (
    "billing_transfer",
    HOLD,
    OUTCOME,
    "billing_grantend",
    "billing_adjustment",
    "billing_adjustmentdecision",
    "billing_ratecard",
    "audit_auditentry",
)


def test_a_trigger_is_what_keeps_a_posted_row(books: psycopg.Connection) -> None:
    """For the superuser too, unless he takes the trigger away."""
    for table in IMMUTABLE:
        changes = (f"UPDATE {table} SET created_at = created_at", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE")
        for change in changes:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"), books.transaction():
                books.execute(change)
        trigger = "audit_entry_immutable" if table == "audit_auditentry" else f"{table}_immutable"
        books.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        books.execute(changes[0])


def test_a_trigger_is_what_keeps_an_account(books: psycopg.Connection) -> None:
    """Transfers have no foreign keys to their accounts: nobody can delete what they name (docs/adr/0016)."""
    for change in ("DELETE FROM billing_account", "TRUNCATE billing_account CASCADE"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never removed"), books.transaction():
            books.execute(change)
    books.execute("ALTER TABLE billing_account DISABLE TRIGGER billing_account_stays")
    assert books.execute("DELETE FROM billing_account").rowcount == 8


def test_a_transfer_between_accounts_that_are_not_there_is_refused(books: psycopg.Connection) -> None:
    lie = transfer('{"debit_id": 0, "credit_id": -1}')
    with pytest.raises(psycopg.errors.CheckViolation) as refused, books.transaction():
        books.execute(lie)
    assert refused.value.diag.constraint_name == "transfer_fits_accounts"
    books.execute("ALTER TABLE billing_transfer DISABLE TRIGGER billing_post_transfer")
    assert books.execute(lie).rowcount == 1
