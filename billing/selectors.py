"""Reading the books."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import BigIntegerField, F, QuerySet, Sum
from django.db.models.functions import Coalesce

from billing.models import Account, Transfer


@dataclass(frozen=True, slots=True)
class Balance:
    """Whole credits: what can be spent, and what is set aside for accepted work."""

    available: int
    held: int


def get_balance(workspace_id: str) -> Balance:
    """The workspace's spendable and held credits."""
    kinds = dict(
        Account.objects.filter(workspace_id=workspace_id, kind__in=("available", "held")).values_list("kind", "balance")
    )
    return Balance(kinds.get("available", 0), kinds.get("held", 0))


def trial_balance() -> int:
    """The sum of all balances: 0, or the books lie."""
    return Account.objects.aggregate(total=Coalesce(Sum("balance"), 0, output_field=BigIntegerField()))["total"]


def list_transfers(workspace_id: str) -> QuerySet[Transfer]:
    """The workspace's transfers, newest first."""
    return Transfer.objects.filter(workspace_id=workspace_id).order_by("-created_at", "-id")


def list_unbalanced_accounts() -> list[int]:
    """Ids of accounts whose balance is not what their transfers add up to: an empty list, or the books lie."""
    booked = Coalesce(Sum("credits__amount", distinct=False), 0)
    credited = dict(Account.objects.annotate(total=booked).values_list("id", "total"))
    debited = dict(Account.objects.annotate(total=Coalesce(Sum("debits__amount"), 0)).values_list("id", "total"))
    return [
        account_id
        for account_id, balance in Account.objects.values_list("id", F("balance"))
        if balance != credited[account_id] - debited[account_id]
    ]
