"""The audit trail, to read and search."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from atelier.audit.models import AuditEntry
from atelier.core.admin import BigTableAdmin, ReadOnlyAdmin, moment, newest


class ActionFilter(admin.SimpleListFilter):
    """The first word of an action, among the newest rows. The list is fixed: distinct actions cost a whole scan."""

    title = "subject, newest 100,000"
    parameter_name = "about"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kinds = ("generation", "workspace", "credits", "api_key", "user", "group")
        return [(kind, kind.replace("_", " ")) for kind in kinds]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        kind = self.value()
        return newest(queryset, "id").filter(action__startswith=f"{kind}.") if kind else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin, BigTableAdmin):
    list_display = ("at", "actor", "action", "subject", "workspace", "facts")
    list_filter = (ActionFilter,)
    search_fields = ("subject",)
    search_help_text = (
        "A workspace's id; else a subject, an actor, an action or a workspace's name in the newest 100,000 rows."
    )
    list_select_related = ("workspace",)
    ordering = ("-id",)
    sortable_by = ()
    newest_by = "id"

    def by_index(self, term: str) -> Q | None:
        return Q(workspace_id=term) if term.startswith("wsp_") else None

    def by_reading(self, term: str) -> Q:
        return Q(subject=term) | Q(actor=term) | Q(action=term) | Q(workspace__name__icontains=term)

    @admin.display(description="time (UTC)")
    def at(self, entry: AuditEntry) -> SafeString | str:
        return moment(entry.created_at)
