"""Admin of workspaces: create, rename, change the tier, suspend, grant credits, issue API keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from atelier.accounts.models import Membership, Workspace, get_tiers
from atelier.admin.audited import AuditedAdmin
from atelier.admin.credits import adjust_view, grant_view, issue_key_view, refund_view
from atelier.admin.figures import list_figures
from atelier.admin.usage import read_usage
from atelier.core.admin.lists import BigTableAdmin, badge, moment

GRANT, ISSUE_KEY = "billing.add_transfer", "accounts.add_apikey"
"""The permissions for granting credits and for issuing API keys."""


class WorkspaceForm(ModelForm):
    """`suspended` is a checkbox; `suspended_at` is the time at which it was ticked."""

    suspended = forms.BooleanField(required=False, help_text="Its API keys are refused until the tick is taken away.")

    class Meta:
        model = Workspace
        fields = ("name", "tier")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["suspended"] = self.instance.suspended_at is not None

    def save(self, commit: bool = True) -> Workspace:
        if "suspended" in self.changed_data:
            self.instance.suspended_at = timezone.now() if self.cleaned_data["suspended"] else None
        return super().save(commit)


class FiguresChangeList(ChangeList):
    """Reads the figures of all rows of a page at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: list[Workspace] = list(self.result_list)
        figures = list_figures(workspace.pk for workspace in self.result_list)
        for workspace in self.result_list:
            workspace.figures = figures[workspace.pk]


class SuspendedFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("active", "active"), ("suspended", "suspended")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Workspace]) -> QuerySet[Workspace]:
        chosen = self.value()
        return queryset.filter(suspended_at__isnull=chosen == "active") if chosen else queryset


class MembershipInline(admin.TabularInline):
    model = Membership
    fields = ("user", "role")
    raw_id_fields = ("user",)
    extra = 0
    verbose_name_plural = "people who may use its pages"


@admin.register(Workspace)
class WorkspaceAdmin(AuditedAdmin, BigTableAdmin):
    """A workspace cannot be deleted: its accounts and transfers refer to it."""

    audited_as = "workspace"
    audited_values = ("tier", "suspended")
    form = WorkspaceForm
    fields = ("name", "tier", "suspended")
    inlines = (MembershipInline,)
    list_display = ("name", "tier_name", "available", "held", "live", "created", "shown_id")
    list_filter = ("tier", SuspendedFilter)
    ordering = ("-created_at",)
    sortable_by = ("name", "created")
    search_fields = ("name",)
    search_help_text = "An id, or a part of the name."
    actions = ("grant_credits", "adjust_credits", "issue_api_key")
    change_form_template = "admin/accounts/workspace_form.html"

    def workspace_of(self, record: Any) -> str | None:
        return record.pk

    def by_index(self, term: str) -> Q | None:
        return Q(id=term) if term.startswith("wsp_") else None

    def by_reading(self, term: str) -> Q:
        return Q(name__icontains=term)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return FiguresChangeList

    # Columns

    @admin.display(description="tier", ordering="tier")
    def tier_name(self, workspace: Workspace) -> SafeString:
        suspended = badge("suspended", "failed") if workspace.suspended_at else ""
        return format_html('<span class="tag">{}</span> {}', workspace.tier, suspended)

    @admin.display(description="created (UTC)", ordering="created_at")
    def created(self, workspace: Workspace) -> SafeString | str:
        return moment(workspace.created_at)

    @admin.display(description="id")
    def shown_id(self, workspace: Workspace) -> SafeString:
        return format_html('<span class="id">{}</span>', workspace.pk)

    @admin.display(description="available")
    def available(self, workspace: Any) -> str:
        return f"{workspace.figures.available:,}"

    @admin.display(description="held")
    def held(self, workspace: Any) -> str:
        return f"{workspace.figures.held:,}"

    @admin.display(description="queued / processing")
    def live(self, workspace: Any) -> SafeString:
        url = reverse("admin:generation_generation_changelist")
        query = urlencode({"workspace__id__exact": workspace.pk, "status": "live"})
        figures = workspace.figures
        return format_html('<a href="{}?{}">{} / {}</a>', url, query, figures.queued, figures.processing)

    # Actions

    def has_grant_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(GRANT)

    def has_issue_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(ISSUE_KEY)

    @admin.action(description="Grant credits", permissions=["grant"])
    def grant_credits(self, request: HttpRequest, queryset: QuerySet[Workspace]) -> HttpResponse:
        return _redirect("admin:accounts_workspace_grant", queryset.values_list("id", flat=True)[:100])

    @admin.action(description="Adjust credits", permissions=["grant"])
    def adjust_credits(self, request: HttpRequest, queryset: QuerySet[Workspace]) -> HttpResponse | None:
        chosen = list(queryset.values_list("id", flat=True)[:2])
        if len(chosen) == 1:
            return _redirect("admin:accounts_workspace_adjust", chosen)
        messages.error(request, "Choose one workspace: each adjustment has its own reason.")
        return None

    @admin.action(description="Issue an API key", permissions=["issue"])
    def issue_api_key(self, request: HttpRequest, queryset: QuerySet[Workspace]) -> HttpResponse | None:
        chosen = list(queryset.values_list("id", flat=True)[:2])
        if len(chosen) == 1:
            return _redirect("admin:accounts_workspace_issue_key", chosen)
        messages.error(request, "Choose one workspace: each key is shown once, on a page of its own.")
        return None

    # Pages

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("grant/", view(self.grant_page), name="accounts_workspace_grant"),
            path("adjust/", view(self.adjust_page), name="accounts_workspace_adjust"),
            path("refund/", view(self.refund_page), name="accounts_workspace_refund"),
            path("issue-key/", view(self.issue_key_page), name="accounts_workspace_issue_key"),
            *super().get_urls(),
        ]

    def grant_page(self, request: HttpRequest) -> HttpResponse:
        return grant_view(self, request, allowed=self.has_grant_permission(request))

    def adjust_page(self, request: HttpRequest) -> HttpResponse:
        return adjust_view(self, request, allowed=self.has_grant_permission(request))

    def refund_page(self, request: HttpRequest) -> HttpResponse:
        return refund_view(self, request, allowed=self.has_grant_permission(request))

    def issue_key_page(self, request: HttpRequest) -> HttpResponse:
        return issue_key_view(self, request, allowed=self.has_issue_permission(request))

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Workspace | None = None,
    ) -> HttpResponse:
        if obj is not None:
            context |= {
                "figures": list_figures([obj.pk])[obj.pk],
                "may_grant": self.has_grant_permission(request),
                "may_issue": self.has_issue_permission(request),
                "tier": get_tiers()[obj.tier],
                "usage": read_usage(obj.pk),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)


def _redirect(name: str, ids: Iterable[str]) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode([('id', workspace_id) for workspace_id in ids])}")
