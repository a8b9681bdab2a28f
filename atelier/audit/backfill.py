"""Gives rows that were written before there were chains their places. Used by migrations only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from atelier.audit.chains import GENESIS, Chain, digest_of

Row = list[bytes | None]
Order = Callable[[list[Row]], Iterable[Row]]


def backfill(cursor: Any, chain: Chain, order: Order = lambda rows: rows) -> int:
    """Chain every row of the table, workspace by workspace, and write the heads; how many rows.

    The caller holds the table's lock and has switched its guard against updates off. `order` puts the rows of a
    workspace, which come by time, into the order in which they happened.
    """
    fields = ", ".join(f"({column})" for column in chain.columns)
    at = chain.workspace_at
    cursor.execute(f"SELECT {fields} FROM {chain.table} ORDER BY workspace_id NULLS FIRST, created_at, 1")  # noqa: S608
    rows = [[None if field is None else str(field).encode() for field in row] for row in cursor.fetchall()]
    for workspace, group in groupby(rows, key=lambda row: row[at]):
        _chain_rows(cursor, chain, (workspace or b"").decode(), order(list(group)))
    return len(rows)


def _chain_rows(cursor: Any, chain: Chain, workspace_id: str, rows: Iterable[Row]) -> None:
    before, values, seq = GENESIS, [], 0
    for seq, row in enumerate(rows, start=1):
        digest = digest_of(before, seq, row)
        values.append((seq, before, digest, (row[0] or b"").decode()))
        before = digest
    key = chain.columns[0].partition("::")[0]
    place = f"UPDATE {chain.table} SET chain_seq = %s, prev_hash = %s, hash = %s WHERE {key}::text = %s"  # noqa: S608
    cursor.executemany(place, values)
    cursor.execute(
        "INSERT INTO audit_chainhead (chain, workspace_id, seq, prev_hash, hash, published_seq)"
        " VALUES (%s, %s, %s, %s, %s, 0)",
        [chain.name, workspace_id, seq, values[-1][1], before],
    )
