"""Tiers: what each costs and allows, changed without a deployment."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from atelier.accounts.models import TierTerms
from atelier.admin.audited import AuditedAdmin

FIGURES = tuple(field.name for field in TierTerms._meta.concrete_fields if not field.primary_key)


@admin.register(TierTerms)
class TierTermsAdmin(AuditedAdmin):
    """The three are there from the start; which tiers there are is written in the queues' names."""

    audited_as = "tier"
    audited_values = FIGURES
    list_display = ("name", *FIGURES)
    readonly_fields = ("name",)
    ordering = ("weight",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
