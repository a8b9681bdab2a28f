"""What operators see: endpoints, deliveries with every attempt, and the dead letters, which they send again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from atelier.core.admin.lists import BigTableAdmin, ReadOnlyAdmin, badge, moment
from webhooks.models import ACTIVE, Attempt, DeadLetter, Delivery, Endpoint
from webhooks.services.replaying import replay_dead_letters

_KINDS = {
    "delivered": "completed",
    "pending": "queued",
    "sending": "running",
    "dead": "failed",
    "cancelled": "cancelled",
}


class WebhookAdmin(ReadOnlyAdmin, BigTableAdmin):
    """A list that is found by ids."""

    search_help_text = "The id of a workspace, an endpoint, a delivery or an event."
    list_select_related: Any = ("workspace",)
    prefixes: dict[str, str] = {"wsp_": "workspace_id"}

    def by_index(self, term: str) -> Q | None:
        return next((Q(**{name: term}) for prefix, name in self.prefixes.items() if term.startswith(prefix)), None)

    def by_reading(self, term: str) -> Q:
        return Q(workspace__name__icontains=term)


@admin.register(Endpoint)
class EndpointAdmin(WebhookAdmin):
    list_display = ("id", "workspace", "url", "state", "disabled_reason", "failing", "at")
    list_filter = ("status",)
    search_fields = ("id",)
    ordering = ("-created_at",)
    prefixes = {"wsp_": "workspace_id", "whk_": "id", "gen_": "source_id"}
    exclude = ("keys", "previous_keys", "headers")

    @admin.display(description="state")
    def state(self, row: Endpoint) -> SafeString:
        return badge(row.status, "completed" if row.status == ACTIVE else "failed")

    @admin.display(description="failing since (UTC)", ordering="failing_since")
    def failing(self, row: Endpoint) -> SafeString | str:
        return moment(row.failing_since)

    @admin.display(description="created (UTC)", ordering="created_at")
    def at(self, row: Endpoint) -> SafeString | str:
        return moment(row.created_at)


class AttemptInline(admin.TabularInline):
    """Every send of a delivery."""

    model = Attempt
    fields = readonly_fields = (
        "number",
        "created_at",
        "outcome",
        "status",
        "duration_ms",
        "address",
        "detail",
        "answer",
    )
    ordering = ("number",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Delivery)
class DeliveryAdmin(WebhookAdmin):
    list_display = ("id", "at", "state", "attempts", "event_type", "endpoint", "workspace")
    list_filter = ("status",)
    list_select_related = ("workspace", "event", "endpoint")
    search_fields = ("id",)
    ordering = ("-created_at",)
    prefixes = {"wsp_": "workspace_id", "dlv_": "id", "evt_": "event_id", "whk_": "endpoint_id"}
    inlines = [AttemptInline]

    @admin.display(description="state")
    def state(self, row: Delivery) -> SafeString:
        return badge(row.status, _KINDS[row.status])

    @admin.display(description="event")
    def event_type(self, row: Delivery) -> str:
        return row.event.type

    @admin.display(description="created (UTC)", ordering="created_at")
    def at(self, row: Delivery) -> SafeString | str:
        return moment(row.created_at)


@admin.register(DeadLetter)
class DeadLetterAdmin(WebhookAdmin):
    list_display = ("delivery", "at", "reason", "endpoint_url", "workspace", "told", "replayed")
    list_select_related = ("workspace", "delivery__endpoint")
    search_fields = ("delivery__id",)
    ordering = ("-parked_at",)
    newest_by = "parked_at"
    prefixes = {"wsp_": "workspace_id", "dlv_": "delivery_id", "whk_": "delivery__endpoint_id"}
    actions = ["send_again"]

    @admin.display(description="given up (UTC)", ordering="parked_at")
    def at(self, row: DeadLetter) -> SafeString | str:
        return moment(row.parked_at)

    @admin.display(description="endpoint")
    def endpoint_url(self, row: DeadLetter) -> str:
        return row.delivery.endpoint.url

    @admin.display(description="operators told (UTC)")
    def told(self, row: DeadLetter) -> SafeString | str:
        return moment(row.alerted_at)

    @admin.display(description="sent again (UTC)")
    def replayed(self, row: DeadLetter) -> SafeString | str:
        return moment(row.replayed_at)

    @admin.action(description="Send again, with the same ids")
    def send_again(self, request: HttpRequest, queryset: QuerySet[DeadLetter]) -> None:
        chosen = list(queryset.values_list("delivery_id", flat=True))
        sent = replay_dead_letters(chosen, f"user:{request.user.pk}")
        stayed = len(chosen) - sent
        self.message_user(request, f"{sent} deliveries are on their way again.", messages.SUCCESS)
        if stayed:
            words = f"{stayed} stay: they are not parked any more, or their endpoint is disabled or deleted."
            self.message_user(request, words, messages.WARNING)
