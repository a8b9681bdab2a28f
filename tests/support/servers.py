"""Real servers for tests: each private, on free loopback ports, ended by its pid, dead at the latest with pytest."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from atelier.stacks.home import Home
from atelier.stacks.postgres import Postgres
from atelier.stacks.rabbitmq import RabbitMQ
from atelier.stacks.seaweedfs import SeaweedFS
from atelier.stacks.server import KIND, ServerStack
from atelier.stacks.workers import Worker


def start_postgres(directory: Path) -> Postgres:
    """A started PostgreSQL with both roles and an empty database `atelier`. The caller stops it."""
    server = Postgres(directory)
    server.start()
    return server


def start_rabbitmq(directory: Path) -> RabbitMQ:
    """A started RabbitMQ node. The caller stops it."""
    server = RabbitMQ(directory)
    server.start()
    return server


def start_seaweedfs(directory: Path) -> SeaweedFS:
    """A started S3 store with its bucket. The caller stops it."""
    server = SeaweedFS(directory)
    server.start()
    return server


def start_server_stack(
    directory: Path, *, workers: Sequence[Worker] | None = None, flower: bool = False, **environment: str
) -> ServerStack:
    """A started server stack with its state in `directory`. The caller stops it.

    `workers` replaces those of deploy/workers.yaml; `environment` reaches every process of ours. Parts are
    killed, stopped, frozen and restarted by name: see ServerStack.
    """
    stack = ServerStack(Home(directory, KIND), workers=workers, flower=flower, environment=environment)
    stack.start()
    return stack


@contextmanager
def short_directory() -> Iterator[Path]:
    """A temporary directory with a short path: sockets allow 107 bytes, pytest's paths may be longer."""
    with tempfile.TemporaryDirectory(prefix="atl-", ignore_cleanup_errors=True) as name:
        yield Path(name)
