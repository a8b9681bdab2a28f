"""Guards taken away for a moment: from the code that runs, or from the database."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FunctionType, ModuleType

import psycopg

from atelier.core.db.policies import build_policy, drop_policy
from atelier.core.db.statements import Statement
from tests.support.database import empty


@dataclass(frozen=True)
class Code:
    """`original` in the module's source becomes `mutated`, everywhere it stands; then each of `more` likewise."""

    module: ModuleType
    original: str
    mutated: str
    more: tuple[tuple[str, str], ...] = ()

    @contextmanager
    def applied(self, superuser_url: str) -> Iterator[None]:
        """Functions that others have imported change too: they keep their identity and get other code."""
        source = inspect.getsource(self.module)
        for original, mutated in ((self.original, self.mutated), *self.more):
            assert original in source, f"{original!r} has left {self.module.__name__}"
            source = source.replace(original, mutated)
        scratch: dict[str, object] = {"__name__": self.module.__name__}
        mutant = compile(source, self.module.__file__ or "", "exec")
        exec(mutant, scratch)  # noqa: S102  (our own source with a guard taken out)
        undo = [_exchange(self.module, name, value) for name, value in scratch.items() if _is_own(self.module, value)]
        try:
            yield
        finally:
            for restore in undo:
                restore()


def _is_own(module: ModuleType, value: object) -> bool:
    if isinstance(value, FunctionType):
        return value.__module__ == module.__name__
    return isinstance(value, str | int | tuple | Statement)


def _exchange(module: ModuleType, name: str, value: object) -> Callable[[], None]:
    """Put `value` in place of what the module has under `name`; the call that puts it back."""
    current = getattr(module, name)
    if isinstance(value, FunctionType) and isinstance(current, FunctionType):
        code, current.__code__ = current.__code__, value.__code__
        return lambda: setattr(current, "__code__", code)
    setattr(module, name, value)
    return lambda: setattr(module, name, current)


@dataclass(frozen=True)
class Schema:
    """A constraint or index of a table that is gone."""

    table: str
    name: str

    @contextmanager
    def applied(self, superuser_url: str) -> Iterator[None]:
        with psycopg.connect(superuser_url, autocommit=True) as connection:
            again = self._drop(connection)
        try:
            yield
        finally:
            empty(superuser_url)  # what stands there now may break the rule
            with psycopg.connect(superuser_url, autocommit=True) as connection:
                connection.execute(again)

    def _drop(self, connection: psycopg.Connection) -> str:
        """Remove it; the statement that makes it again."""
        found = connection.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [self.name]
        ).fetchone()
        if found:
            connection.execute(f"ALTER TABLE {self.table} DROP CONSTRAINT {self.name}")
            return f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} {found[0]}"
        index = connection.execute("SELECT pg_get_indexdef(%s::regclass)", [self.name]).fetchone()
        assert index is not None
        connection.execute(f"DROP INDEX {self.name}")
        return index[0]


@dataclass(frozen=True)
class Trigger:
    """A trigger's function in which `original` became `mutated`."""

    function: str
    original: str
    mutated: str

    @contextmanager
    def applied(self, superuser_url: str) -> Iterator[None]:
        with psycopg.connect(superuser_url, autocommit=True) as connection:
            row = connection.execute("SELECT pg_get_functiondef(%s::regproc)", [self.function]).fetchone()
            assert row is not None
            assert self.original in row[0], f"{self.original!r} has left {self.function}"
            connection.execute(row[0].replace(self.original, self.mutated))
            try:
                yield
            finally:
                empty(superuser_url)
                connection.execute(row[0])


@dataclass(frozen=True)
class Wall:
    """The policy of a table that has the column `workspace_id`."""

    table: str

    @contextmanager
    def applied(self, superuser_url: str) -> Iterator[None]:
        with psycopg.connect(superuser_url, autocommit=True) as connection:
            connection.execute(drop_policy(self.table))
            try:
                yield
            finally:
                connection.execute(build_policy(self.table, "workspace_id"))


@dataclass(frozen=True)
class Method:
    """A method that does what `instead` does."""

    owner: type
    name: str
    instead: Callable[..., object]

    @contextmanager
    def applied(self, superuser_url: str) -> Iterator[None]:
        original = getattr(self.owner, self.name)
        setattr(self.owner, self.name, self.instead)
        try:
            yield
        finally:
            setattr(self.owner, self.name, original)
