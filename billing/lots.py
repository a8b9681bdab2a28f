"""Which credits are spent first: those that end first. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Movement:
    """A transfer as the lots see it; `amount` in credits, `at` its time, `ends_at` the end of a grant that has one."""

    id: str
    kind: str
    amount: int
    reference: str
    at: datetime
    ends_at: datetime | None = None


@dataclass(slots=True)
class _Lot:
    id: str
    ends_at: datetime
    left: int


def unspent(movements: Iterable[Movement], grant_id: str) -> int:
    """Credits of the grant `grant_id` that nothing has used; `movements` in order from that grant or earlier on.

    A hold, a deduction and an expiry take from the lot that ends first, then from credits without an end. A release
    gives back to where its hold took from, what ends last first; to a lot that has ended in the meantime nothing goes
    back: those credits stay with the customer, without an end.
    """
    lots: list[_Lot] = []
    taken: dict[str, list[tuple[_Lot, int]]] = {}
    for move in movements:
        if move.kind == "grant" and move.ends_at is not None:
            lots = sorted([*lots, _Lot(move.id, move.ends_at, move.amount)], key=lambda lot: (lot.ends_at, lot.id))
        elif move.kind == "hold":
            taken[move.reference] = _take(lots, move.amount, move.at)
        elif move.kind == "deduct":
            _take(lots, move.amount, move.at)
        elif move.kind == "expire":
            lots = [lot for lot in lots if lot.id != move.reference]
        elif move.kind == "release":
            _give_back(taken.get(move.reference, []), move.amount, move.at)
    return sum(lot.left for lot in lots if lot.id == grant_id)


def _take(lots: list[_Lot], amount: int, at: datetime) -> list[tuple[_Lot, int]]:
    """What each lot gave; the rest of `amount` comes from credits without an end."""
    parts = []
    for lot in lots:
        part = min(lot.left, amount) if lot.ends_at > at else 0
        if part:
            lot.left -= part
            amount -= part
            parts.append((lot, part))
    return parts


def _give_back(parts: list[tuple[_Lot, int]], released: int, at: datetime) -> None:
    """The hold took its parts first and credits without an end last, so what was captured came from the first parts:
    a release that is smaller than the hold returns the last ones."""
    for number in reversed(range(len(parts))):
        lot, part = parts[number]
        back = min(part, released)
        released -= back
        parts[number] = (lot, part - back)
        if lot.ends_at > at:
            lot.left += back
