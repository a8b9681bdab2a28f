"""The memory of a GPU worker that runs a real diffusers pipeline: tiny untrained weights on the processor."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from atelier.stacks.home import PROJECT
from atelier.stacks.process import Command, run_once
from bench.memory import generate, growth, worker_memory
from bench.report import Result
from bench.session import Session
from bench.stacks import GPU
from bench.tenants import make_keys

EARLY, LATE, SIDE = 20, 60, 64


def measure(session: Session) -> Iterator[Result]:
    """As many generations as fit into the time of a bench: a leak of a tensor would show in forty of them."""
    home = session.server.home
    argv = (sys.executable, "-m", "generation.engines.tiny", str(home.models / "tiny"))
    run_once(Command("tiny-model", argv, home.logs / "tiny-model.log", cwd=PROJECT, ready_seconds=120.0))
    session.server.restart(GPU)
    keys = make_keys(session.server.superuser_url, LATE)
    generate(session, keys, EARLY, SIDE, "tiny")
    early = worker_memory(session)
    generate(session, keys, LATE - EARLY, SIDE, "tiny")
    yield growth(f"workers, tiny diffusers model, {SIDE} x {SIDE}", early, worker_memory(session), EARLY, LATE)
