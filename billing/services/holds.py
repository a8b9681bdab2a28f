"""Holds: credits set aside when work is accepted, captured for what is delivered, released for the rest."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from atelier.core.database import insert_row
from billing.models import Hold, HoldOutcome
from billing.services.transfers import InsufficientCredits, post_transfer


def place_hold(*, workspace_id: str, amount: int, reference: str) -> str:
    """Move `amount` from available to held; the hold's id. One hold a reference.

    Raises `InsufficientCredits` (with needed and available) and books nothing when there is less.
    """
    transfer_id = post_transfer(
        workspace_id=workspace_id, kind="hold", amount=amount, reference=reference, idempotency_key=f"hold:{reference}"
    )
    hold = Hold(workspace_id=workspace_id, reference=reference, amount=amount, transfer_id=transfer_id)
    insert_row(hold)
    return hold.id


def resolve_hold(*, reference: str, captured: int) -> HoldOutcome:
    """End the hold of `reference`: capture that much, release the rest. Run it inside a transaction.

    Ends once: a repeat returns the first outcome when it captured the same, and raises `HoldAlreadyResolved`
    when it did not. `captured` outside 0..amount raises ValueError.
    """
    hold = Hold.objects.select_related("outcome").get(reference=reference)
    if not 0 <= captured <= hold.amount:
        raise ValueError(f"{captured} is not within the hold's 0..{hold.amount}")
    if hasattr(hold, "outcome"):
        return _repeat(hold.outcome, captured)
    try:
        with transaction.atomic():
            return _end(hold, captured)
    except (IntegrityError, InsufficientCredits):  # ended by another in this moment; its credits may have left `held`
        return _repeat(HoldOutcome.objects.get(hold=hold), captured)


class HoldAlreadyResolved(Exception):
    """The hold ended before, with another amount."""


def _end(hold: Hold, captured: int) -> HoldOutcome:
    released = hold.amount - captured
    outcome = HoldOutcome(hold=hold, amount=hold.amount, captured=captured, released=released)
    if captured:
        outcome.capture_id = _post(hold, "capture", captured)
    if released:
        outcome.release_id = _post(hold, "release", released)
    HoldOutcome.objects.bulk_create([outcome])
    return outcome


def _post(hold: Hold, kind: str, amount: int) -> str:
    return post_transfer(
        workspace_id=hold.workspace_id, kind=kind, amount=amount, reference=hold.reference,
        idempotency_key=f"{kind}:{hold.id}",
    )  # fmt: skip


def _repeat(outcome: HoldOutcome, captured: int) -> HoldOutcome:
    if outcome.captured != captured:
        raise HoldAlreadyResolved(f"{outcome.hold_id} captured {outcome.captured}, not {captured}")
    return outcome
