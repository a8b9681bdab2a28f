"""manage.py grant_service_role: the owner gives the service's role exactly the rights it needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from psycopg import sql

APPEND_ONLY = ("billing_transfer", "billing_hold", "billing_holdoutcome", "audit_auditentry")
READ_ONLY = ("billing_account", "django_migrations")


class Command(BaseCommand):
    help = "Run as the owner after every migrate. Ledger and audit rows can be added and read, never changed."

    def handle(self, *args: Any, **options: Any) -> None:
        role = sql.Identifier(settings.SERVICE_ROLE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            if cursor.fetchone()[0] == settings.SERVICE_ROLE:
                self.stdout.write("The service runs as the owner: nothing to grant. Use two roles in production.")
                return
            for statement in _statements(role):
                cursor.execute(statement)
        self.stdout.write(f"Granted to {settings.SERVICE_ROLE}.")


def _statements(role: sql.Identifier) -> list[sql.Composed]:
    tables = sql.SQL(", ").join(sql.Identifier(name) for name in (*APPEND_ONLY, *READ_ONLY))
    append = sql.SQL(", ").join(sql.Identifier(name) for name in APPEND_ONLY)
    return [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(role),
        sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(role),
        sql.SQL("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(tables, role),
        sql.SQL("GRANT INSERT ON {} TO {}").format(append, role),
    ]
