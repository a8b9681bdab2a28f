"""A private PgBouncer in transaction mode: each transaction of a client may get another session of the server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from atelier.stacks.ports import HOST, free_port, is_listening
from atelier.stacks.privileges import run_as
from atelier.stacks.process import Child, Command

PROGRAM = Path("/usr/sbin/pgbouncer")


class PgBouncer:
    """In front of one server, with a few sessions a role for all clients. Only `pool_mode` is set for the service.

    `urls` are the server's own, one a role. Its files are in `directory`; the caller stops it.
    """

    def __init__(self, directory: Path, urls: Sequence[str], *, sessions: int) -> None:
        self.directory, self.port = directory, free_port()
        self._servers, self._sessions = [urlsplit(url) for url in urls], sessions
        identity = run_as(directory, PROGRAM)
        self._write(identity.own)
        self._child = Child(
            Command(
                "pgbouncer",
                (str(PROGRAM), str(self._file)),
                directory / "pgbouncer.log",
                privileges=identity.options,
                cwd=directory,
            )
        )

    @property
    def urls(self) -> list[str]:
        """The same roles through the pooler."""
        ways = [(server, f"{server.username}:{server.password}@{HOST}:{self.port}") for server in self._servers]
        return [urlunsplit(server._replace(netloc=way)) for server, way in ways]

    def start(self) -> None:
        """Start it and wait until it listens."""
        self._child.start()
        self._child.wait_ready(lambda: is_listening(self.port))

    def stop(self) -> None:
        """End it by its pid."""
        self._child.stop()

    @property
    def _file(self) -> Path:
        return self.directory / "pgbouncer.ini"

    def _write(self, own: Callable[[Path], None]) -> None:
        users = self.directory / "users.txt"
        users.write_text("".join(f'"{server.username}" "{server.password}"\n' for server in self._servers))
        first = self._servers[0]
        settings = {
            "listen_addr": HOST,
            "listen_port": self.port,
            "unix_socket_dir": "",
            "auth_type": "scram-sha-256",
            "auth_file": users,
            "pool_mode": "transaction",
            "default_pool_size": self._sessions,
            "max_client_conn": 200,
        }
        lines = [f"{key} = {value}" for key, value in settings.items()]
        target = f"* = host={first.hostname} port={first.port}"
        self._file.write_text("\n".join(["[databases]", target, "[pgbouncer]", *lines, ""]))
        for path in (self.directory, users, self._file):
            own(path)
