"""How long POST /generate takes to say 202, beside the least that a DRF view with one insert can take."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from typing import Any

from atelier.stacks.home import PROJECT
from bench import bare
from bench.client import WARM_UP, Post, run_clients
from bench.machine import describe_database
from bench.overhead import make_post
from bench.processes import CpuClock
from bench.report import Result, percentile, spread
from bench.session import Session
from bench.stacks import WORKERS
from bench.tenants import make_keys

CLIENTS, REQUESTS_EACH, KEYED_EACH, BARE_EACH = 8, 200, 60, 200
P50_MS, P99_MS = 30, 150
TABLES, ALIKE = (1_000, 1_000_000), 1.2
EMPTY_QUEUE = """
UPDATE generation_generation SET status = 'cancelled', completed_at = clock_timestamp() WHERE status = 'queued'
"""
FILL = """
INSERT INTO generation_generation SELECT old.* FROM (SELECT g FROM generation_generation g LIMIT 1) AS one,
    generate_series((SELECT count(*) FROM generation_generation) + 1, %s) AS number,
    LATERAL jsonb_populate_record(one.g, jsonb_build_object(
        'id', 'gen_old_' || number, 'status', 'completed', 'created_at', now() - number * interval '8 seconds',
        'completed_at', now() - number * interval '8 seconds' + interval '5 seconds'
    )) AS old
"""
"""Copies of a generation that is there, each with its own id and time."""
TRIM = """
DELETE FROM generation_generation WHERE id IN (
    SELECT id FROM generation_generation WHERE completed_at IS NOT NULL ORDER BY created_at
    LIMIT greatest(0, (SELECT count(*) FROM generation_generation) - %s)
)
"""
"""The oldest that ended go, until so many are left."""


def measure(session: Session) -> Iterator[Result]:
    """Accept alone: the scheduler is stopped, the workers wait, everything else is as the server stack runs it."""
    server = session.server
    server.stop_part("scheduler")
    for name in WORKERS:
        server.stop_part(name)
    session.database.execute("VACUUM ANALYZE")  # what other benches left is tidied up now, not beside the requests
    session.database.execute(bare.TABLE)
    server.restart("web", DJANGO_SETTINGS_MODULE="bench.settings")
    plain, _ = run_clients(server.port, [[_bare()] * (WARM_UP + BARE_EACH // 2)] * CLIENTS)
    accepts, figures = _accept(session)
    more, _ = run_clients(server.port, [[_bare()] * (WARM_UP + BARE_EACH // 2)] * CLIENTS)
    figures["bareView"] = spread(plain + more, 2)
    figures["ratioToBareP50"] = round(percentile(accepts, 50) / percentile(plain + more, 50), 1)
    figures["sqlStatements"] = len(count_statements(session))
    figures["fsync"] = describe_database(server.superuser_url)["fsync"]
    yield Result(
        f"accept: POST /generate to 202, {CLIENTS} clients",
        figures,
        f"p50 <= {P50_MS} ms, p99 <= {P99_MS} ms",
        figures["ms"]["p50"] <= P50_MS and figures["ms"]["p99"] <= P99_MS,
    )
    yield _with_idempotency_keys(session)
    yield _in_a_full_table(session)


def _accept(session: Session) -> tuple[list[float], dict]:
    shares = _shares(session, REQUESTS_EACH)
    with CpuClock(session.server.pids) as clock:
        times, seconds = run_clients(session.server.port, shares)
    figures = {
        "ms": spread(times),
        "requests": len(times),
        "requestsPerSecond": round(len(times) / seconds),
        "cpuMsPerRequest": clock.per(sum(len(share) for share in shares)),
    }
    return times, figures


def _with_idempotency_keys(session: Session) -> Result:
    """Context: a key is one look-up and one row more."""
    times, seconds = run_clients(session.server.port, _shares(session, KEYED_EACH, keyed=True))
    figures = {"ms": spread(times), "requests": len(times), "requestsPerSecond": round(len(times) / seconds)}
    return Result("accept with an Idempotency-Key", figures)


def _in_a_full_table(session: Session) -> Result:
    """The same requests beside a thousand generations and beside a million; the queue is of one length each time.

    Of each size the quickest round counts: what else the machine does only ever slows, and for longer than a round.
    """
    few, many = TABLES
    rounds: dict[int, list[list[float]]] = {few: [], many: []}
    for size in (few, few, many, many, many, few):
        _resize(session, size)
        rounds[size].append(run_clients(session.server.port, _shares(session, REQUESTS_EACH))[0])
    best = {size: spread(min(taken, key=lambda times: percentile(times, 50))) for size, taken in rounds.items()}
    shares = {rank: round(best[many][rank] / best[few][rank], 2) for rank in ("p50", "p99")}
    figures: dict[str, Any] = {"ratio": shares}
    for size, taken in rounds.items():
        figures[f"{size:,} generations"] = best[size]
        figures[f"p50 of the rounds beside {size:,}"] = [round(percentile(times, 50), 1) for times in taken]
    return Result(
        f"accept beside {few:,} and {many:,} generations",
        figures,
        "p50 and p99 within 20 %",
        all(share <= ALIKE for share in shares.values()),
    )


def _resize(session: Session, size: int) -> None:
    """An empty queue and `size` generations, ended in the last months: with fresh statistics, and on the disk."""
    database = session.database
    database.execute(EMPTY_QUEUE)
    database.execute("SET session_replication_role = replica")
    database.execute(FILL, [size])
    database.execute(TRIM, [size])
    database.execute("RESET session_replication_role")
    database.execute("VACUUM (FULL, ANALYZE) generation_generation")
    database.execute("CHECKPOINT")


def _shares(session: Session, each: int, *, keyed: bool = False) -> list[list[Post]]:
    """For every client requests of workspaces of its own."""
    keys = make_keys(session.server.superuser_url, CLIENTS * (WARM_UP + each + 10))
    return [[_post(next(keys), number, keyed) for number in range(WARM_UP + each)] for _ in range(CLIENTS)]


def _post(key: str, number: int, keyed: bool) -> Post:
    plain = make_post(key, 512, number)
    return Post(plain.path, key, plain.body, idempotency_key=uuid.uuid4().hex if keyed else "")


def _bare() -> Post:
    return Post(bare.PATH, "", make_post("", 512, 1).body)


def count_statements(session: Session) -> list[str]:
    """The SQL of one accept, transaction control included, as the web process sends it."""
    key = next(make_keys(session.server.superuser_url, 1))
    argv = [sys.executable, "-m", "bench.statements", key, json.dumps(make_post(key, 512, 1).body)]
    ran = subprocess.run(
        argv, cwd=PROJECT, env=session.server.environment(), check=True, stdout=subprocess.PIPE, timeout=60
    )
    statements: list[str] = json.loads(ran.stdout)
    return statements
