"""Webhooks: from commit to receipt while a fifth of the endpoints hang, deliveries a second, the sender's memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests

from atelier.stacks.home import PROJECT
from atelier.stacks.process import Child, Command
from atelier.stacks.workers import load_workers
from bench.report import Result, console, percentile, spread
from bench.session import Session
from bench.street import NAME, make_certificates, name_server

RATE, SECONDS, HEALTHY, HANGING = 20, 120, 8, 2
EVENTS, ENDPOINTS = 3000, 20
SOAK, EARLY = 20_000, 4000
BARE = 600


@dataclass(frozen=True)
class Street:
    """Receivers, what reached them, and the environment in which they may be called."""

    ports: dict[str, int]
    arrivals: Path
    environment: dict[str, str]
    authority: Path

    def url(self, kind: str) -> str:
        return f"https://{NAME}:{self.ports[kind]}/hook"

    def arrived(self) -> dict[str, float]:
        """When each marked event came first."""
        came: dict[str, float] = {}
        for line in self.arrivals.read_text().splitlines():
            at, _, body = line.partition(" ")
            came.setdefault(json.loads(body)["data"].get("mark", ""), float(at))
        return came

    def count(self) -> int:
        with self.arrivals.open("rb") as file:
            return sum(1 for _ in file)

    def do(self, *words: str, given: object = None) -> object:
        """Run `bench.hooks`; what it printed."""
        ran = subprocess.run(
            [sys.executable, "-m", "bench.hooks", *words],
            cwd=PROJECT,
            env=self.environment,
            check=True,
            text=True,
            input=json.dumps(given),
            stdout=subprocess.PIPE,
            timeout=600,
        )
        return json.loads(ran.stdout.splitlines()[-1])


def measure(session: Session) -> Iterator[Result]:
    """The scheduler relays as always; one webhook worker of its own sends."""
    with street(session) as there:
        yield _latency(there)
        yield from _throughput(there)


@contextmanager
def street(session: Session) -> Iterator[Street]:
    """Receivers in a process of their own, a name server in this one."""
    folder = session.directory / "street"
    folder.mkdir()
    authority, certificate = make_certificates(folder)
    arrivals = folder / "arrivals"
    argv = [sys.executable, "-m", "bench.receiver", str(certificate), str(arrivals)]
    receivers = subprocess.Popen(argv, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert receivers.stdout is not None
        ports = json.loads(receivers.stdout.readline())
        with name_server() as names:
            environment = session.server.environment() | {
                "ATELIER_WEBHOOK_NETWORKS": "127.0.0.0/8",
                "ATELIER_WEBHOOK_NAMESERVERS": names,
                "ATELIER_WEBHOOK_PORTS": ",".join(map(str, ports.values())),
                "ATELIER_WEBHOOK_CA_FILE": str(authority),
                "ATELIER_WORKER_NAME": "webhooks",
                "ATELIER_LOG_LEVEL": "ERROR",
            }
            yield Street(ports, arrivals, environment, authority)
    finally:
        receivers.kill()
        receivers.wait()


@contextmanager
def worker(there: Street) -> Iterator[psutil.Process]:
    """The webhook worker of deploy/workers.yaml."""
    (argv,) = [one.argv for one in load_workers() if one.name == "webhooks"]
    child = Child(Command("webhooks", argv, there.arrivals.with_name("worker.log"), env=there.environment, cwd=PROJECT))
    child.start()
    try:
        yield psutil.Process(child.pid)
    finally:
        child.stop()


def _latency(there: Street) -> Result:
    urls = [there.url("healthy")] * HEALTHY + [there.url("hanging")] * HANGING
    ids = there.do("endpoints", *urls)
    assert isinstance(ids, list)
    with worker(there):
        warm = there.do("emit", "10", "3", given=ids[:1])
        assert isinstance(warm, dict)
        # Behind them is nothing that other benches left in the queue, which had no worker until now.
        _wait(lambda: there.arrived().keys() >= set(warm), 120)
        committed = there.do("emit", str(RATE), str(SECONDS), given=ids)
        assert isinstance(committed, dict)
        names = list(committed)
        healthy = [name for number, name in enumerate(names) if number % len(ids) < HEALTHY]
        _wait(lambda: len(there.arrived().keys() & set(healthy)) == len(healthy), 60)
        came = there.arrived()
    times = [(came[name] - committed[name]) * 1000 for name in healthy if name in came]
    figures = {
        "commitToReceiptMs": spread(times),
        "events": len(names),
        "toHealthy": len(healthy),
        "received": len(times),
        "eventsPerSecond": RATE,
        "loadAfter": os.getloadavg()[0],
    }
    met = percentile(times, 50) <= 250 and percentile(times, 95) <= 1000 and percentile(times, 99) <= 2500
    name = f"webhooks: commit to receipt, {HANGING} of {HEALTHY + HANGING} endpoints hang"
    target = "p50 <= 250 ms, p95 <= 1 s, p99 <= 2.5 s"
    return Result(name, figures, target, met and len(times) == len(healthy))


def _throughput(there: Street) -> Iterator[Result]:
    ids = there.do("endpoints", *[there.url("healthy")] * ENDPOINTS)
    there.do("record", str(EVENTS), given=ids)
    before = _bare(there)
    there.arrivals.write_text("")
    with worker(there) as process:
        rate = _drain(there, EVENTS)
        bare = (before + _bare(there)) / 2
        figures = {
            "deliveriesPerSecond": round(rate),
            "barePostsPerSecond": round(bare),
            "ratioToBare": round(rate / bare, 2),
            "loadAfter": os.getloadavg()[0],
        }
        yield Result("webhooks: healthy endpoints", figures, ">= 150 deliveries/s", rate >= 150)
        yield _soak(there, process, ids)


def _soak(there: Street, process: psutil.Process, ids: object) -> Result:
    """Deliveries to endpoints of which a fifth are hostile, and what the sender keeps of them."""
    assert isinstance(ids, list)
    hostile = there.do("endpoints", *[there.url(kind) for kind in ("endless", "vanishing") for _ in range(2)])
    assert isinstance(hostile, list)
    sizes: dict[str, float] = {}
    for name, count in (("early", EARLY), ("late", SOAK - EARLY)):
        begun = there.count()
        there.do("record", str(count // 50), given=hostile)
        there.do("record", str(count), given=ids)
        _wait(lambda begun=begun, count=count: there.count() >= begun + count, 600)
        sizes[name] = process.memory_info().rss / 1e6
    growth = sizes["late"] / sizes["early"] - 1
    figures = {"rssMB": {name: round(size, 1) for name, size in sizes.items()}, "growthPercent": round(growth * 100, 1)}
    return Result(f"webhooks: memory over {SOAK:,} deliveries", figures, "growth <= 5 %", growth <= 0.05)


def _drain(there: Street, count: int) -> float:
    """Deliveries a second, from the first arrival to the last."""
    _wait(lambda: there.count() >= count, 300)
    times = [float(line.partition(" ")[0]) for line in there.arrivals.read_text().splitlines()]
    return (len(times) - 1) / (max(times) - min(times))


def _bare(there: Street) -> float:
    """The least there can be: one keep-alive loop of posts of the same size, in this process."""
    body = json.dumps({"data": {"mark": "bare", "filler": "x" * 350}})
    with requests.Session() as http:
        http.verify = str(there.authority)
        http.trust_env = False
        url = f"https://localhost:{there.ports['healthy']}/"
        http.post(url, body)
        begun = time.perf_counter()
        for _ in range(BARE):
            http.post(url, body)
        return BARE / (time.perf_counter() - begun)


def _wait(condition: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            console.print("  not everything arrived in time", style="red")
            return
        time.sleep(0.2)
