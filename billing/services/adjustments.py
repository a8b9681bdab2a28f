"""Adjustments by operators, with a reason, above ATELIER_ADJUST_ALONE credits with a second person; and refunds."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction

from atelier.audit.services import record
from atelier.core.crashpoints import crashpoint
from atelier.core.errors import Conflict, InvalidRequest, NotFound
from atelier.core.ids import new_id
from billing.models import Adjustment, AdjustmentDecision, Hold
from billing.services.transfers import check_amount, post_transfer


class ReasonMissing(InvalidRequest):
    code = "reason_missing"
    title = "An adjustment needs a reason"


class SecondPersonNeeded(Conflict):
    code = "second_person_needed"
    title = "Somebody else has to approve this adjustment"


class AlreadyDecided(Conflict):
    code = "adjustment_decided"
    title = "The adjustment was decided before"


class NothingCaptured(NotFound):
    def __init__(self, reference: str) -> None:
        super().__init__(f"Nothing was captured for {reference!r} in this workspace.")


def adjust_credits(
    *, workspace_id: str, amount: int, reason: str, actor: str, adjustment_id: str | None = None
) -> Adjustment:
    """Add (`amount` above zero) or take (below) credits: up to ATELIER_ADJUST_ALONE now, more once it is approved.

    `adjustment_id` (`adj_` and at most 28 characters) makes it idempotent: a repeat returns the first adjustment.
    Raises `InvalidAmount`, `ReasonMissing`, and `InsufficientCredits` when more is taken than there is.
    """
    check_amount(abs(amount) if type(amount) is int else amount)
    reason = reason.strip()
    if not reason or len(reason) > 200:
        raise ReasonMissing("Say in 1 to 200 characters why; the customer may read it.")
    with transaction.atomic():
        wanted = {
            "workspace_id": workspace_id,
            "amount": amount,
            "reason": reason,
            "asked_by": actor,
            "second_needed": abs(amount) > settings.ATELIER_ADJUST_ALONE,
        }
        asked, made = Adjustment.objects.get_or_create(id=adjustment_id or new_id("adj"), defaults=wanted)
        if not made:
            return asked
        if asked.second_needed:
            _record(asked, actor, "credits.adjustment_asked")
        else:
            _decide(asked, actor, approved=True)
    return asked


def decide_adjustment(*, adjustment_id: str, actor: str, approved: bool) -> None:
    """Approve or refuse an adjustment as its second person.

    Raises `SecondPersonNeeded`, `AlreadyDecided`, `InsufficientCredits`.
    """
    with transaction.atomic():
        asked = Adjustment.objects.get(id=adjustment_id)
        if approved and asked.asked_by == actor:
            raise SecondPersonNeeded("You asked for it yourself.")
        _decide(asked, actor, approved=approved)


def _decide(asked: Adjustment, actor: str, *, approved: bool) -> None:
    decision = AdjustmentDecision(
        adjustment=asked,
        workspace_id=asked.workspace_id,
        asked_by=asked.asked_by,
        second_needed=asked.second_needed,
        decided_by=actor,
        approved=approved,
    )
    try:
        with transaction.atomic():
            AdjustmentDecision.objects.bulk_create([decision])
    except IntegrityError as error:
        if AdjustmentDecision.objects.filter(adjustment=asked).exists():
            raise AlreadyDecided("Look at its entry in the ledger.") from error
        raise
    if approved:
        post_transfer(
            workspace_id=asked.workspace_id,
            kind="adjust" if asked.amount > 0 else "deduct",
            amount=abs(asked.amount),
            reference=asked.id,
            idempotency_key=f"adjust:{asked.id}",
            note=asked.reason,
            actor=actor,
        )
    crashpoint("adjust.booked")
    _record(asked, actor, "credits.adjusted" if approved else "credits.adjustment_refused")


def _record(asked: Adjustment, actor: str, action: str) -> None:
    record(
        workspace_id=asked.workspace_id, actor=actor, action=action, subject=asked.id, facts={"amount": asked.amount}
    )


def refund_credits(
    *, workspace_id: str, reference: str, amount: int, reason: str, actor: str, idempotency_key: str
) -> str:
    """Refund `amount` of the credits captured for `reference`, once per idempotency key; returns the transfer's id.

    Raises `InvalidAmount`, `ReasonMissing`, `NothingCaptured`, `RefundTooLarge` when all refunds together would be
    more than what was captured, IntegrityError when the key was used before.
    """
    check_amount(amount)
    if not reason.strip():
        raise ReasonMissing("Say why; the customer may read it.")
    if not Hold.objects.filter(workspace_id=workspace_id, reference=reference, outcome__captured__gt=0).exists():
        raise NothingCaptured(reference)
    with transaction.atomic():
        transfer_id = post_transfer(
            workspace_id=workspace_id,
            kind="refund",
            amount=amount,
            reference=reference,
            idempotency_key=f"refund:{idempotency_key}",
            note=reason[:200],
            actor=actor,
        )
        crashpoint("refund.booked")
        record(
            workspace_id=workspace_id,
            actor=actor,
            action="credits.refunded",
            subject=transfer_id,
            facts={"amount": amount, "reference": reference},
        )
    return transfer_id
