"""Who did what is written with it: no change without its entry, and no entry is ever changed."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import ProgrammingError, transaction

from atelier.audit.services import record
from atelier.stacks.postgres import SERVICE, Postgres
from generation.services.cancellation import cancel_generation
from generation.services.completion import fail_generation
from tests.support.stories import open_workspace, outcome, query, send_off, settle, start_worker, status, submit

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def no_audit(committed: Postgres) -> Iterator[psycopg.Connection]:
    """Executing REVOKE on this connection makes every entry fail; the right is given back at the end."""
    with psycopg.connect(committed.superuser_url, autocommit=True) as superuser:
        yield superuser
        superuser.execute(f"GRANT INSERT ON audit_auditentry TO {SERVICE}")


def actions() -> list[tuple[str, str]]:
    return query("SELECT actor, action FROM audit_auditentry ORDER BY id")


def test_an_entry_lives_and_dies_with_its_transaction() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(workspace_id=None, actor="key_a", action="thing.done", subject="x")
        _ = 1 / 0
    assert actions() == []


def test_every_change_of_a_generation_leaves_exactly_one_entry() -> None:
    start_worker()
    workspace = open_workspace()
    generation, fence = send_off(workspace)
    settle(generation, fence)
    cancelled = submit(workspace)
    cancel_generation(workspace_id=workspace.id, generation_id=cancelled.id, actor="user:7")
    failed, fence = send_off(workspace)
    fail_generation(generation_id=failed.id, fence=fence, code="x", message="x")
    assert actions() == [
        ("key_test", "generation.queued"),
        ("worker", "generation.completed"),
        ("key_test", "generation.queued"),
        ("user:7", "generation.cancelled"),
        ("key_test", "generation.queued"),
        ("worker", "generation.failed"),
    ]


def test_what_cannot_be_recorded_does_not_happen(no_audit: psycopg.Connection) -> None:
    start_worker()
    workspace = open_workspace()
    generation, fence = send_off(workspace)
    no_audit.execute(f"REVOKE INSERT ON audit_auditentry FROM {SERVICE}")
    for change in (
        lambda: submit(workspace),
        lambda: settle(generation, fence),
        lambda: fail_generation(generation_id=generation.id, fence=fence, code="x", message="x"),
    ):
        with pytest.raises(ProgrammingError):
            change()
    assert status(generation) == "running"
    assert outcome(generation) == ("running", None, None, 0)
    assert query("SELECT count(*) FROM generation_generation") == [(1,)]
    assert query("SELECT count(*) FROM storage_asset") == [(0,)]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_auditentry SET actor = 'nobody'", "DELETE FROM audit_auditentry", "TRUNCATE audit_auditentry"],
)
def test_the_service_cannot_rewrite_what_was_done(statement: str) -> None:
    record(workspace_id=None, actor="key_a", action="thing.done", subject="x")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        query(statement)
    assert actions() == [("key_a", "thing.done")]


def test_entries_hold_ids_and_numbers_and_no_words_of_the_client() -> None:
    workspace = open_workspace()
    submit(workspace, prompt="canary 5f1c", negative_prompt="canary 5f1c", metadata={"note": "canary 5f1c"})
    assert query("SELECT count(*) FROM audit_auditentry a WHERE a::text LIKE '%%canary%%'") == [(0,)]
