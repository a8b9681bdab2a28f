"""GET /account/ledger and GET /account/usage."""

from __future__ import annotations

from dataclasses import astuple, fields
from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from atelier.accounts.api import ApiView, json_answer
from atelier.core.http.answers import rfc3339
from billing.api import operations
from billing.api.exports import csv_answer
from billing.api.parameters import cursor_of, limit_of, period_of, wants_csv
from billing.statements import Entry, Spent, entry_of, export_entries, get_statement, list_entries, list_usage

PERIOD = frozenset({"from", "to", "format"})


class LedgerView(ApiView):
    """The entries of a time and what there was at both ends of it."""

    needs = {"GET": "billing:read"}
    parameters = {"GET": PERIOD | {"limit", "cursor"}}

    @operations.ledger
    def get(self, request: Request) -> HttpResponseBase:
        query, workspace_id = request.query_params, self.caller.workspace.id
        period, limit, before = period_of(query), limit_of(query), cursor_of(query)
        if wants_csv(query):
            heading = [field.name for field in fields(Entry)]
            rows = export_entries(workspace_id, period.since, period.until, before)
            return csv_answer("ledger", heading, (_cells(entry_of(row)) for row in rows))
        page = list(list_entries(workspace_id, period.since, period.until, before)[: limit + 1])
        told = get_statement(workspace_id, period.since, period.until)
        return json_answer({
            "openingBalance": told.opening,
            "closingBalance": told.closing,
            "totals": {kind: {"credits": sum_, "transfers": count} for kind, (sum_, count) in told.totals.items()},
            "entries": [_describe(entry_of(row)) for row in page[:limit]],
            "nextCursor": str(page[limit - 1].chain_seq) if len(page) > limit else None,
        })  # fmt: skip


def _cells(entry: Entry) -> list[Any]:
    return [rfc3339(value) if hasattr(value, "astimezone") else value for value in astuple(entry)]


def _describe(entry: Entry) -> dict[str, Any]:
    return {
        "place": entry.place,
        "id": entry.id,
        "kind": entry.kind,
        "amount": entry.amount,
        "change": entry.change,
        "balance": entry.balance,
        "reference": entry.reference,
        "note": entry.note,
        "actor": entry.actor,
        "expiresAt": rfc3339(entry.expires_at),
        "createdAt": rfc3339(entry.created_at),
        "hash": entry.hash,
    }


class UsageView(ApiView):
    """What each key spent on each day."""

    needs = {"GET": "billing:read"}
    parameters = {"GET": PERIOD}

    @operations.usage
    def get(self, request: Request) -> HttpResponseBase:
        period = period_of(request.query_params)
        rows = list_usage(self.caller.workspace.id, period.since, period.until)
        if wants_csv(request.query_params):
            return csv_answer("usage", [field.name for field in fields(Spent)], (astuple(row) for row in rows))
        return json_answer({"usage": [_spent(row) for row in rows]})


def _spent(row: Spent) -> dict[str, Any]:
    return {
        "day": row.day.isoformat(),
        "actor": row.actor,
        "creditsCaptured": row.captured,
        "creditsRefunded": row.refunded,
        "deliveries": row.deliveries,
    }
