"""What the benches of one run share: the server stack, started when the first of them needs it."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType

import psycopg

from atelier.stacks.server import ServerStack
from bench.report import console
from bench.stacks import server_stack


class Session:
    """A temporary directory, and everything in it, until the `with` block ends."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> Session:
        name = tempfile.TemporaryDirectory(prefix="atelier-bench-", ignore_cleanup_errors=True)
        self.directory = Path(self._stack.enter_context(name))
        self.directory.chmod(0o755)  # PostgreSQL may run as another user and must reach its directory
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @cached_property
    def server(self) -> ServerStack:
        """The server stack; it stays up until the end of the run."""
        console.print("  starting the server stack: PostgreSQL, RabbitMQ, SeaweedFS, gunicorn, scheduler, two workers")
        return self._stack.enter_context(server_stack(self.directory / "server"))

    @cached_property
    def database(self) -> psycopg.Connection:
        """A superuser's connection to the server stack's database."""
        return self._stack.enter_context(psycopg.connect(self.server.superuser_url, autocommit=True))
