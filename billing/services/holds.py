"""Holds: credits set aside when work is accepted, captured for what is delivered, released for the rest.

Each is one statement: a round trip costs more than a booking.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from atelier.core.crashpoints import crashpoint
from atelier.core.ids import new_id
from atelier.outbox.services import emit
from billing.models import Hold, HoldOutcome
from billing.services.transfers import InsufficientCredits, check_amount, refusals

_PLACE = """
WITH posted AS (
    INSERT INTO billing_transfer
        (id, workspace_id, kind, debit_id, credit_id, amount, reference, note, idempotency_key, actor)
    SELECT %(transfer)s, %(workspace)s, 'hold', debit.id, credit.id, %(amount)s, %(reference)s, '', %(key)s, %(actor)s
    FROM billing_account debit, billing_account credit
    WHERE debit.workspace_id = %(workspace)s AND debit.kind = 'available'
        AND credit.workspace_id = %(workspace)s AND credit.kind = 'held'
    RETURNING id, debit_balance
), placed AS (
    INSERT INTO billing_hold (id, workspace_id, reference, amount, transfer_id)
    SELECT %(hold)s, %(workspace)s, %(reference)s, %(amount)s, posted.id FROM posted
)
SELECT debit_balance FROM posted
"""


def place_hold(*, workspace_id: str, amount: int, reference: str, actor: str = "") -> str:
    """Move `amount` from available to held; the hold's id. One hold a reference. Run it inside a transaction.

    Raises `InsufficientCredits` (with needed and available) and books nothing when there is less, `LedgerMismatch`
    while a check of the books finds a difference. Emits `credits.low` when the balance falls below the threshold.
    """
    check_amount(amount)
    hold_id = new_id("hld")
    values = {
        "transfer": new_id("trf"), "hold": hold_id, "workspace": workspace_id, "amount": amount,
        "reference": reference, "key": f"hold:{reference}", "actor": actor,
    }  # fmt: skip
    with refusals(amount), connection.cursor() as cursor:
        cursor.execute(_PLACE, values)
        row = cursor.fetchone()
    if row is None:
        raise LookupError(f"workspace {workspace_id} has no accounts")
    crashpoint("hold.placed")
    _warn_when_low(workspace_id, hold_id, row[0], amount)
    return hold_id


def _warn_when_low(workspace_id: str, hold_id: str, balance: int, amount: int) -> None:
    """Once each time the balance passes the threshold on its way down."""
    threshold = settings.ATELIER_LOW_CREDITS
    if balance < threshold <= balance + amount:
        with transaction.atomic():
            emit(
                "credits.low", subject=workspace_id, lane="", dedupe_key=f"{hold_id}:low",
                payload={"available": balance, "threshold": threshold},
            )  # fmt: skip


def resolve_hold(*, reference: str, captured: int, expired: bool = False) -> HoldOutcome:
    """End the hold of `reference`: capture that much, release the rest. Run it inside a transaction.

    Ends once: a repeat returns the first outcome when it captured the same, and raises `HoldAlreadyResolved`
    when it did not. `captured` outside 0..amount raises ValueError. `expired` says that nobody ended it in time.
    """
    hold = Hold.objects.select_related("outcome").get(reference=reference)
    if type(captured) is not int or not 0 <= captured <= hold.amount:
        raise ValueError(f"{captured!r} is not a whole number within the hold's 0..{hold.amount}")
    if hasattr(hold, "outcome"):
        return _repeat(hold.outcome, captured)
    try:
        with transaction.atomic(), refusals(hold.amount):
            return _end(hold, captured, expired)
    except (IntegrityError, InsufficientCredits):  # ended by another in this moment; its credits may have left `held`
        return _repeat(HoldOutcome.objects.get(hold=hold), captured)


class HoldAlreadyResolved(Exception):
    """The hold ended before, with another amount."""


_END = """
WITH accounts AS (
    SELECT max(id) FILTER (WHERE kind = 'held') AS held, max(id) FILTER (WHERE kind = 'earned') AS earned,
        max(id) FILTER (WHERE kind = 'available') AS available
    FROM billing_account WHERE workspace_id = %(workspace)s
), actor AS (
    SELECT actor AS name FROM billing_transfer WHERE id = %(transfer)s
), posted AS (
    INSERT INTO billing_transfer
        (id, workspace_id, kind, debit_id, credit_id, amount, reference, note, idempotency_key, actor)
    SELECT part.id, %(workspace)s, part.kind, held, CASE part.kind WHEN 'capture' THEN earned ELSE available END,
        part.amount, %(reference)s, '', part.kind || ':' || %(hold)s, actor.name
    FROM accounts, actor, (VALUES
        (%(capture)s, 'capture', %(captured)s::bigint), (%(release)s, 'release', %(released)s::bigint)
    ) AS part (id, kind, amount)
    WHERE part.amount > 0
)
INSERT INTO billing_holdoutcome
    (hold_id, workspace_id, amount, captured, released, capture_id, release_id, expired)
VALUES (%(hold)s, %(workspace)s, %(amount)s, %(captured)s, %(released)s,
    CASE WHEN %(captured)s > 0 THEN %(capture)s END, CASE WHEN %(released)s > 0 THEN %(release)s END, %(expired)s)
"""


def _end(hold: Hold, captured: int, expired: bool) -> HoldOutcome:
    values: dict[str, Any] = {
        "hold": hold.id, "workspace": hold.workspace_id, "transfer": hold.transfer_id, "reference": hold.reference,
        "amount": hold.amount, "captured": captured, "released": hold.amount - captured, "expired": expired,
        "capture": new_id("trf"), "release": new_id("trf"),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_END, values)
    crashpoint("hold.resolved")
    return HoldOutcome(
        hold=hold, workspace_id=hold.workspace_id, amount=hold.amount, captured=captured,
        released=hold.amount - captured, expired=expired,
        capture_id=values["capture"] if captured else None,
        release_id=values["release"] if hold.amount > captured else None,
    )  # fmt: skip


def _repeat(outcome: HoldOutcome, captured: int) -> HoldOutcome:
    if outcome.captured != captured:
        raise HoldAlreadyResolved(f"{outcome.hold_id} captured {outcome.captured}, not {captured}")
    return outcome


_FORGOTTEN = """
SELECT h.reference FROM billing_hold h LEFT JOIN billing_holdoutcome o ON o.hold_id = h.id
WHERE o.hold_id IS NULL AND h.created_at < clock_timestamp() - %s * interval '1 second'
ORDER BY h.workspace_id LIMIT 100
"""


def expire_holds() -> int:
    """Release holds that nobody ended within ATELIER_HOLD_SECONDS; how many. Long after any work could run."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGOTTEN, [settings.ATELIER_HOLD_SECONDS])
        references = [reference for (reference,) in cursor.fetchall()]
    for reference in references:
        with transaction.atomic():
            resolve_hold(reference=reference, captured=0, expired=True)
    return len(references)
