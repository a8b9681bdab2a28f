"""The two stacks that are measured, each with its state in a temporary directory, with the stub engine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from atelier.stacks.envfile import read_env
from atelier.stacks.home import PROJECT, Home
from atelier.stacks.ports import free_port
from atelier.stacks.process import Child, Command
from atelier.stacks.server import KIND, ServerStack
from atelier.stacks.workers import load_workers

GPU, CPU = "gpu-a", "cpu"  # of deploy/workers.yaml: the dedicated pool, which serves the tenants' tier
WORKERS = (GPU, CPU)


@contextmanager
def server_stack(directory: Path) -> Iterator[ServerStack]:
    """The server stack with one GPU worker and one CPU worker, without Flower."""
    home = Home(directory, KIND)
    workers = [worker for worker in load_workers() if worker.name in WORKERS]
    stack = ServerStack(home, workers=workers, flower=False, environment=_environment(home.models))
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


@contextmanager
def embedded_stack(directory: Path) -> Iterator[dict[str, str]]:
    """The embedded stack in a process of its own; the variables it writes for scripts."""
    home, port = Home(directory, "embedded"), free_port()
    environment = os.environ | _environment(home.models) | {"ATELIER_HOME": str(directory), "PORT": str(port)}
    child = Child(
        Command(
            "embedded",
            (sys.executable, "-m", "atelier.stacks.embedded"),
            directory / "embedded.log",
            env=environment,
            cwd=PROJECT,
            ready_seconds=90.0,
            grace_seconds=30.0,
        )
    )
    try:
        child.start()
        child.wait_ready(home.env.exists)
        yield read_env(home.env)
    finally:
        child.stop()


def _environment(models: Path) -> dict[str, str]:
    """The bench's catalogue, and the folder that says that the stub can be loaded."""
    (models / "stub").mkdir(parents=True, exist_ok=True)
    return {
        "ATELIER_MODELS_FILE": str(PROJECT / "bench" / "models.toml"),
        "ATELIER_MODELS_DIR": str(models),
        "OMP_NUM_THREADS": "1",
    }
