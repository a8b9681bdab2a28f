"""A migrated database for the session, emptied after each test. Tests connect as the service's own role."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg

from atelier.stacks.postgres import Postgres

KEEP = ("django_migrations", "django_content_type", "auth_permission", "billing_ratecard")
"""The price list stays; the fair-use line goes, so that every tier ends at zero unless a test draws a line."""


def prepare(server: Postgres) -> None:
    """Start the server, migrate as the owner, grant the service role its rights."""
    server.start()
    environment = os.environ | {"DATABASE_OWNER_URL": server.owner_url}
    for command in (["migrate", "-v0"], ["grant_service_role"]):
        subprocess.run([sys.executable, "manage.py", *command], env=environment, check=True, stdout=subprocess.DEVNULL)
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute("DELETE FROM billing_creditline")


def empty(superuser_url: str) -> None:
    """Remove every row but Django's own. Only a superuser can: the ledger refuses.

    DELETE, because a test leaves few rows: TRUNCATE makes new files for every table and takes five times as long.
    """
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        tables = connection.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)",
            [list(KEEP)],
        ).fetchall()
        connection.execute("SET session_replication_role = replica")
        connection.execute("; ".join(f"DELETE FROM {name}" for (name,) in tables))
