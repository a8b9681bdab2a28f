"""The terms of the tiers (credits, limits), which can be changed without a deployment."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from atelier.accounts.models import TierTerms
from atelier.admin.audited import AuditedAdmin

FIGURES = tuple(field.name for field in TierTerms._meta.concrete_fields if not field.primary_key)


@admin.register(TierTerms)
class TierTermsAdmin(AuditedAdmin):
    """Migrations create the three tiers. None can be added here: a tier needs queues of its own."""

    audited_as = "tier"
    audited_values = FIGURES
    list_display = ("name", *FIGURES)
    readonly_fields = ("name",)
    ordering = ("weight",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
