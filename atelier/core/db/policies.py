"""Row-level security: PostgreSQL itself shows a transaction only the rows of its tenant, in raw SQL too.

The policy compares with the setting `atelier.workspace` of the transaction: an id means that workspace, `*` all rows,
anything else none. FORCE applies the policy to the tables' owner as well. Superusers and BYPASSRLS roles ignore
policies, so the service refuses to run as one (`check_policies`).
"""

from __future__ import annotations

import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, migrations

SETTING = "atelier.workspace"
POLICY = "own_workspace"
_WHO = f"nullif(current_setting('{SETTING}', true), '')"

# Only fixed names of our own tables and columns are put into these statements, never input.
_OWN = "{column} = " + _WHO
_THROUGH = "EXISTS (SELECT FROM {parent} p WHERE p.{key} = {table}.{column} AND p.workspace_id = " + _WHO + ")"


class EnableTenantPolicy(migrations.RunSQL):
    """A migration that enables row-level security: `column` holds the id of the workspace that owns the row.

    `through=(column, parent)` is for tables without such a column: `column` refers to the row of `parent`, by its
    primary key `key`, and that row must belong to the workspace.
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
        return f"Enable row-level security on {self._arguments[0]}"


def build_policy(table: str, column: str, *, through: tuple[str, str] | None = None, key: str = "id") -> str:
    """The SQL that enables row-level security on the table and creates the policy."""
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
    """The SQL that drops the policy again: the migration in reverse."""
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
    """Reasons why the policies do not apply to this process, as sentences; empty when all of them do."""
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
"""Ids of the processes that have checked the policies; a forked child checks again."""


def check_once() -> None:
    """`check_policies`, once for each process: it is called before a request is answered."""
    if os.getpid() not in checked:
        check_policies()
        checked.add(os.getpid())


def check_policies() -> None:
    """Raises ImproperlyConfigured if a policy does not apply, and DISCONNECTED without a database."""
    faults = list_policy_faults()
    if faults:
        raise ImproperlyConfigured(f"Workspaces are not kept apart: {'; '.join(faults)} (docs/operations.md).")
