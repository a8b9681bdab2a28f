"""A backup by the documented commands, restored into an empty database: the books are verified and work goes on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from atelier.core.db.tenancy import across
from atelier.stacks.home import PROJECT
from atelier.stacks.postgres import OWNER, SERVICE, Postgres, program
from billing.services.holds import place_hold
from tests.support.commands import manage
from tests.support.first_hour import documented
from tests.support.stories import open_workspace

NAME = "restored"


@pytest.fixture
def empty(committed: Postgres) -> Iterator[dict[str, str]]:
    """The addresses of an empty database of the same server, as the commands take them."""
    owner = committed.create_database(NAME)
    with psycopg.connect(committed.superuser_url, autocommit=True) as connection:
        connection.execute(f"GRANT CONNECT ON DATABASE {NAME} TO {SERVICE}")
    service = committed.url(SERVICE, committed.passwords.service, NAME)
    yield {"DATABASE_OWNER_URL": owner, "DATABASE_URL": service}
    committed.drop_database(NAME)


def shell(script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{program('pg_dump').parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euc", script],
        cwd=PROJECT,
        env=os.environ | {"PATH": path} | variables,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def test_a_restored_backup_is_accepted_by_an_operator(
    committed: Postgres, empty: dict[str, str], tmp_path: Path
) -> None:
    heads = {"ATELIER_LEDGER_HEADS": str(tmp_path / "heads.jsonl"), "BACKUP": str(tmp_path)}
    workspace = open_workspace(credits=50)
    place_hold(workspace_id=workspace.id, amount=1, reference="gen_before")
    made = shell(documented("### Back up"), DATABASE_OWNER_URL=committed.owner_url, **heads)
    assert made.returncode == 0, made.stderr
    place_hold(workspace_id=workspace.id, amount=1, reference="gen_after_the_backup")
    with across("tests"):
        _publish(heads["ATELIER_LEDGER_HEADS"])
    restored = shell(documented("### Restore"), **empty, **heads)
    assert restored.returncode == 0, restored.stdout + restored.stderr
    found = manage("verify_ledger", "--report", **empty, **heads)
    assert found.returncode == 3 and "cut off" in found.stdout, "what was written outside since is missed, rightly"
    accepted = manage("accept_restore", "--by", "ada", "--reason", "the disk of 3 May", **empty, **heads)
    assert accepted.returncode == 0, accepted.stderr
    assert "nothing is wrong" in manage("verify_ledger", "--report", **empty, **heads).stdout
    check_work_goes_on(empty, heads, committed)


def _publish(path: str) -> None:
    from django.conf import settings

    from atelier.audit.heads import publish_heads
    from atelier.evidence import head_store

    settings.ATELIER_LEDGER_HEADS, before = path, settings.ATELIER_LEDGER_HEADS
    try:
        publish_heads(head_store())
    finally:
        settings.ATELIER_LEDGER_HEADS = before


def check_work_goes_on(empty: dict[str, str], heads: dict[str, str], server: Postgres) -> None:
    """Credits are granted, as the service; who decided stands in the audit trail; the policies are in force."""
    assert manage("issue_key", "--workspace", "two", "--credits", "5", **empty, **heads).returncode == 0
    url = server.url("postgres", server.passwords.superuser, NAME)
    with psycopg.connect(url) as connection:
        question = "SELECT actor, facts ->> 'reason' FROM audit_auditentry WHERE action = 'ledger.restore_accepted'"
        assert connection.execute(question).fetchall() == [("command:ada", "the disk of 3 May")]
        owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(owners).fetchall() == [(OWNER,)]
    with psycopg.connect(empty["DATABASE_URL"]) as service:
        assert service.execute("SELECT count(*) FROM billing_transfer").fetchone() == (0,), "nobody sees nothing"


def test_books_that_are_not_sound_are_not_accepted(committed: Postgres, tmp_path: Path) -> None:
    workspace = open_workspace(credits=50)
    place_hold(workspace_id=workspace.id, amount=1, reference="gen_before")
    with psycopg.connect(committed.superuser_url, autocommit=True) as vandal:
        vandal.execute("SET session_replication_role = replica")
        vandal.execute("UPDATE billing_hold SET created_at = created_at + interval '1 second'")
    refused = manage(
        "accept_restore", "--by", "ada", "--reason", "x", ATELIER_LEDGER_HEADS=str(tmp_path / "heads.jsonl")
    )
    assert refused.returncode == 3 and "not sound" in refused.stderr
    assert not (tmp_path / "heads.jsonl").exists()
