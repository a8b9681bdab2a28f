"""Read-only admin of the audit trail, with search."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.safestring import SafeString

from atelier.audit.models import AuditEntry
from atelier.audit.search import HELP, read_search
from atelier.core.admin.lists import BigTableAdmin, ReadOnlyAdmin, moment, newest
from atelier.core.admin.times import SINCE, UNTIL, TimeRange


class ActionFilter(admin.SimpleListFilter):
    """Filters the newest rows by the first word of the action. The choices are fixed: DISTINCT needs a full scan."""

    title = "subject, newest 100,000"
    parameter_name = "about"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kinds = (
            "generation",
            "workspace",
            "credits",
            "api_key",
            "member",
            "webhook_endpoint",
            "rates",
            "tier",
            "credit_line",
            "user",
            "group",
            "second_factor",
            "ledger",
        )
        return [(kind, kind.replace("_", " ")) for kind in kinds]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        kind = self.value()
        return newest(queryset, "id").filter(action__startswith=f"{kind}.") if kind else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin, BigTableAdmin):
    list_display = ("at", "actor", "action", "subject", "workspace", "facts")
    list_filter = (("created_at", TimeRange), ActionFilter)
    search_fields = ("subject",)
    search_help_text = HELP
    list_select_related = ("workspace",)
    sortable_by = ()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """By time if the list is filtered by time, else by id, so that an index serves either."""
        return ("-created_at", "-id") if request.GET.get(SINCE) or request.GET.get(UNTIL) else ("-id",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        search = read_search(search_term)
        found = queryset.filter(search.indexed)
        if search.read:
            by = self.get_ordering(request)[0].removeprefix("-")
            found = newest(found, by).alias(facts_text=Cast("facts", TextField())).filter(search.read)
        return found, False

    @admin.display(description="time (UTC)")
    def at(self, entry: AuditEntry) -> SafeString | str:
        return moment(entry.created_at)
