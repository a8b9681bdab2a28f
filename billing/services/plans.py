"""The monthly credits of the tiers, granted once a calendar month (UTC) and valid until its end."""

from __future__ import annotations

from django.db import connection, transaction

from atelier.accounts.models import get_tiers
from atelier.accounts.selectors import get_tier
from atelier.audit.services import record
from atelier.core.crashpoints import crashpoint
from billing.services.grants import grant_credits

_DUE = """
WITH month AS (
    SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM') AS name,
        (date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC' AS ends_at
)
SELECT w.id, month.name, month.ends_at FROM accounts_workspace w CROSS JOIN month
WHERE w.suspended_at IS NULL AND w.tier = ANY(%s) AND NOT EXISTS (
    SELECT 1 FROM billing_transfer t WHERE t.idempotency_key = 'grant:renewal:' || w.id || ':' || month.name
) ORDER BY w.id LIMIT 500
"""


def renew_plans() -> int:
    """Grant every workspace this month's credits of its tier, once; returns how many. Safe to run in parallel.

    They end with the month. After a change of the tier, the new amount is granted from the next month on.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [_paying_tiers()])
        due = cursor.fetchall()
    for workspace_id, month, ends_at in due:
        with transaction.atomic():
            credits = get_tier(workspace_id).credits_per_month
            if credits:
                transfer_id = grant_credits(
                    workspace_id=workspace_id,
                    amount=credits,
                    idempotency_key=f"renewal:{workspace_id}:{month}",
                    source="renewal",
                    note=month,
                    expires_at=ends_at,
                    actor="scheduler",
                )
                crashpoint("renewal.granted")
                record(
                    workspace_id=workspace_id,
                    actor="scheduler",
                    action="credits.renewed",
                    subject=transfer_id,
                    facts={"amount": credits, "month": month},
                )
    return len(due)


def _paying_tiers() -> list[str]:
    return [tier.name for tier in get_tiers().values() if tier.credits_per_month]
