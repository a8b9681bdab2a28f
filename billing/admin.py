"""Read-only admin of the ledger, with the trial balance above its lists."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from atelier.core.admin.lists import BigTableAdmin, ReadOnlyAdmin, badge, moment
from atelier.core.admin.times import TimeRange
from billing.models import Account, Hold, HoldOutcome, Transfer
from billing.selectors import trial_balance


class LedgerAdmin(ReadOnlyAdmin, BigTableAdmin):
    """A list with the trial balance above it."""

    change_list_template = "admin/billing/ledger_list.html"
    list_select_related: Any = ("workspace",)

    @admin.display(description="time (UTC)", ordering="created_at")
    def at(self, row: Any) -> SafeString | str:
        return moment(row.created_at)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "trial_balance": trial_balance()})

    def by_index(self, term: str) -> Q | None:
        return Q(workspace_id=term) if term.startswith("wsp_") else None

    def by_reading(self, term: str) -> Q:
        return Q(workspace__name__icontains=term)


@admin.register(Account)
class AccountAdmin(LedgerAdmin):
    list_display = ("workspace", "kind", "balance", "floor", "version")
    list_filter = ("kind",)
    search_fields = ("workspace__name",)
    search_help_text = "A workspace's id, or a part of its name."
    ordering = ("workspace", "id")
    newest_by = "id"


@admin.register(Transfer)
class TransferAdmin(LedgerAdmin):
    list_display = (
        "at",
        "kind",
        "amount",
        "workspace",
        "reference",
        "debit_balance",
        "credit_balance",
        "actor",
        "note",
    )
    sortable_by = ("at",)
    list_filter = ("kind", ("created_at", TimeRange))
    search_fields = ("reference",)
    search_help_text = "A generation's or a workspace's id; else references, keys and names in the newest 100,000 rows."
    ordering = ("-created_at",)

    def by_index(self, term: str) -> Q | None:
        hold = Hold.objects.select_related("outcome").filter(reference=term).first()
        return super().by_index(term) if hold is None else Q(id__in=list_transfer_ids(hold))

    def by_reading(self, term: str) -> Q:
        return Q(reference=term) | Q(idempotency_key=term) | super().by_reading(term)


@admin.register(Hold)
class HoldAdmin(LedgerAdmin):
    list_display = ("at", "amount", "workspace", "reference", "ended")
    sortable_by = ("at",)
    list_filter = (("created_at", TimeRange),)
    search_fields = ("reference",)
    search_help_text = "A generation's or a workspace's id, or a part of the workspace's name."
    list_select_related = ("workspace", "outcome")
    ordering = ("-created_at",)
    readonly_fields = ("ended",)

    def by_index(self, term: str) -> Q | None:
        return Q(reference=term) if term.startswith("gen_") else super().by_index(term)

    @admin.display(description="outcome")
    def ended(self, hold: Hold) -> SafeString:
        outcome = getattr(hold, "outcome", None)
        return badge("open", "running") if outcome is None else badge(_in_words(outcome), "completed")


def list_transfer_ids(hold: Hold) -> list[str]:
    """Ids of the transfers of a hold and of its outcome."""
    outcome = getattr(hold, "outcome", None)
    ends = [outcome.capture_id, outcome.release_id] if outcome else []
    return [transfer_id for transfer_id in (hold.transfer_id, *ends) if transfer_id]


def _in_words(outcome: HoldOutcome) -> str:
    parts = [(outcome.captured, "captured"), (outcome.released, "released")]
    return ", ".join(f"{amount} {word}" for amount, word in parts if amount)
