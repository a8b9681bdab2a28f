"""Holds: credits set aside when work is accepted; captured for delivered images, and the rest released.

Each is one SQL statement: a round trip takes longer than the posting.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection, transaction

from atelier.core.crashpoints import crashpoint
from atelier.core.db.statements import Statement
from atelier.core.ids import new_id
from atelier.messaging.outbox.services import emit
from billing.models import Hold, HoldOutcome
from billing.services.transfers import LARGEST, check_amount, refusals

_PLACE = Statement("""
WITH posted AS (
    INSERT INTO billing_transfer
        (id, workspace_id, kind, debit_id, credit_id, amount, reference, note, idempotency_key, actor)
    SELECT %(transfer)s::text, debit.workspace_id, 'hold', debit.id, credit.id, %(amount)s::bigint,
        %(reference)s::text, '', 'hold:' || %(reference)s, %(actor)s::text
    FROM billing_account debit JOIN billing_account credit USING (workspace_id)
    WHERE workspace_id = %(workspace)s AND debit.kind = 'available' AND credit.kind = 'held'
    RETURNING id, workspace_id, reference, amount, debit_balance
), placed AS (
    INSERT INTO billing_hold (id, workspace_id, reference, amount, transfer_id)
    SELECT %(hold)s::text, workspace_id, reference, amount, id FROM posted
)
SELECT debit_balance FROM posted
""")


def place_hold(*, workspace_id: str, amount: int, reference: str, actor: str = "") -> str:
    """Move `amount` from available to held; returns the hold's id. One hold a reference. Run it in a transaction.

    Raises `InsufficientCredits` (with needed and available) and posts nothing if there is less, `LedgerMismatch`
    while a check of the ledger finds differences. Emits `credits.low` when the balance falls below the threshold.
    """
    check_amount(amount)
    hold_id = new_id("hld")
    values = {
        "transfer": new_id("trf"),
        "hold": hold_id,
        "workspace": workspace_id,
        "amount": amount,
        "reference": reference,
        "actor": actor,
    }
    with refusals(amount):
        row = _PLACE.first(values)
    if row is None:
        raise LookupError(f"workspace {workspace_id} has no accounts")
    crashpoint("hold.placed")
    _warn_when_low(workspace_id, hold_id, row[0], amount)
    return hold_id


def _warn_when_low(workspace_id: str, hold_id: str, balance: int, amount: int) -> None:
    """Emit `credits.low` if this hold took the balance below the threshold."""
    threshold = settings.ATELIER_LOW_CREDITS
    if balance < threshold <= balance + amount:
        with transaction.atomic():
            emit(
                "credits.low",
                subject=workspace_id,
                queue="",
                dedupe_key=f"{hold_id}:low",
                payload={"available": balance, "threshold": threshold},
            )


class HoldAlreadyResolved(Exception):
    """The hold ended before, with another amount."""


_END = Statement("""
SELECT hold_name, hold_workspace, hold_amount, already_captured
FROM billing_end_hold(%(reference)s, %(captured)s, %(expired)s, %(capture)s, %(release)s)
""")


def resolve_hold(*, reference: str, captured: int, expired: bool = False) -> HoldOutcome:
    """End the hold of `reference`: capture `captured` credits, release the rest. Opens a transaction if there is none.

    Idempotent: a repeat with the same `captured` returns the first outcome, another raises `HoldAlreadyResolved`.
    `captured` outside 0..amount raises ValueError, a reference without a hold `Hold.DoesNotExist`.
    `expired` marks a hold that was not ended in time.
    """
    if type(captured) is not int or not 0 <= captured <= LARGEST:
        raise ValueError(f"{captured!r} is not a whole number within the hold")
    values: dict[str, Any] = {
        "reference": reference,
        "captured": captured,
        "expired": expired,
        "capture": new_id("trf"),
        "release": new_id("trf"),
    }
    with refusals(captured):
        row = _END.first(values)
    assert row is not None  # a function's OUT columns are one row
    hold_id, workspace_id, amount, earlier = row
    if hold_id is None:
        raise Hold.DoesNotExist(f"nothing is held for {reference}")
    if captured > amount:
        raise ValueError(f"{captured} is not a whole number within the hold's 0..{amount}")
    if earlier is not None:
        return _repeat(hold_id, captured)
    crashpoint("hold.resolved")
    return _outcome(values, hold_id, workspace_id, amount)


def _outcome(values: dict[str, Any], hold_id: str, workspace_id: str, amount: int) -> HoldOutcome:
    """The row that the database function has inserted."""
    captured = values["captured"]
    return HoldOutcome(
        hold_id=hold_id,
        workspace_id=workspace_id,
        amount=amount,
        captured=captured,
        released=amount - captured,
        expired=values["expired"],
        capture_id=values["capture"] if captured else None,
        release_id=values["release"] if amount > captured else None,
    )


def _repeat(hold_id: str, captured: int) -> HoldOutcome:
    outcome = HoldOutcome.objects.get(hold_id=hold_id)
    if outcome.captured != captured:
        raise HoldAlreadyResolved(f"{outcome.hold_id} captured {outcome.captured}, not {captured}")
    return outcome


_FORGOTTEN = """
SELECT h.reference FROM billing_hold h LEFT JOIN billing_holdoutcome o ON o.hold_id = h.id
WHERE o.hold_id IS NULL AND h.created_at < clock_timestamp() - %s * interval '1 second'
ORDER BY h.workspace_id LIMIT 100
"""


def expire_holds() -> int:
    """Release holds older than ATELIER_HOLD_SECONDS, far beyond any deadline; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGOTTEN, [settings.ATELIER_HOLD_SECONDS])
        references = [reference for (reference,) in cursor.fetchall()]
    for reference in references:
        resolve_hold(reference=reference, captured=0, expired=True)
    return len(references)
