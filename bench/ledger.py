"""How many holds a second the books take, on one account and on many, and how fast their evidence is read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg

from atelier.stacks.home import PROJECT
from atelier.stacks.postgres import Postgres
from bench.report import Result, percentile, spread
from bench.session import Session

SECONDS, MANY, ROWS = 8.0, 1000, 200_000
ONE_8, ONE_32, MANY_8, READ = 300, 150, 800, 50_000


def measure(session: Session) -> Iterator[Result]:
    """A PostgreSQL of its own with fsync on; processes that do nothing else."""
    server = Postgres(session.directory / "ledger")
    server.start()
    try:
        ids = _prepare(server)
        for processes, target in ((8, ONE_8), (32, ONE_32)):
            yield _one_account(server, ids[:1], processes, target)
        times = _spend(server, "ledger", 8, ids)
        rate = round(len(times) / SECONDS)
        yield Result(
            f"ledger: hold + resolve, {MANY} accounts, 8 processes",
            {"perSecond": rate, "ms": spread(times)},
            f">= {MANY_8}/s",
            rate >= MANY_8,
        )
        yield _verify(server)
    finally:
        server.stop()


def _one_account(server: Postgres, ids: Sequence[str], processes: int, target: int) -> Result:
    bare = len(_spend(server, "bare", processes, ids))
    times = _spend(server, "ledger", processes, ids)
    rate = round(len(times) / SECONDS)
    figures = {
        "perSecond": rate,
        "ms": spread(times),
        "bareUpdatesPerSecond": round(bare / SECONDS),
        "ratioToBareUpdate": round(bare / max(1, len(times)), 1),
    }
    fast = rate >= target and (processes > 8 or percentile(times, 99) < 100)
    aim = f">= {target}/s" + (", p99 < 100 ms" if processes <= 8 else "")
    return Result(f"ledger: hold + resolve on one account, {processes} processes", figures, aim, fast)


def _prepare(server: Postgres) -> list[str]:
    """A migrated database, workspaces with credits, and a row to update; the workspaces' ids."""
    for command in (["migrate", "-v0"], ["grant_service_role"]):
        _manage(server, *command)
    with psycopg.connect(server.superuser_url, autocommit=True, options="-c atelier.workspace=*") as database:
        database.execute("CREATE TABLE bench_row (id int PRIMARY KEY, value bigint)")
        database.execute("INSERT INTO bench_row VALUES (1, 0)")
        database.execute("GRANT SELECT, UPDATE ON bench_row TO atelier_service")
        database.execute(
            "INSERT INTO accounts_workspace (id, name, tier)"
            " SELECT 'wsp_' || n, 'bench ' || n, 'studio' FROM generate_series(1, %s) AS n",
            [MANY],
        )
        _post(database, "grant", "granted", "available", range(MANY))
    return [f"wsp_{number}" for number in range(1, MANY + 1)]


def _post(database: psycopg.Connection, kind: str, debit: str, credit: str, numbers: range) -> None:
    """Transfers by SQL, through the triggers: a hundred million credits, or one, to one workspace after the other.

    One statement a thousand: within a transaction the old versions of a balance stay, and each is looked at.
    """
    amount = 100_000_000 if kind == "grant" else 1
    for start in numbers[::1000]:
        database.execute(
            "INSERT INTO billing_transfer (id, workspace_id, kind, debit_id, credit_id, amount, reference, note,"
            " idempotency_key) SELECT 'trf_' || %s || '_' || n, w.id, %s, d.id, c.id, %s, 'bench', '',"
            " 'bench:' || %s || ':' || n FROM generate_series(%s::int, %s::int) AS n"
            " JOIN accounts_workspace w ON w.id = 'wsp_' || 1 + mod(n, %s)"
            " JOIN billing_account d ON d.workspace_id = w.id AND d.kind = %s"
            " JOIN billing_account c ON c.workspace_id = w.id AND c.kind = %s",
            [kind, kind, amount, kind, start, min(start + 999, numbers[-1]), MANY, debit, credit],
        )


def _spend(server: Postgres, kind: str, processes: int, ids: Sequence[str]) -> list[float]:
    """All rounds of all processes, in milliseconds."""
    argv = [sys.executable, "-m", "bench.spender", kind, str(SECONDS), ",".join(ids)]
    running = [
        subprocess.Popen(argv, cwd=PROJECT, env=_environment(server), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(processes)
    ]
    try:
        for child in running:
            assert child.stdout is not None
            child.stdout.readline()
        answers = []
        for child in running:
            assert child.stdin is not None
            child.stdin.write(b"go\n")
            child.stdin.flush()
        for child in running:
            answers.append(child.communicate(timeout=120)[0])
    finally:
        for child in running:
            child.kill()
            child.wait()
    return [each for answer in answers for each in json.loads(answer)]


def _verify(server: Postgres) -> Result:
    with psycopg.connect(server.superuser_url, autocommit=True, options="-c atelier.workspace=*") as database:
        _post(database, "hold", "available", "held", range(ROWS))
        # The bench's holds have no rows of their own: they are the evidence that is read, not work.
        database.execute("VACUUM ANALYZE")
    begun = time.monotonic()
    told: dict[str, Any] = json.loads(_manage(server, "verify_ledger", "--json", wrong=True))
    rows = sum(told["rows"].values())
    figures = {
        "rows": rows,
        "rowsPerSecond": round(rows / told["seconds"]),
        "seconds": told["seconds"],
        "withStartOfTheProgram": round(time.monotonic() - begun, 1),
        "findings": len(told["findings"]),
    }
    good = figures["rowsPerSecond"] >= READ and not told["findings"]
    return Result("ledger: verify_ledger reads everything", figures, f">= {READ:,} rows/s, nothing found", good)


def _manage(server: Postgres, *words: str, wrong: bool = False) -> str:
    ran = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=PROJECT,
        env=_environment(server),
        check=not wrong,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=300,
    )
    return ran.stdout


def _environment(server: Postgres) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "atelier.settings",
        "ATELIER_SECRET_KEY": "bench" * 8,
        "DATABASE_URL": server.local_service_url,
        "DATABASE_OWNER_URL": server.owner_url,
        "ATELIER_STORAGE_URL": f"file://{tempfile.gettempdir()}",
        "ATELIER_LEDGER_HEADS": str(server.directory / "heads.jsonl"),
        "ATELIER_DATABASE_POOL": "1",
    }
