"""Giving credits to a workspace."""

from __future__ import annotations

from billing.models import Transfer
from billing.services.transfers import post_transfer


def grant_credits(*, workspace_id: str, amount: int, idempotency_key: str, note: str = "") -> str:
    """Grant `amount` credits once per idempotency key; the transfer's id, the first one's on a repeat."""
    earlier = Transfer.objects.filter(idempotency_key=f"grant:{idempotency_key}").values_list("id", flat=True).first()
    return earlier or post_transfer(
        workspace_id=workspace_id, kind="grant", amount=amount, reference="grant",
        idempotency_key=f"grant:{idempotency_key}", note=note,
    )  # fmt: skip
