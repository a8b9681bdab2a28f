"""The bodies of answers about credits."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Self

from pydantic import Field, WithJsonSchema

from atelier.core.http.bodies import Answer
from atelier.core.http.times import Day, Time
from atelier.core.http.values import Count, Positive
from billing.models import TRANSFER_KINDS
from billing.statements import Entry, Spent, Statement

Kind = Annotated[str, WithJsonSchema({"type": "string", "enum": list(TRANSFER_KINDS)})]


class LedgerEntry(Answer):
    """One transfer of whole credits. Never changed, never removed."""

    place: Positive
    id: str
    kind: Kind
    amount: Positive
    change: Annotated[int, Field(description="What it did to the credits that can be spent.")]
    balance: Annotated[int | None, Field(description="What could be spent after it; null where it did not touch that.")]
    reference: str
    note: str
    actor: str
    expires_at: Time | None
    created_at: Time
    hash: Annotated[
        str,
        WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{64}$"}),
        Field(description="Its link in the chain of evidence."),
    ]

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(**asdict(entry))


class KindTotal(Answer):
    credits: Count
    transfers: Count


class Ledger(Answer):
    """Entries of a time, newest first, with what there was at both ends of it."""

    opening_balance: int
    closing_balance: int
    totals: dict[Kind, KindTotal]
    entries: list[LedgerEntry]
    next_cursor: str | None

    @classmethod
    def of(cls, statement: Statement, entries: list[Entry], next_cursor: str | None) -> Self:
        return cls(
            opening_balance=statement.opening,
            closing_balance=statement.closing,
            totals={kind: KindTotal(credits=sum_, transfers=count) for kind, (sum_, count) in statement.totals.items()},
            entries=[LedgerEntry.of(entry) for entry in entries],
            next_cursor=next_cursor,
        )


class UsageOfDay(Answer):
    """What one key or person spent on one day (UTC)."""

    day: Day
    actor: Annotated[str, Field(description="The id of a key, or of a person.")]
    credits_captured: Count
    credits_refunded: Count
    deliveries: Count

    @classmethod
    def of(cls, spent: Spent) -> Self:
        return cls(
            day=spent.day,
            actor=spent.actor,
            credits_captured=spent.captured,
            credits_refunded=spent.refunded,
            deliveries=spent.deliveries,
        )


class UsageReport(Answer):
    usage: list[UsageOfDay]
