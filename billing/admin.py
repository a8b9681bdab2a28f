"""The ledger, read-only."""

from __future__ import annotations

from django.contrib import admin

from atelier.core.admin import ReadOnlyAdmin
from billing.models import Account, Hold, HoldOutcome, Transfer


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("workspace", "kind", "balance", "version")
    list_filter = ("kind",)
    search_fields = ("workspace__name", "workspace__id")
    list_select_related = ("workspace",)


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "workspace", "kind", "amount", "debit_balance", "credit_balance", "reference", "note")
    list_filter = ("kind",)
    search_fields = ("reference", "workspace__name", "idempotency_key")
    list_select_related = ("workspace",)
    ordering = ("-created_at",)


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "workspace", "amount", "reference", "ended")
    search_fields = ("reference", "workspace__name")
    list_select_related = ("workspace", "outcome")
    ordering = ("-created_at",)

    @admin.display(description="outcome")
    def ended(self, hold: Hold) -> HoldOutcome | str:
        return getattr(hold, "outcome", "open")
