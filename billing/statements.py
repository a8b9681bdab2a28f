"""Statements of a workspace: its transfers in a period, sums by kind, and what each key spent on each day (UTC)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from billing.models import Transfer


@dataclass(frozen=True, slots=True)
class Entry:
    """A transfer as shown to its workspace. `change` is its effect on the available credits and `balance` the result;
    both None if it did not change them (a capture). `hash` is its digest in the hash chain."""

    place: int
    id: str
    kind: str
    amount: int
    change: int
    balance: int | None
    reference: str
    note: str
    actor: str
    expires_at: datetime | None
    created_at: datetime
    hash: str


def list_entries(workspace_id: str, since: datetime, until: datetime, before: int | None = None) -> QuerySet[Transfer]:
    """Transfers in [since, until), newest first, only those with `chain_seq` below `before`."""
    rows = Transfer.objects.filter(workspace_id=workspace_id, created_at__gte=since, created_at__lt=until)
    rows = rows.select_related("debit", "credit").order_by("-chain_seq")
    return rows if before is None else rows.filter(chain_seq__lt=before)


def entry_of(transfer: Transfer) -> Entry:
    """The entry of a transfer; its accounts must be loaded (`select_related`)."""
    change, balance = 0, None
    if transfer.debit.kind == "available":
        change, balance = -transfer.amount, transfer.debit_balance
    elif transfer.credit.kind == "available":
        change, balance = transfer.amount, transfer.credit_balance
    return Entry(
        transfer.chain_seq,
        transfer.id,
        transfer.kind,
        transfer.amount,
        change,
        balance,
        transfer.reference,
        transfer.note,
        transfer.actor,
        transfer.expires_at,
        transfer.created_at,
        bytes(transfer.hash).hex(),
    )


_TOTALS = """
SELECT kind, sum(amount)::bigint, count(*) FROM billing_transfer
WHERE workspace_id = %s AND created_at >= %s AND created_at < %s GROUP BY kind ORDER BY kind
"""
_BALANCE_AT = """
SELECT coalesce(sum(CASE
    WHEN kind IN ('grant', 'release', 'refund', 'adjust') THEN amount
    WHEN kind IN ('hold', 'expire', 'deduct') THEN -amount ELSE 0 END), 0)::bigint
FROM billing_transfer WHERE workspace_id = %s AND created_at < %s
"""
_USAGE = """
SELECT (created_at AT TIME ZONE 'UTC')::date, actor,
    coalesce(sum(amount) FILTER (WHERE kind = 'capture'), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0)::bigint, count(*) FILTER (WHERE kind = 'capture')
FROM (
    SELECT t.created_at, t.kind, t.amount, coalesce(nullif(CASE t.kind WHEN 'refund' THEN held.actor ELSE t.actor END,
        ''), 'unknown') AS actor
    FROM billing_transfer t LEFT JOIN billing_hold h ON h.reference = t.reference AND t.kind = 'refund'
    LEFT JOIN billing_transfer held ON held.id = h.transfer_id
    WHERE t.workspace_id = %s AND t.kind IN ('capture', 'refund') AND t.created_at >= %s AND t.created_at < %s
) spent GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Statement:
    """Available credits at both ends of a period, and the sum and number of its transfers by kind."""

    opening: int
    closing: int
    totals: dict[str, tuple[int, int]]


def get_statement(workspace_id: str, since: datetime, until: datetime) -> Statement:
    """The statement of [since, until)."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCE_AT, [workspace_id, since])
        opening = cursor.fetchone()[0]
        cursor.execute(_BALANCE_AT, [workspace_id, until])
        closing = cursor.fetchone()[0]
        cursor.execute(_TOTALS, [workspace_id, since, until])
        totals = {kind: (amount, count) for kind, amount, count in cursor.fetchall()}
    return Statement(opening, closing, totals)


@dataclass(frozen=True, slots=True)
class Spent:
    """What one key or person spent on one day: credits captured, credits given back, deliveries."""

    day: date
    actor: str
    captured: int
    refunded: int
    deliveries: int


def list_usage(workspace_id: str, since: datetime, until: datetime) -> Iterator[Spent]:
    """What was spent by day and key, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_USAGE, [workspace_id, since, until])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return (Spent(*row) for row in rows)
