"""GET /account/ledger and GET /account/usage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, fields
from datetime import datetime
from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from atelier.accounts.api import ApiView, json_answer
from atelier.core.http.negotiation import CSV, JSON
from atelier.core.http.paging import encode_cursor, limit_of, number_of, take_page
from atelier.core.http.times import rfc3339
from billing.api import operations
from billing.api.bodies import Ledger, UsageOfDay, UsageReport
from billing.api.exports import csv_answer
from billing.api.parameters import DEFAULT_LIMIT, MAX_LIMIT, Period, period_of, wants_csv
from billing.statements import Entry, Spent, entry_of, get_statement, list_entries, list_usage

PERIOD = frozenset({"from", "to", "format"})
CSV_PAGE = 1000
"""Rows that are read at once."""


class LedgerView(ApiView):
    """The entries of a time and what there was at both ends of it."""

    needs = {"GET": "billing:read"}
    parameters = {"GET": PERIOD | {"limit", "cursor"}}
    offers = (JSON, CSV)

    @operations.ledger
    def get(self, request: Request) -> HttpResponseBase:
        query, workspace_id = request.query_params, self.caller.workspace.id
        period, limit, before = period_of(query), limit_of(query, DEFAULT_LIMIT, MAX_LIMIT), number_of(query)
        if wants_csv(query, request.accepted_media_type):
            return csv_answer("ledger", [field.name for field in fields(Entry)], _pages(workspace_id, period, before))
        rows = list_entries(workspace_id, period.since, period.until, before)
        page = take_page(rows, limit, lambda row: encode_cursor(str(row.chain_seq)))
        statement = get_statement(workspace_id, period.since, period.until)
        return json_answer(Ledger.of(statement, [entry_of(row) for row in page.rows], page.next_cursor))


def _pages(workspace_id: str, period: Period, before: int | None) -> Iterator[list[list[Any]]]:
    """The entries, newest first, by one query a page: nothing of the database is held between two pages."""
    while rows := list(list_entries(workspace_id, period.since, period.until, before)[:CSV_PAGE]):
        yield [_cells(entry_of(row)) for row in rows]
        before = rows[-1].chain_seq


def _cells(entry: Entry) -> list[Any]:
    return [rfc3339(value) if isinstance(value, datetime) else value for value in astuple(entry)]


class UsageView(ApiView):
    """What each key spent on each day."""

    needs = {"GET": "billing:read"}
    parameters = {"GET": PERIOD}
    offers = (JSON, CSV)

    @operations.usage
    def get(self, request: Request) -> HttpResponseBase:
        period = period_of(request.query_params)
        rows = list_usage(self.caller.workspace.id, period.since, period.until)
        if wants_csv(request.query_params, request.accepted_media_type):
            return csv_answer("usage", [field.name for field in fields(Spent)], [[astuple(row) for row in rows]])
        return json_answer(UsageReport(usage=[UsageOfDay.of(row) for row in rows]))
