"""Somebody whom no right, no trigger and no foreign key stops: the superuser who changes history."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg


@contextmanager
def vandal_of(superuser_url: str) -> Iterator[psycopg.Connection]:
    """A connection that may do anything."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


@dataclass(frozen=True)
class Edit:
    """One byte of one column of one row was changed; `undo` gives it back."""

    table: str
    key: str
    column: str
    undo: tuple[str, tuple[object, ...]]


CHAINED = {
    "billing_transfer": "id",
    "billing_hold": "id",
    "billing_holdoutcome": "hold_id",
    "audit_auditentry": "id",
}


def edit_randomly(connection: psycopg.Connection, dice: random.Random) -> Edit:
    """Change a single byte somewhere in the chained tables, so that the row is still one the database can keep."""
    while True:
        table = dice.choice(list(CHAINED))
        key, rows = CHAINED[table], []
        rows = connection.execute(f"SELECT {key}::text FROM {table} ORDER BY 1").fetchall()
        row = dice.choice(rows)[0]
        column, kind = dice.choice(_columns(connection, table))
        before = connection.execute(f"SELECT {column} FROM {table} WHERE {key}::text = %s", [row]).fetchone()
        assert before is not None
        statement = _mutated(column, kind, before[0], dice)
        if column == key or statement is None:
            continue
        try:
            connection.execute(f"UPDATE {table} SET {statement} WHERE {key}::text = %s", [row])
        except psycopg.IntegrityError:  # an edit that a constraint refuses is no edit
            continue
        after = connection.execute(f"SELECT {column} FROM {table} WHERE {key}::text = %s", [row]).fetchone()
        if after != before:
            undo = f"UPDATE {table} SET {column} = %s WHERE {key}::text = %s"
            return Edit(table, row, column, (undo, (_plain(before[0], kind), row)))


def _columns(connection: psycopg.Connection, table: str) -> list[tuple[str, str]]:
    return connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s ORDER BY 1", [table]
    ).fetchall()


def _mutated(column: str, kind: str, value: object, dice: random.Random) -> str | None:
    """The SET clause that changes one byte or one bit of a value; None where nothing is there to change."""
    if value is None:
        return None
    if kind == "bytea":
        at = dice.randrange(32)
        return f"{column} = set_byte({column}, {at}, (get_byte({column}, {at}) + {dice.randint(1, 255)}) %% 256)"
    if kind == "bigint":
        return f"{column} = {column} # (1::bigint << {dice.randrange(8)})"
    if kind == "boolean":
        return f"{column} = NOT {column}"
    if kind.startswith("timestamp"):
        return f"{column} = {column} + interval '{dice.randint(1, 255)} microseconds'"
    if kind == "jsonb":
        return f"{column} = {column} || '{{\"credits\": {dice.randint(10, 99)}}}'"
    text = str(value)
    if not text:
        return f"{column} = 'x'"
    at = dice.randrange(len(text)) + 1
    letter = dice.choice([c for c in "abcdefghijklmnop0123456789" if c != text[at - 1]])
    return f"{column} = overlay({column} placing '{letter}' from {at} for 1)"


def _plain(value: object, kind: str) -> object:
    return psycopg.types.json.Jsonb(value) if kind == "jsonb" else value
