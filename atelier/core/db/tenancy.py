"""The tenant of the running code, and the first of two filters by it: every query of the ORM.

The second filter is row-level security (`atelier.core.db.policies`); `atelier.core.db.postgresql` sends the tenant to
PostgreSQL. Without a tenant the ORM raises `NoTenant`, and raw SQL finds no row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models

EVERYBODY = "*"
"""The tenant that stands for all workspaces."""

REASONS = frozenset({"authentication", "scheduler", "worker", "operators", "command", "figures", "migrations", "tests"})
"""What code may act across workspaces for. `figures` are counts without ids, such as a position in the queue."""

_ID = re.compile(r"[A-Za-z0-9_]{1,32}", re.ASCII)
_current: ContextVar[str] = ContextVar("tenant", default="")


class NoTenant(RuntimeError):
    """A programming error: the code queries rows of workspaces and has set no tenant."""


def current_tenant() -> str:
    """The workspace's id, `EVERYBODY`, or "" for no tenant."""
    return _current.get()


@contextmanager
def tenant(workspace_id: str) -> Iterator[None]:
    """Inside the block only this workspace's rows are visible. Raises ValueError if it is not an id."""
    with _acting(_checked(workspace_id)):
        yield


@contextmanager
def across(reason: str) -> Iterator[None]:
    """Inside the block the rows of all workspaces are visible. Raises ValueError if `reason` is not one of REASONS."""
    if reason not in REASONS:
        raise ValueError(f"{reason!r} is no reason to act across workspaces")
    with _acting(EVERYBODY):
        yield


@contextmanager
def no_tenant() -> Iterator[None]:
    """A block that begins without a tenant, and after which none that it set is left: a request."""
    with _acting(""):
        yield


def set_tenant(workspace_id: str) -> None:
    """Make this workspace the tenant until the enclosing block ends. Authentication calls it."""
    _current.set(_checked(workspace_id))


def set_all_tenants(reason: str) -> None:
    """Act across workspaces for the rest of this thread, for management commands. Raises ValueError as `across`."""
    if reason not in REASONS:
        raise ValueError(f"{reason!r} is no reason to act across workspaces")
    _current.set(EVERYBODY)


@contextmanager
def _acting(name: str) -> Iterator[None]:
    token = _current.set(name)
    try:
        yield
    finally:
        _current.reset(token)


def _checked(workspace_id: str) -> str:
    if not _ID.fullmatch(workspace_id):
        raise ValueError("This is no id of a workspace.")
    return workspace_id


class TenantRows(models.Manager):
    """The default manager of every model that belongs to a workspace: it filters by the tenant.

    A model without a column `workspace_id` gives the lookup for it in `tenant_path`.
    """

    def get_queryset(self) -> models.QuerySet[Any]:
        who, found = current_tenant(), super().get_queryset()
        if who == EVERYBODY:
            return found
        if not who:
            raise NoTenant(f"{self.model.__name__}: no tenant is set; use atelier.core.db.tenancy.tenant or across.")
        return found.filter(**{getattr(self.model, "tenant_path", "workspace_id"): who})
