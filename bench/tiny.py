"""The memory of a GPU worker that runs a real diffusers pipeline: tiny untrained weights on the processor."""

from __future__ import annotations

from collections.abc import Iterator

from atelier.stacks.models import make_tiny_model_apart
from bench.memory import generate, growth, worker_memory
from bench.report import Result
from bench.session import Session
from bench.stacks import GPU
from bench.tenants import make_keys

EARLY, LATE, SIDE = 20, 60, 64


def measure(session: Session) -> Iterator[Result]:
    """As many generations as fit into the time of a bench: a leak of a tensor would show in forty of them."""
    make_tiny_model_apart(session.server.home)
    session.server.restart(GPU)
    keys = make_keys(session.server.superuser_url, LATE)
    generate(session, keys, EARLY, SIDE, "tiny")
    early = worker_memory(session)
    generate(session, keys, LATE - EARLY, SIDE, "tiny")
    yield growth(f"workers, tiny diffusers model, {SIDE} x {SIDE}", early, worker_memory(session), EARLY, LATE)
