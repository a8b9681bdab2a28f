"""The audit trail, to read and search."""

from __future__ import annotations

from django.contrib import admin

from atelier.audit.models import AuditEntry
from atelier.core.admin import ReadOnlyAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "workspace", "actor", "action", "subject")
    list_filter = ("action",)
    search_fields = ("subject", "actor", "workspace__name")
    list_select_related = ("workspace",)
    show_full_result_count = False
