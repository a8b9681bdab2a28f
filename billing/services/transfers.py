"""Posting transfers. The database checks and books them; this turns its refusals into errors."""

from __future__ import annotations

from django.db import IntegrityError, connection

from atelier.core.errors import AtelierError
from atelier.core.ids import new_id

SIDES = {
    "grant": ("granted", "available"),
    "hold": ("available", "held"),
    "capture": ("held", "earned"),
    "release": ("held", "available"),
    "refund": ("earned", "available"),
}
LARGEST = 2**62
"""Sums of two amounts stay within PostgreSQL's bigint."""

_POST = """
INSERT INTO billing_transfer (id, workspace_id, kind, debit_id, credit_id, amount, reference, note, idempotency_key)
SELECT %(id)s, %(workspace)s, %(kind)s, debit.id, credit.id, %(amount)s, %(reference)s, %(note)s, %(key)s
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


def post_transfer(
    *, workspace_id: str, kind: str, amount: int, reference: str, idempotency_key: str, note: str = ""
) -> str:
    """Book one transfer in the caller's transaction and return its id.

    Raises `InvalidAmount` for anything but a whole number in 1..2^62, `InsufficientCredits` (needed and available)
    when the debited account would go below zero, IntegrityError when the idempotency key was used before. Either
    ends the transaction it happens in.
    """
    if type(amount) is not int or not 0 < amount <= LARGEST:
        raise InvalidAmount(f"{amount!r} is not a whole number of credits in 1..{LARGEST}.")
    debit, credit = SIDES[kind]
    transfer_id = new_id("trf")
    values = {
        "id": transfer_id, "workspace": workspace_id, "kind": kind, "debit": debit, "credit": credit,
        "amount": amount, "reference": reference, "note": note, "key": idempotency_key,
    }  # fmt: skip
    try:
        with connection.cursor() as cursor:
            cursor.execute(_POST, values)
            if cursor.rowcount != 1:
                raise LookupError(f"workspace {workspace_id} has no accounts")
    except IntegrityError as error:
        refusal = _refusal(error, amount)
        if refusal is None:
            raise
        raise refusal from error
    return transfer_id


def _refusal(error: IntegrityError, amount: int) -> InsufficientCredits | None:
    """The database's refusal of an overdraft as our error; it says in its detail what there is."""
    refused = getattr(error.__cause__, "diag", None)
    if refused is None or refused.constraint_name != "account_not_overdrawn":
        return None
    available = int(refused.message_detail or 0)
    text = f"This needs {amount} credits and {available} are available."
    return InsufficientCredits(text, needed=amount, available=available)
