"""For which workspace this code acts: the first of two filters between workspaces, in every query of the ORM.

The second stands in PostgreSQL (`atelier.core.db.policies`); `atelier.core.db.postgresql` sends it the tenant with each
statement. Code that has said nothing acts for nobody: the ORM raises `NoTenant`, and raw SQL sees no row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models

EVERYBODY = "*"
"""The tenant that PostgreSQL gets where all rows are meant."""

REASONS = frozenset({"authentication", "scheduler", "worker", "operators", "command", "figures", "migrations", "tests"})
"""Who may act across workspaces. `figures` are counts that name nobody, such as a place in the queue."""

_ID = re.compile(r"[A-Za-z0-9_]{1,32}", re.ASCII)
_current: ContextVar[str] = ContextVar("tenant", default="")


class NoTenant(RuntimeError):
    """A programming error: this code reads a workspace's rows without saying whose."""


def current_tenant() -> str:
    """The workspace's id, `EVERYBODY`, or "" for nobody."""
    return _current.get()


@contextmanager
def tenant(workspace_id: str) -> Iterator[None]:
    """Inside the block only this workspace's rows exist. Raises ValueError for what cannot be an id."""
    with _acting(_checked(workspace_id)):
        yield


@contextmanager
def across(reason: str) -> Iterator[None]:
    """Inside the block the rows of all workspaces exist. `reason` is one of REASONS, else ValueError."""
    if reason not in REASONS:
        raise ValueError(f"{reason!r} is no reason to act across workspaces")
    with _acting(EVERYBODY):
        yield


@contextmanager
def no_tenant() -> Iterator[None]:
    """A block that begins without a tenant and leaves none behind: a request."""
    with _acting(""):
        yield


def set_tenant(workspace_id: str) -> None:
    """Act for this workspace until the enclosing block ends: what authentication found out."""
    _current.set(_checked(workspace_id))


def open_for_good(reason: str) -> None:
    """Act across workspaces for the rest of this thread: a command that runs as the owner of the tables."""
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
    """The default manager of everything that belongs to a workspace.

    A model whose rows have no column `workspace_id` names the way there in `tenant_path`.
    """

    def get_queryset(self) -> models.QuerySet[Any]:
        who, found = current_tenant(), super().get_queryset()
        if who == EVERYBODY:
            return found
        if not who:
            raise NoTenant(f"{self.model.__name__}: say for whom, with atelier.core.db.tenancy.tenant or across.")
        return found.filter(**{getattr(self.model, "tenant_path", "workspace_id"): who})
