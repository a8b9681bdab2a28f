"""Giving credits to a workspace."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from billing.models import Transfer
from billing.services.transfers import post_transfer


def grant_credits(*, workspace_id: str, amount: int, idempotency_key: str, note: str = "") -> str:
    """Grant `amount` credits once per idempotency key; the transfer's id, the first one's on a repeat."""
    key = f"grant:{idempotency_key}"
    try:
        with transaction.atomic():
            return _find(key) or post_transfer(
                workspace_id=workspace_id,
                kind="grant",
                amount=amount,
                reference="grant",
                idempotency_key=key,
                note=note,
            )
    except IntegrityError:  # the same grant, committed by another process in this moment
        first = _find(key)
        if first is None:
            raise
        return first


def _find(key: str) -> str | None:
    return Transfer.objects.filter(idempotency_key=key).values_list("id", flat=True).first()
