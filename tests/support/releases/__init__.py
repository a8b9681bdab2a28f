"""Databases as releases leave them, so that upgrades can be tried: one dump a release, of its schema and a few rows.

`python -m tests.support.releases` makes the dump of the version that the code has now. It is made again only until that
version is released; afterwards it stays as it is, and new migrations bring it forward.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from atelier.stacks.home import PROJECT
from atelier.stacks.postgres import SERVICE, Postgres, program

FOLDER = Path(__file__).parent
SEALING_KEY = "the sealing key of the dumps"
"""What the dumped rows' secrets are sealed with; no installation uses it."""

CLIENT_KEY = "-- A client's key: "
"""How the line begins that holds the text of an API key; the database knows only its digest."""


def released() -> list[str]:
    """Versions that have a dump."""
    return sorted(path.stem for path in FOLDER.glob("*.sql"))


def restore(server: Postgres, version: str, name: str) -> str:
    """A new database `name` as that release left it, migrated with the code of today; its owner's URL."""
    url = load(server, (FOLDER / f"{version}.sql").read_text(), name)
    manage(url, "migrate", "-v0")
    manage(url, "grant_service_role", service_url=server.url(SERVICE, server.passwords.service, name))
    return url


def load(server: Postgres, dump: str, name: str) -> str:
    """A new database `name` with what the dump holds; its owner's URL."""
    server.drop_database(name)
    url = server.create_database(name)
    with psycopg.connect(_as_superuser(server, name), autocommit=True) as connection:
        connection.execute(dump)
    return url


def client_key(version: str) -> str:
    """The text of the API key that a client of that release has."""
    (line,) = [line for line in (FOLDER / f"{version}.sql").read_text().splitlines() if line.startswith(CLIENT_KEY)]
    return line.removeprefix(CLIENT_KEY)


def dump_schema(server: Postgres, name: str) -> str:
    """Tables, functions, triggers, policies, rights: what `pg_dump --schema-only` says, without its comments."""
    return _dump(_as_superuser(server, name), "--schema-only")


def dump_everything(server: Postgres) -> str:
    """Schema and rows of the server's own database."""
    return _dump(server.superuser_url, "--inserts", "--rows-per-insert=100")


def manage(url: str, *words: str, service_url: str = "") -> str:
    """A management command as the owner of the database at `url`; its output."""
    environment = os.environ | {"DATABASE_URL": service_url or url, "DATABASE_OWNER_URL": url}
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, env=environment, cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True).stdout


def _as_superuser(server: Postgres, name: str) -> str:
    parts = conninfo_to_dict(server.superuser_url)
    return server.url(str(parts["user"]), str(parts["password"]), name)


def _dump(url: str, *options: str) -> str:
    command = [str(program("pg_dump")), "--no-comments", "--restrict-key=none", *options, url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line for line in text.splitlines() if line and not line.startswith(("--", "\\"))]
    return "\n".join(lines) + "\n"
