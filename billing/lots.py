"""Which credits are spent first: those that end first. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Movement:
    """The relevant facts of a transfer: `amount` in credits, `at` its time, `ends_at` the end of a grant with one."""

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
    """Unused credits of the grant `grant_id`. `movements` are in order and begin with that grant or before it.

    Each grant with an end is a lot. A hold or a deduction takes from the lot that ends first, and credits without an
    end last. A release returns to the lots of its hold, the lot that ends last first. Credits whose lot has ended in
    the meantime stay with the workspace and have no end any more.
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
            _return(taken.get(move.reference, []), move.amount, move.at)
    return sum(lot.left for lot in lots if lot.id == grant_id)


def _take(lots: list[_Lot], amount: int, at: datetime) -> list[tuple[_Lot, int]]:
    """Take `amount` from the lots; (lot, credits) of each. The rest comes from credits without an end."""
    parts = []
    for lot in lots:
        part = min(lot.left, amount) if lot.ends_at > at else 0
        if part:
            lot.left -= part
            amount -= part
            parts.append((lot, part))
    return parts


def _return(parts: list[tuple[_Lot, int]], released: int, at: datetime) -> None:
    """Return `released` credits of a hold to the lots. Captured credits count as those that were taken first, so the
    last parts are returned first."""
    for number in reversed(range(len(parts))):
        lot, part = parts[number]
        back = min(part, released)
        released -= back
        parts[number] = (lot, part - back)
        if lot.ends_at > at:
            lot.left += back
