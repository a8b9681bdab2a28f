"""What the processes hold: gunicorn's workers after 200 requests, the workers after 20 and after 200 generations."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from bench.client import Client
from bench.overhead import make_post
from bench.processes import child_pids, loaded_libraries, proportional_mb, resident_mb
from bench.report import Result
from bench.session import Session
from bench.stacks import WORKERS
from bench.tenants import make_keys
from bench.timeline import Watcher

EARLY, LATE, SIDE = 20, 200, 512
BATCH = 20
API_MB, GROWTH_PERCENT = 150, 5
HEAVY = ("torch", "cv2", "ncnn")


def measure(session: Session) -> Iterator[Result]:
    """Freshly started processes do 200 generations that came by 200 requests."""
    for name in ("web", *WORKERS):
        session.server.restart(name)
    keys = make_keys(session.server.superuser_url, LATE)
    generate(session, keys, EARLY)
    early = worker_memory(session)
    generate(session, keys, LATE - EARLY)
    yield growth(f"workers, stub engine, {SIDE} x {SIDE}", early, worker_memory(session), EARLY, LATE)
    yield _web(session)


def generate(session: Session, keys: Iterator[str], count: int, side: int = SIDE, model: str = "stub") -> None:
    """Run so many generations, twenty at a time."""
    client = Client(session.server.port)
    with Watcher(session.server.superuser_url) as watcher:
        for done in range(0, count, BATCH):
            batch = islice(keys, min(BATCH, count - done))
            posts = [make_post(key, side, number, model) for number, key in enumerate(batch)]
            watcher.wait([client.send(post)["generationId"] for post in posts])
    client.close()


def worker_memory(session: Session) -> dict[str, dict[str, float]]:
    """Resident and proportional memory by worker, millions of bytes."""
    pids = session.server.pids
    return {name: {"rss": resident_mb(pids[name]), "pss": proportional_mb(pids[name])} for name in WORKERS}


def growth(name: str, early: dict, late: dict, first: int, last: int) -> Result:
    """The judgement about two readings."""
    percent = {worker: round((late[worker]["rss"] / early[worker]["rss"] - 1) * 100, 1) for worker in late}
    figures = {
        **{f"{worker} MB after {first}": reading for worker, reading in early.items()},
        **{f"{worker} MB after {last}": reading for worker, reading in late.items()},
        "growthPercent": percent,
    }
    target = f"RSS after {last} generations within {GROWTH_PERCENT} % of after {first}"
    return Result(f"memory of the {name}", figures, target, max(percent.values()) <= GROWTH_PERCENT)


def _web(session: Session) -> Result:
    pids = child_pids(session.server.pids["web"])
    resident = [resident_mb(pid) for pid in pids]
    loaded = sorted({name for pid in pids for name in loaded_libraries(pid, HEAVY)})
    figures = {
        "rssMb": resident,
        "pssMb": [proportional_mb(pid) for pid in pids],
        "heavyLibrariesLoaded": loaded or "none",
    }
    target = f"each gunicorn worker <= {API_MB} MB after {LATE} requests, without torch and OpenCV"
    return Result("memory of the API processes", figures, target, max(resident) <= API_MB and not loaded)
