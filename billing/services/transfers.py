"""Posting transfers. The database checks them and updates the balances; its errors become ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, connection

from atelier.core.errors import AtelierError
from atelier.core.ids import new_id

SIDES = {
    "grant": ("granted", "available"),
    "hold": ("available", "held"),
    "capture": ("held", "earned"),
    "release": ("held", "available"),
    "refund": ("earned", "available"),
    "expire": ("available", "granted"),
    "adjust": ("granted", "available"),
    "deduct": ("available", "granted"),
}
LARGEST = 2**62
"""Sums of two amounts stay within PostgreSQL's bigint."""
OUT_OF_RANGE = "22003"
"""numeric_value_out_of_range (PostgreSQL manual, appendix A)."""

_POST = """
INSERT INTO billing_transfer
    (id, workspace_id, kind, debit_id, credit_id, amount, reference, note, idempotency_key, actor, expires_at)
SELECT %(id)s, %(workspace)s, %(kind)s, debit.id, credit.id, %(amount)s, %(reference)s, %(note)s, %(key)s, %(actor)s,
    %(expires_at)s
FROM billing_account debit, billing_account credit
WHERE debit.workspace_id = %(workspace)s AND debit.kind = %(debit)s
    AND credit.workspace_id = %(workspace)s AND credit.kind = %(credit)s
"""


class InsufficientCredits(AtelierError):
    code = "insufficient_credits"
    status = 402
    title = "Not enough credits"


class InvalidAmount(AtelierError):
    code = "invalid_amount"
    status = 400
    title = "An amount is a whole number of credits above zero"


class LedgerMismatch(AtelierError):
    """A check found that the books do not agree. Nothing new is accepted until they do; running work goes on."""

    code = "ledger_mismatch"
    status = 503
    title = "The books are being checked; nothing is accepted at the moment"


class RefundTooLarge(AtelierError):
    code = "refund_too_large"
    status = 409
    title = "More than was captured cannot be given back"


class NotApproved(AtelierError):
    code = "adjustment_not_approved"
    status = 409
    title = "The adjustment was not approved by a second person"


class BalanceTooLarge(AtelierError):
    """A balance would no longer fit PostgreSQL's bigint."""

    code = "balance_too_large"
    status = 409
    title = "The balance would grow beyond what can be counted"


def check_amount(amount: int) -> None:
    """Raises `InvalidAmount` for anything but a whole number in 1..2^62."""
    if type(amount) is not int or not 0 < amount <= LARGEST:
        raise InvalidAmount(f"Give a whole number of credits in 1..{LARGEST}.")


def post_transfer(
    *,
    workspace_id: str,
    kind: str,
    amount: int,
    reference: str,
    idempotency_key: str,
    note: str = "",
    actor: str = "",
    expires_at: datetime | None = None,
) -> str:
    """Post one transfer in the caller's transaction and return its id.

    Raises `InvalidAmount` for anything but a whole number in 1..2^62, `InsufficientCredits` (needed and available)
    when the debited account would go below its floor, `RefundTooLarge`, `NotApproved`, IntegrityError when the
    idempotency key was used before. Each aborts the transaction.
    """
    check_amount(amount)
    debit, credit = SIDES[kind]
    transfer_id = new_id("trf")
    values = {
        "id": transfer_id,
        "workspace": workspace_id,
        "kind": kind,
        "debit": debit,
        "credit": credit,
        "amount": amount,
        "reference": reference,
        "note": note,
        "key": idempotency_key,
        "actor": actor,
        "expires_at": expires_at,
    }
    _insert(values)
    return transfer_id


def _insert(values: dict[str, Any]) -> None:
    with refusals(values["amount"]), connection.cursor() as cursor:
        cursor.execute(_POST, values)
        if cursor.rowcount != 1:
            raise LookupError(f"workspace {values['workspace']} has no accounts")


@contextmanager
def refusals(amount: int) -> Iterator[None]:
    """Turns the database's errors on posting into ours; `amount` is the requested one."""
    try:
        yield
    except IntegrityError as error:
        refusal = _refusal(error, amount)
        if refusal is None:
            raise
        raise refusal from error
    except DataError as error:
        if getattr(getattr(error.__cause__, "diag", None), "sqlstate", None) != OUT_OF_RANGE:
            raise
        raise BalanceTooLarge(f"{amount} more credits would leave the range of 64 bits.") from error


def _refusal(error: IntegrityError, amount: int) -> AtelierError | None:
    diag: Any = getattr(error.__cause__, "diag", None)
    name = getattr(diag, "constraint_name", None)
    if name == "account_not_overdrawn":
        available = int(diag.message_detail or 0)  # the trigger puts the balance into the error's detail
        text = f"This needs {amount} credits and {available} are available."
        return InsufficientCredits(text, needed=amount, available=available)
    if name == "ledger_mismatch":
        return LedgerMismatch("Try again later; an operator was told.", headers={"Retry-After": "60"})
    if name == "refund_within_capture":
        return RefundTooLarge(f"{amount} credits are more than what was captured and not given back yet.")
    if name == "adjustment_approved":
        return NotApproved("Ask a second person to approve it first.")
    return None
