"""How well one GPU worker is kept busy while a queue of generations drains."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from bench.client import Client
from bench.memory import generate
from bench.overhead import make_post
from bench.processes import CpuClock
from bench.report import Result, percentile
from bench.session import Session
from bench.tenants import make_keys
from bench.timeline import Timeline, Watcher, read_timeline
from bench.work import pure_work_ms

GENERATIONS, SIDE, WARM_UP = 40, 512, 4
DRAINS = 5
LIMIT = 1.25


def measure(session: Session) -> Iterator[Result]:
    """The middle one of a few drains: what else the machine does moves a single one by a quarter."""
    _warm_up(session)
    drains = sorted((_drain(session) for _ in range(DRAINS)), key=lambda figures: figures["ratio"])
    figures = drains[DRAINS // 2] | {"ratios": [drain["ratio"] for drain in drains]}
    yield Result(
        f"drain of {GENERATIONS} generations over one GPU worker, {SIDE} x {SIDE}",
        figures,
        f"<= {LIMIT} x the engine's time alone",
        figures["ratio"] <= LIMIT,
    )


def _drain(session: Session) -> dict[str, Any]:
    """Queue 40 while the scheduler is frozen, thaw it, and watch until the last is delivered."""
    server = session.server
    server.send("scheduler", signal.SIGSTOP)
    ids = _queue(session)
    with Watcher(server.superuser_url) as watcher, CpuClock(server.pids) as clock:
        server.send("scheduler", signal.SIGCONT)
        watcher.wait(ids)
    timelines = [read_timeline(session.database, name) for name in ids]
    first = min(line.points["dispatched"] for line in timelines)
    took_ms = (max(line.points["completed"] for line in timelines) - first) * 1000
    ideal_ms = GENERATIONS * pure_work_ms(SIDE)["engine"]
    return {
        "tookMs": round(took_ms),
        "idealMs": round(ideal_ms),
        "ratio": round(took_ms / ideal_ms, 2),
        "generationsPerSecond": round(1000 * GENERATIONS / took_ms, 1),
        **_explain(timelines),
        "cpuMsPerGeneration": clock.per(GENERATIONS),
    }


def _warm_up(session: Session) -> None:
    """The workers' first generations: what they import and open once is no part of a drain."""
    generate(session, make_keys(session.server.superuser_url, WARM_UP), WARM_UP)


def _queue(session: Session) -> list[str]:
    keys, client = make_keys(session.server.superuser_url, GENERATIONS), Client(session.server.port)
    ids = [client.send(make_post(next(keys), SIDE, number))["generationId"] for number in range(GENERATIONS)]
    client.close()
    return ids


def _explain(timelines: list[Timeline]) -> dict[str, float]:
    """Where the worker's cycle goes: from one generation's claim on the GPU to the next one's."""
    claims = sorted(line.points["stage.diffusion"] for line in timelines)
    cycles = [(later - earlier) * 1000 for earlier, later in pairwise(claims)]
    gpu_link = [line.between("stage.diffusion", _last_result(line)) for line in timelines]
    cpu_end = [line.between("stage.encode", "completed") for line in timelines]
    return {
        "gpuCycleMs": round(percentile(cycles, 50), 1),
        "gpuLinkMs": round(percentile(gpu_link, 50), 1),
        "encodeAndUploadMs": round(percentile(cpu_end, 50), 1),
    }


def _last_result(timeline: Timeline) -> str:
    return "result.face_restore" if "result.face_restore" in timeline.points else "result.diffusion"
