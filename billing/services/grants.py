"""Granting credits, and expiring the unused credits of a grant that has ended."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, connection, transaction

from atelier.core.crashpoints import crashpoint
from atelier.core.errors import InvalidRequest
from billing.lots import Movement, unspent
from billing.models import GrantEnd, Transfer
from billing.selectors import get_balance
from billing.services.transfers import post_transfer

SOURCES = ("grant", "renewal", "top_up", "promotion")
"""Reasons of a grant; the `reference` of its transfer."""


class IdempotencyKeyTaken(InvalidRequest):
    """The key was used for a grant of another amount, or to another workspace."""

    code = "grant_key_reused"
    title = "The key belongs to another grant"


def grant_credits(
    *,
    workspace_id: str,
    amount: int,
    idempotency_key: str,
    note: str = "",
    source: str = "grant",
    expires_at: datetime | None = None,
    actor: str = "",
) -> str:
    """Grant `amount` credits once per idempotency key; returns the transfer's id, on a repeat that of the first one.

    Credits that are unspent at `expires_at` expire. Raises `InvalidAmount`, and `IdempotencyKeyTaken` when the key was
    used for another amount or workspace.
    """
    if source not in SOURCES:
        raise ValueError(f"{source!r} is none of {SOURCES}")
    key, asked = f"grant:{idempotency_key}", (workspace_id, amount)
    try:
        with transaction.atomic():
            return _find(key, asked) or post_transfer(
                workspace_id=workspace_id,
                kind="grant",
                amount=amount,
                reference=source,
                idempotency_key=key,
                note=note,
                actor=actor,
                expires_at=expires_at,
            )
    except IntegrityError:  # another process has committed the same grant meanwhile
        first = _find(key, asked)
        if first is None:
            raise
        return first


def _find(key: str, asked: tuple[str, int]) -> str | None:
    found = Transfer.objects.filter(idempotency_key=key).values_list("id", "workspace_id", "amount").first()
    if found is None:
        return None
    if found[1:] != asked:
        raise IdempotencyKeyTaken("Use a new key for a new grant.")
    return found[0]


_ENDED = """
SELECT t.id FROM billing_transfer t LEFT JOIN billing_grantend e ON e.grant_id = t.id
WHERE t.expires_at <= clock_timestamp() AND e.grant_id IS NULL
ORDER BY t.workspace_id, t.expires_at, t.chain_seq LIMIT 100
"""


def expire_grants() -> int:
    """Expire the unspent credits of up to 100 ended grants; returns how many grants. Safe to run in parallel."""
    with connection.cursor() as cursor:
        cursor.execute(_ENDED)
        ended = [grant_id for (grant_id,) in cursor.fetchall()]
    for grant_id in ended:
        with transaction.atomic():
            _expire(grant_id)
    return len(ended)


def _expire(grant_id: str) -> None:
    grant = Transfer.objects.get(id=grant_id)
    _lock_ledger(grant.workspace_id)
    if GrantEnd.objects.filter(grant=grant).exists():  # by another scheduler meanwhile
        return
    left = min(_unspent(grant), max(0, get_balance(grant.workspace_id).available))
    transfer_id = None
    if left:
        transfer_id = post_transfer(
            workspace_id=grant.workspace_id,
            kind="expire",
            amount=left,
            reference=grant.id,
            idempotency_key=f"expire:{grant.id}",
            actor="scheduler",
        )
    crashpoint("expire.booked")
    GrantEnd.objects.bulk_create(
        [GrantEnd(grant=grant, workspace_id=grant.workspace_id, expired=left, transfer_id=transfer_id)]
    )


def _lock_ledger(workspace_id: str) -> None:
    """Until the end of the transaction no other transaction posts a transfer of this workspace."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT billing_lock_books(%s)", [workspace_id])


def _unspent(grant: Transfer) -> int:
    """Compute what is left of the grant from all transfers since the oldest grant that was valid beside it."""
    running = Transfer.objects.filter(
        workspace_id=grant.workspace_id, expires_at__gt=grant.created_at, chain_seq__lte=grant.chain_seq
    )
    first = running.order_by("chain_seq").values_list("chain_seq", flat=True).first() or grant.chain_seq
    rows = Transfer.objects.filter(workspace_id=grant.workspace_id, chain_seq__gte=first).order_by("chain_seq")
    fields = rows.values_list("id", "kind", "amount", "reference", "created_at", "expires_at")
    return unspent((Movement(*row) for row in fields.iterator()), grant.id)
