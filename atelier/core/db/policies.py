"""Row-level security: what keeps workspaces apart in PostgreSQL itself, for raw SQL too.

The policy reads the transaction's `atelier.workspace`: an id, `*` for all, anything else for nobody. FORCE binds the
owner as well; superusers and BYPASSRLS roles pass any policy, so the service refuses to run as one (`check_policies`).
"""

from __future__ import annotations

import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, migrations

SETTING = "atelier.workspace"
POLICY = "own_workspace"
_WHO = f"nullif(current_setting('{SETTING}', true), '')"

# Fixed names of our own tables and columns: nothing a client sent comes near these statements.
_OWN = "{column} = " + _WHO
_THROUGH = "EXISTS (SELECT FROM {parent} p WHERE p.{key} = {table}.{column} AND p.workspace_id = " + _WHO + ")"


class EnableTenantPolicy(migrations.RunSQL):
    """Closes a table to all but the workspace that `column` names.

    `through=(column, parent)` is for rows that belong to a parent: its row must be the workspace's. `key` is the
    parent's primary key.
    """

    def __init__(
        self, table: str, column: str = "workspace_id", *, through: tuple[str, str] | None = None, key: str = "id"
    ) -> None:
        self._arguments = (table, column, through, key)
        super().__init__(build_policy(table, column, through=through, key=key), drop_policy(table), elidable=False)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        table, column, through, key = self._arguments
        return self.__class__.__qualname__, [table, column], {"through": through, "key": key}

    def describe(self) -> str:
        return f"Close {self._arguments[0]} to other workspaces"


def build_policy(table: str, column: str, *, through: tuple[str, str] | None = None, key: str = "id") -> str:
    """The statements that close the table."""
    if through is None:
        mine = _OWN.format(column=column)
    else:
        mine = _THROUGH.format(table=table, column=through[0], parent=through[1], key=key)
    rule = f"{_WHO} = '*' OR {mine}"
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
        f" CREATE POLICY {POLICY} ON {table} USING ({rule}) WITH CHECK ({rule});"
    )


def drop_policy(table: str) -> str:
    """The statements that open it again: a migration taken back."""
    return (
        f"DROP POLICY IF EXISTS {POLICY} ON {table}; ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;"
        f" ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
    )


_ROLE = "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
_OPEN = """
SELECT t.relname FROM pg_class t JOIN pg_policy p ON p.polrelid = t.oid AND p.polname = %s
WHERE NOT (t.relrowsecurity AND t.relforcerowsecurity) ORDER BY 1
"""


def list_policy_faults() -> list[str]:
    """Why this process could see other workspaces' rows; empty when every policy is in force."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLE)
        superuser, bypasses = cursor.fetchone()
        cursor.execute(_OPEN, [POLICY])
        tables = [name for (name,) in cursor.fetchall()]
    found = [f"{name} has its row-level security switched off" for name in tables]
    if superuser or bypasses:
        found.insert(0, "the role of DATABASE_URL is a superuser or has BYPASSRLS")
    return found


checked: set[int] = set()
"""The process that has checked its policies; a fork checks for itself."""


def check_once() -> None:
    """`check_policies` before the first caller is let in: a process that could see others' rows answers nobody."""
    if os.getpid() not in checked:
        check_policies()
        checked.add(os.getpid())


def check_policies() -> None:
    """Refuse to serve when a policy is not in force. Raises ImproperlyConfigured, DISCONNECTED without a database."""
    breaches = list_policy_faults()
    if breaches:
        raise ImproperlyConfigured(f"Workspaces are not kept apart: {'; '.join(breaches)} (docs/operations.md).")
