"""Reading the ledger: balances, transfers, and its consistency checks."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import BigIntegerField, QuerySet, Sum
from django.db.models.functions import Coalesce

from atelier.messaging.events import WebhookPayload
from atelier.messaging.outbox.models import OutboxMessage
from billing.models import Account, Transfer
from billing.rates import NoRateCard, Steps, get_steps

__all__ = [
    "Balance",
    "NoRateCard",
    "get_balance",
    "get_rate_steps",
    "get_webhook_payload",
    "list_broken_runs",
    "list_differences",
    "list_transfers",
    "list_unbalanced_accounts",
    "trial_balance",
]


@dataclass(frozen=True, slots=True)
class Balance:
    """Whole credits: available (below zero if there is a credit line), held for accepted work, and the credit line."""

    available: int
    held: int
    line: int = 0

    @property
    def spendable(self) -> int:
        """The largest amount of a hold."""
        return max(0, self.available + self.line)


def get_balance(workspace_id: str) -> Balance:
    """The workspace's spendable and held credits."""
    rows = Account.objects.filter(workspace_id=workspace_id, kind__in=("available", "held"))
    found = {kind: (balance, floor) for kind, balance, floor in rows.values_list("kind", "balance", "floor")}
    available, floor = found.get("available", (0, 0))
    return Balance(available, found.get("held", (0, 0))[0], -floor)


def get_webhook_payload(message: OutboxMessage) -> WebhookPayload:
    """The payload of `credits.low`: the workspace, its balance and the threshold at that time."""
    return WebhookPayload(message.subject, {"workspaceId": message.subject} | message.payload)


def trial_balance() -> int:
    """The sum of all balances; other than 0 the ledger is inconsistent."""
    return Account.objects.aggregate(total=Coalesce(Sum("balance"), 0, output_field=BigIntegerField()))["total"]


def list_transfers(workspace_id: str) -> QuerySet[Transfer]:
    """The workspace's transfers, newest first."""
    return Transfer.objects.filter(workspace_id=workspace_id).order_by("-chain_seq")


def get_rate_steps() -> Steps:
    """(largest size, credits) of the rate card in force, smallest first. Raises `NoRateCard`."""
    return get_steps()


_UNBALANCED = """
SELECT account.id FROM billing_account account LEFT JOIN (
    SELECT id, sum(amount) AS total FROM (
        SELECT credit_id AS id, sum(amount) AS amount FROM billing_transfer GROUP BY credit_id
        UNION ALL
        SELECT debit_id, -sum(amount) FROM billing_transfer GROUP BY debit_id
    ) sides GROUP BY id
) booked ON booked.id = account.id
WHERE account.balance <> coalesce(booked.total, 0) ORDER BY account.id
"""
_HELD_APART = """
SELECT count(*) FROM billing_account account LEFT JOIN (
    SELECT h.workspace_id, sum(h.amount) AS amount FROM billing_hold h
    LEFT JOIN billing_holdoutcome o ON o.hold_id = h.id WHERE o.hold_id IS NULL GROUP BY h.workspace_id
) open ON open.workspace_id = account.workspace_id
WHERE account.kind = 'held' AND account.balance <> coalesce(open.amount, 0)
"""
_BROKEN_RUNS = """
WITH entries AS (
    SELECT id, workspace_id, chain_seq, debit_id AS account, debit_version AS version, debit_balance AS balance,
        -amount AS change FROM billing_transfer
    UNION ALL
    SELECT id, workspace_id, chain_seq, credit_id, credit_version, credit_balance, amount FROM billing_transfer
), runs AS (
    SELECT *, lag(balance, 1, 0::bigint) OVER ages AS before, row_number() OVER ages AS expected FROM entries
    WINDOW ages AS (PARTITION BY account ORDER BY version)
)
SELECT workspace_id, chain_seq, id FROM runs WHERE balance <> before + change OR version <> expected
ORDER BY workspace_id, chain_seq LIMIT 100
"""


def list_unbalanced_accounts() -> list[int]:
    """Ids of accounts whose balance is not the sum of their transfers; there should be none."""
    with connection.cursor() as cursor:
        cursor.execute(_UNBALANCED)
        return [account_id for (account_id,) in cursor.fetchall()]


def list_differences() -> dict[str, int]:
    """Numbers of inconsistencies by check, all 0 in a consistent ledger. Run it in a REPEATABLE READ transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD_APART)
        apart = cursor.fetchone()[0]
    return {
        "trial_balance": trial_balance(),
        "unbalanced_accounts": len(list_unbalanced_accounts()),
        "held_unlike_open_holds": apart,
    }


def list_broken_runs() -> list[tuple[str, int, str]]:
    """(workspace, `chain_seq`, id) of transfers whose balance or version does not follow from the one before."""
    with connection.cursor() as cursor:
        cursor.execute(_BROKEN_RUNS)
        return cursor.fetchall()
