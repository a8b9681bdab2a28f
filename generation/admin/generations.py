"""The list and the pages of generations."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from atelier.accounts.models import Workspace
from atelier.core.admin.durations import short_duration
from atelier.core.admin.lists import BigTableAdmin, ReadOnlyAdmin, badge
from generation.admin import actions
from generation.admin.filters import CreatedFilter, KindFilter, ModelFilter, QueueFilter, StatusFilter
from generation.admin.page import build_page
from generation.models import Generation
from generation.pipeline import lifecycle

NOTHING = "–"
WORDS = 5
"""Words of a search that are looked for in prompts; the rest is ignored."""


@admin.register(Generation)
class GenerationAdmin(ReadOnlyAdmin, BigTableAdmin):
    """Looked at here, never edited: cancel and retry go through the services that clients use."""

    list_display = (
        "name",
        "workspace_link",
        "kind",
        "state",
        "progress",
        "queue",
        "attempts",
        "credits",
        "age",
        "duration",
    )
    list_filter = (StatusFilter, KindFilter, QueueFilter, ModelFilter, CreatedFilter)
    list_select_related = ("workspace",)
    ordering = ("-created_at",)
    sortable_by = ("age",)
    search_fields = ("id",)
    search_help_text = (
        "An id or its beginning, a workspace's id or full name; other words are looked for in the newest "
        "100,000 prompts of what is filtered."
    )
    actions = ("cancel_selected", "retry_selected")
    change_form_template = "admin/generation/generation_page.html"

    class Media:
        js = ["atelier/live.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Generation]:
        queryset = super().get_queryset(request)
        on_list = getattr(request.resolver_match, "url_name", "").endswith("changelist")
        return queryset.defer("spec", "facts") if on_list else queryset

    def by_index(self, term: str) -> Q | None:
        if term.startswith("gen_"):
            return Q(id__startswith=term)
        if term.startswith("wsp_"):
            return Q(workspace_id=term)
        workspace = Workspace.objects.filter(name__iexact=term).values_list("id", flat=True).first()
        return None if workspace is None else Q(workspace_id=workspace)

    def by_reading(self, term: str) -> Q:
        condition = Q()
        for word in term.split()[:WORDS]:
            condition &= Q(request__prompt__icontains=word)
        return condition

    # Columns

    @admin.display(description="generation")
    def name(self, generation: Generation) -> SafeString:
        prompt = Truncator(str(generation.request.get("prompt", ""))).chars(70)
        return format_html('<span class="id">{}</span><span class="below">{}</span>', generation.id, prompt)

    @admin.display(description="workspace")
    def workspace_link(self, generation: Generation) -> SafeString:
        url = reverse("admin:accounts_workspace_change", args=[generation.workspace_id])
        return format_html('<a href="{}">{}</a>', url, generation.workspace)

    @admin.display(description="status")
    def state(self, generation: Generation) -> SafeString:
        asked = generation.cancel_requested_at is not None and not generation.is_terminal
        return badge("cancelling" if asked else generation.status, "cancelled" if asked else generation.status)

    @admin.display(description="stage")
    def progress(self, generation: Generation) -> SafeString | str:
        if generation.status == lifecycle.RUNNING:
            return _progress_bar(generation)
        if generation.error_code:
            return format_html(
                '<span class="error" title="{}">{}</span>', generation.error_message, generation.error_code
            )
        return NOTHING if generation.status == lifecycle.COMPLETED else generation.stage or NOTHING

    @admin.display(description="attempt")
    def attempts(self, generation: Generation) -> int:
        return generation.attempt

    @admin.display(description="credits")
    def credits(self, generation: Generation) -> SafeString:
        used, held = generation.credits_used, generation.credits_held
        return format_html('<span title="{} used of {} held">{} / {}</span>', used, held, used, held)

    @admin.display(description="age", ordering="created_at")
    def age(self, generation: Generation) -> SafeString:
        span = short_duration(timezone.now() - generation.created_at)
        return format_html('<time title="{}">{}</time>', generation.created_at.isoformat(timespec="seconds"), span)

    @admin.display(description="duration")
    def duration(self, generation: Generation) -> str:
        """From its first start to its end, or until now."""
        if generation.started_at is None:
            return NOTHING
        return short_duration((generation.completed_at or timezone.now()) - generation.started_at)

    # Actions

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may cancel and retry: the permission `change generation`, which allows nothing else here."""
        return request.user.has_perm("generation.change_generation")

    @admin.action(description="Cancel selected generations", permissions=["operate"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Generation]) -> None:
        actions.each(request, queryset, actions.cancel)

    @admin.action(description="Retry selected generations", permissions=["operate"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[Generation]) -> None:
        actions.each(request, queryset, actions.retry)

    # Pages

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<str:object_id>/cancel/", view(self.cancel_one), name="generation_generation_cancel"),
            path("<str:object_id>/retry/", view(self.retry_one), name="generation_generation_retry"),
            *super().get_urls(),
        ]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Generation | None = None,
    ) -> HttpResponse:
        if obj is not None:
            context |= {
                "page": build_page(obj),
                "state": self.state(obj),
                "progress": self.progress(obj),
                "duration": self.duration(obj),
                "may_operate": self.has_operate_permission(request),
                "token": uuid.uuid4().hex,
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def cancel_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The button `Cancel` of a page."""
        generation = self._operated(request, object_id)
        if generation is None:
            return HttpResponseNotAllowed(["POST"])
        actions.show(request, actions.cancel(generation, actions.actor_of(request)))
        return HttpResponseRedirect(reverse("admin:generation_generation_change", args=[object_id]))

    def retry_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The button `Retry` of a page; leads to the new generation."""
        generation = self._operated(request, object_id)
        if generation is None:
            return HttpResponseNotAllowed(["POST"])
        outcome = actions.retry(generation, actions.actor_of(request), token=request.POST.get("token", ""))
        actions.show(request, outcome)
        return HttpResponseRedirect(reverse("admin:generation_generation_change", args=[outcome.new_id or object_id]))

    def _operated(self, request: HttpRequest, object_id: str) -> Generation | None:
        """The generation that a button names; None when the request is no POST. Raises PermissionDenied, Http404."""
        if not self.has_operate_permission(request):
            raise PermissionDenied
        return get_object_or_404(Generation, id=object_id) if request.method == "POST" else None


def _progress_bar(generation: Generation) -> SafeString:
    if not generation.steps:
        return format_html("{} …", generation.stage)
    return format_html(
        '{} <progress max="{}" value="{}"></progress> {}/{}',
        generation.stage,
        generation.steps,
        generation.step,
        generation.step,
        generation.steps,
    )
