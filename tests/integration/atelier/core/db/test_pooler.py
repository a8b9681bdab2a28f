"""Behind a pooler that gives each transaction another session, no tenant sees another's rows and nothing is lost."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from atelier.accounts.services import create_api_key
from atelier.core.db import listen
from atelier.core.db.listen import Listener
from atelier.stacks.postgres import Postgres
from tests.integration.atelier.access.test_key_lifecycle import server
from tests.support.client import Api
from tests.support.pgbouncer import PgBouncer
from tests.support.pooled import CHANNEL
from tests.support.servers import short_directory
from tests.support.stories import open_workspace, query, start_worker

ROOT = Path(__file__).resolve().parents[5]
TENANTS, SESSIONS = 8, 3
PROCESSES, THREADS = 2, 4


@pytest.fixture
def pooler(committed: Postgres) -> Iterator[PgBouncer]:
    with short_directory() as directory:
        pooler = PgBouncer(directory, [committed.service_url, committed.owner_url], sessions=SESSIONS)
        pooler.start()
        yield pooler
        pooler.stop()


def environment(pooler: PgBouncer, server: Postgres) -> dict[str, str]:
    """What a process behind the pooler reads; the budgets are the document's."""
    return os.environ | {
        "DATABASE_URL": pooler.urls[0],
        "DATABASE_OWNER_URL": pooler.urls[1],
        "DATABASE_DIRECT_URL": server.service_url,
        "ATELIER_STAGE_BUDGETS": "1",
    }


def open_tenants() -> list[str]:
    """Workspaces with two keys each."""
    made = [open_workspace(f"tenant {number}", credits=0) for number in range(TENANTS)]
    for workspace in made:
        for name in ("a", "b"):
            create_api_key(workspace=workspace, name=name)
    return [workspace.id for workspace in made]


def act(variables: dict[str, str], tenants: list[str], operations: int, fault: str = "") -> list[dict[str, Any]]:
    """The verdicts of all processes; together they do so many operations."""
    each = operations // (PROCESSES * THREADS)
    running = []
    for seed in range(PROCESSES):
        order = {"tenants": tenants, "threads": THREADS, "operations": each, "seed": seed, "fault": fault}
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.support.pooled"],
            cwd=ROOT,
            env=variables,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert child.stdin is not None
        child.stdin.write(json.dumps(order))
        child.stdin.close()
        child.stdin = None
        running.append(child)
    return [json.loads(child.communicate(timeout=1500)[0]) for child in running]


def check(verdicts: list[dict[str, Any]], tenants: list[str]) -> None:
    """No read was wrong, no write lost or left over, and the sessions were indeed handed from one to the other."""
    assert [text for verdict in verdicts for text in verdict["wrong"]] == []
    written = sum((Counter(verdict["written"]) for verdict in verdicts), Counter())
    found = query("SELECT workspace_id, count(*) FROM accounts_apikey WHERE name = 'pooled' GROUP BY 1")
    assert dict(found) == dict(written)
    clients = [client for verdict in verdicts for client in verdict["sessions"]]
    assert all(len({session for session, _ in client}) > 1 for client in clients), "each client had several sessions"
    served = {session: {who for s, who in sum(clients, []) if s == session} for session, _ in sum(clients, [])}
    assert len(served) <= SESSIONS
    assert all(len(whom) > 1 for whom in served.values()), "each session served several tenants"
    assert set().union(*served.values()) == set(tenants)


def test_two_thousand_operations_of_eight_tenants(pooler: PgBouncer, committed: Postgres) -> None:
    tenants = open_tenants()
    with Listener(CHANNEL).subscribe("done") as bell:
        while bell.wait(0.2):
            pass
        verdicts = act(environment(pooler, committed), tenants, 2_000)
        assert bell.wait(5), "a notice that is sent through the pooler reaches who listens beside it"
    check(verdicts, tenants)


@pytest.mark.prove
def test_twenty_thousand_operations_of_eight_tenants(pooler: PgBouncer, committed: Postgres) -> None:
    tenants = open_tenants()
    check(act(environment(pooler, committed), tenants, 20_000), tenants)


@pytest.mark.parametrize("fault", ["session", "remembered"])
def test_a_tenant_that_is_kept_by_the_session_is_noticed(pooler: PgBouncer, committed: Postgres, fault: str) -> None:
    verdicts = act(environment(pooler, committed), open_tenants(), 400, fault)
    wrong = Counter(text.partition(":")[0] for verdict in verdicts for text in verdict["wrong"])
    assert wrong["nobody"] > 0, "who says nothing sees the rows of the one before"
    assert fault == "session" or wrong["sql"] + wrong["statement"] > 0, "and who relies on what was said sees others'"


def test_a_generation_is_accepted_and_read_through_the_pooler(
    pooler: PgBouncer, committed: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_worker()
    one, other = (create_api_key(workspace=open_workspace(name), name="key")[1] for name in ("one", "other"))
    for name, value in environment(pooler, committed).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ATELIER_STAGE_BUDGETS", "100")
    with server() as port:
        mine, theirs = (Api(f"http://127.0.0.1:{port}", key) for key in (one, other))
        for number in range(5):
            made = mine.generate(prompt=f"a red apple {number}")
            assert mine.call("GET", f"/projects/{made}").json["status"] == "queued"
            assert theirs.call("GET", f"/projects/{made}").status == 404
            assert theirs.call("GET", "/projects").json["projects"] == []
        assert len(mine.call("GET", "/projects").json["projects"]) == 5
    assert query("SELECT count(*) FROM billing_hold") == [(5,)]


def manage(variables: dict[str, str], *words: str) -> str:
    ran = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=variables, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_evidence_is_read_through_the_pooler(pooler: PgBouncer, committed: Postgres, tmp_path: Path) -> None:
    """COPY, in a snapshot."""
    open_workspace("one")
    variables = environment(pooler, committed) | {"ATELIER_LEDGER_HEADS": str(tmp_path / "heads.jsonl")}
    read = json.loads(manage(variables, "verify_ledger", "--json"))
    assert (read["findings"], read["rows"]["transfer"]) == ([], 1)


@pytest.mark.prove
def test_the_owner_migrates_through_the_pooler(pooler: PgBouncer, committed: Postgres) -> None:
    committed.create_database("pooled")
    try:
        variables = environment(pooler, committed)
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
            variables[name] = variables[name].rpartition("/")[0] + "/pooled"
        for command in (
            ["migrate", "-v0"],
            ["grant_service_role"],
            ["migrate", "--check"],
            ["migrate", "webhooks", "zero"],
        ):
            manage(variables, *command.split())
    finally:
        committed.drop_database("pooled")


def test_who_listens_through_the_pooler_is_warned(
    pooler: PgBouncer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    for url, warnings in ((settings.DATABASE_DIRECT_URL, 0), (pooler.urls[0], 1)):
        settings.DATABASE_DIRECT_URL = url
        with caplog.at_level(logging.WARNING):
            listen.connect().close()
        assert sum("DATABASE_DIRECT_URL" in record.message for record in caplog.records) == warnings
