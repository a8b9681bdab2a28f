"""The list of API keys, and revoking them. Only the public part of a key is stored in the clear and shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from atelier.accounts.models import ApiKey
from atelier.accounts.services import revoke_api_key
from atelier.admin.audited import actor_of
from atelier.audit.services import record
from atelier.core.admin.durations import short_duration
from atelier.core.admin.lists import BigTableAdmin, ReadOnlyAdmin, badge, moment

STATES = {"active": "completed", "expired": "cancelled", "revoked": "failed"}


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state, state) for state in STATES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
        expired = Q(expires_at__lte=timezone.now())
        conditions = {
            "active": Q(revoked_at=None) & ~expired,
            "expired": Q(revoked_at=None) & expired,
            "revoked": Q(revoked_at__isnull=False),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin, BigTableAdmin):
    """Read-only: keys are issued on the page of a workspace."""

    list_display = ("name", "workspace", "shown", "state", "created", "used", "expires")
    list_filter = (StateFilter,)
    list_select_related = ("workspace",)
    ordering = ("-created_at",)
    sortable_by = ("created", "name")
    search_fields = ("name",)
    search_help_text = "A key's id or its eight public characters; else a part of its name or its workspace's."
    fields = ("id", "name", "workspace", "shown", "state", "created_at", "last_used_at", "expires_at", "revoked_at")
    readonly_fields = fields
    actions = ("revoke_selected",)

    def by_index(self, term: str) -> Q | None:
        if term.startswith("wsp_"):
            return Q(workspace_id=term)
        return Q(id=term) if term.startswith("key_") else None

    def by_reading(self, term: str) -> Q:
        return Q(lookup=term) | Q(name__icontains=term) | Q(workspace__name__icontains=term)

    @admin.display(description="key")
    def shown(self, key: ApiKey) -> SafeString:
        return format_html('<span class="id">atl_live_{}_…</span>', key.lookup)

    @admin.display(description="state")
    def state(self, key: ApiKey) -> SafeString:
        expired = key.expires_at is not None and key.expires_at <= timezone.now()
        name = "revoked" if key.revoked_at else "expired" if expired else "active"
        return badge(name, STATES[name])

    @admin.display(description="created (UTC)", ordering="created_at")
    def created(self, key: ApiKey) -> SafeString | str:
        return moment(key.created_at)

    @admin.display(description="expires (UTC)")
    def expires(self, key: ApiKey) -> SafeString | str:
        return moment(key.expires_at)

    @admin.display(description="last used")
    def used(self, key: ApiKey) -> str:
        return "never" if key.last_used_at is None else f"{short_duration(timezone.now() - key.last_used_at)} ago"

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may revoke: the permission `change api key`."""
        return request.user.has_perm("accounts.change_apikey")

    @admin.action(description="Revoke selected keys", permissions=["operate"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> HttpResponse | None:
        """Revoke after a confirmation page: it cannot be undone."""
        keys = list(queryset.filter(revoked_at=None).select_related("workspace"))
        if not keys:
            messages.info(request, "All selected keys are revoked already.")
        elif request.POST.get("confirmed"):
            for key in keys:
                revoke(request, key)
            messages.success(request, f"Revoked: {', '.join(str(key) for key in keys)}.")
        else:
            context = {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "keys": keys,
                "title": "Revoke API keys",
                "media": self.media,
            }
            return TemplateResponse(request, "admin/accounts/revoke_keys.html", context)
        return None


def revoke(request: HttpRequest, key: ApiKey) -> None:
    """Revoke the key and write an audit entry, in one transaction."""
    with transaction.atomic():
        revoke_api_key(key_id=key.id)
        record(workspace_id=key.workspace_id, actor=actor_of(request), action="api_key.revoked", subject=key.id)
