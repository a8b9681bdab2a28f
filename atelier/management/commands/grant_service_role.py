"""manage.py grant_service_role: the owner gives the service's and the auditor's role exactly the rights they need."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from psycopg import sql

APPEND_ONLY = (
    "billing_transfer",
    "billing_hold",
    "billing_holdoutcome",
    "billing_grantend",
    "billing_adjustment",
    "billing_adjustmentdecision",
    "billing_ratecard",
    "audit_auditentry",
)
READ_ONLY = ("billing_account", "audit_chainhead", "django_migrations")
EVIDENCE = (*APPEND_ONLY, *READ_ONLY, "billing_creditline", "billing_bookcheck", "accounts_workspace")
"""What the auditor reads: the books and the audit trail, no pictures and no prompts."""


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
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.AUDITOR_ROLE])
            auditor = cursor.fetchone() is not None
            if auditor:
                cursor.execute(_reading(sql.Identifier(settings.AUDITOR_ROLE)))
        self.stdout.write(f"Granted to {settings.SERVICE_ROLE}{f' and {settings.AUDITOR_ROLE}' if auditor else ''}.")


def _statements(role: sql.Identifier) -> list[sql.Composed]:
    tables = sql.SQL(", ").join(sql.Identifier(name) for name in (*APPEND_ONLY, *READ_ONLY))
    append = sql.SQL(", ").join(sql.Identifier(name) for name in APPEND_ONLY)
    return [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(role),
        sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(role),
        sql.SQL("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(tables, role),
        sql.SQL("GRANT INSERT ON {} TO {}").format(append, role),
        sql.SQL("GRANT EXECUTE ON FUNCTION billing_lock_books TO {}").format(role),
        sql.SQL("GRANT UPDATE (published_seq) ON audit_chainhead TO {}").format(role),
    ]


def _reading(role: sql.Identifier) -> sql.Composed:
    tables = sql.SQL(", ").join(map(sql.Identifier, EVIDENCE))
    return sql.SQL("GRANT USAGE ON SCHEMA public TO {role}; GRANT SELECT ON {tables} TO {role}").format(
        role=role, tables=tables
    )
