"""Chains the ledger rows that were booked before there were chains. Used by migration 0004 only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from atelier.audit.backfill import Row, backfill
from billing.chains import HOLDS, OUTCOMES, TRANSFERS

DEBIT, DEBIT_VERSION, CREDIT, CREDIT_VERSION = 3, 7, 4, 9


def backfill_ledger(apps: Any, schema_editor: Any) -> None:
    """Chain all transfers, holds and outcomes."""
    with schema_editor.connection.cursor() as cursor:
        backfill(cursor, TRANSFERS, by_versions)
        backfill(cursor, HOLDS)
        backfill(cursor, OUTCOMES)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def by_versions(rows: list[Row]) -> Iterator[Row]:
    """The transfers of a workspace as they were booked: each is the next version of both its accounts.

    Times alone are not enough: they are those of the statements, which may have waited. What fits nowhere (books that
    were damaged before) comes last, by time.
    """
    waiting = {(row[DEBIT], int(row[DEBIT_VERSION] or 0)): row for row in rows}
    waiting |= {(row[CREDIT], int(row[CREDIT_VERSION] or 0)): row for row in rows}
    versions = dict.fromkeys({row[DEBIT] for row in rows} | {row[CREDIT] for row in rows}, 0)
    done: set[bytes | None] = set()
    ready = True
    while ready:
        ready = False
        for account, version in list(versions.items()):
            row = waiting.get((account, version + 1))
            while row is not None and _is_next(row, versions):
                versions[row[DEBIT]] += 1
                versions[row[CREDIT]] += 1
                done.add(row[0])
                ready = True
                yield row
                row = waiting.get((account, versions[account] + 1))
    yield from (row for row in rows if row[0] not in done)


def _is_next(row: Row, versions: dict[bytes | None, int]) -> bool:
    return (
        int(row[DEBIT_VERSION] or 0) == versions[row[DEBIT]] + 1
        and int(row[CREDIT_VERSION] or 0) == versions[row[CREDIT]] + 1
    )
