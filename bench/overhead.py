"""What Atelier adds to a generation: from the 202 to the notice of completion, less the work of the stages."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg

from bench.client import GENERATE, Client, Post
from bench.report import Result, percentile, spread
from bench.session import Session
from bench.stacks import embedded_stack
from bench.tenants import make_keys
from bench.timeline import Timeline, Watcher, explain, read_timeline
from bench.work import pure_work_ms

SIDES = (512, 1024)
"""Sizes drawn, pixels. Promised is the first; the second, the API's default, moves four times the bytes."""
ACROSS = "?options=-c%20atelier.workspace%3D%2A"
"""The embedded stack tells the service role's address only: row-level security is to show it all workspaces."""
WARM_UP, GENERATIONS = 5, 40
SERVER_MS, EMBEDDED_MS = 120, 80


def measure(session: Session) -> Iterator[Result]:
    """One generation at a time, on the server stack and on the embedded one."""
    server = session.server
    yield from _measure_stack("server stack", server.port, server.superuser_url, SERVER_MS)
    server.stop_part("web")  # nothing else should run while the other stack is measured
    try:
        with embedded_stack(session.directory / "embedded") as values:
            port = int(values["ATELIER_URL"].rpartition(":")[2])
            yield from _measure_stack("embedded stack", port, values["DATABASE_URL"] + ACROSS, EMBEDDED_MS)
    finally:
        server.start_part("web")


def _measure_stack(name: str, port: int, database_url: str, limit_ms: int) -> Iterator[Result]:
    for side in SIDES:
        timelines = _run(port, database_url, side)
        figures, over = _figures(timelines, side)
        promised = side == SIDES[0]
        yield Result(
            f"overhead, {name}, {side} x {side}",
            figures,
            f"p50 <= {limit_ms} ms beyond the stages' own work" if promised else "",
            over <= limit_ms if promised else None,
        )


def _run(port: int, database_url: str, side: int) -> list[Timeline]:
    keys = make_keys(database_url, WARM_UP + GENERATIONS)
    client = Client(port)
    with Watcher(database_url) as watcher, psycopg.connect(database_url, autocommit=True) as connection:
        posts = [make_post(next(keys), side, number) for number in range(WARM_UP + GENERATIONS)]
        timelines = [_run_one(client, watcher, connection, post) for post in posts]
    client.close()
    return timelines[WARM_UP:]


def make_post(key: str, side: int, number: int, model: str = "stub") -> Post:
    """A request for one square picture."""
    dimensions = {"width": side, "height": side}
    return Post(GENERATE, key, {"prompt": "a red apple", "dimensions": dimensions, "seed": number, "model": model})


def _run_one(client: Client, watcher: Watcher, connection: psycopg.Connection, post: Post) -> Timeline:
    sent = time.time()
    generation_id = client.send(post)["generationId"]
    accepted = time.time()
    noticed = watcher.wait([generation_id])
    return read_timeline(connection, generation_id, sent=sent, accepted=accepted, noticed=noticed)


def _figures(timelines: list[Timeline], side: int) -> tuple[dict, float]:
    """The figures, and the one that the promise is about.

    The stages' rows count the keeping of their artifacts as their own work. The promise is judged by the
    stricter reading: own work is what the engine and the encoder take when called alone, here, now.
    """
    work = pure_work_ms(side)
    totals = [timeline.between("accepted", "noticed") for timeline in timelines]
    recorded = [total - sum(line.stage_ms.values()) for total, line in zip(totals, timelines, strict=True)]
    strict = spread([total - sum(work.values()) for total in totals])
    stages = {name: percentile([line.stage_ms[name] for line in timelines], 50) for name in timelines[0].stage_ms}
    figures = {
        "overheadMs": strict,
        "overheadBeyondRecordedStagesMs": spread(recorded),
        "acceptedToNoticedMs": spread(totals),
        "pureWorkMs": work,
        "recordedStageMs": stages,
        "stepsMs": explain(timelines, "sent", "noticed"),
    }
    return figures, strict["p50"]
