"""Admin pages of a workspace: grant, adjust and refund credits, and issue an API key, which is shown once."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from atelier.accounts.models import Workspace
from atelier.accounts.services import create_api_key
from atelier.admin.audited import actor_of
from atelier.audit.services import record
from atelier.core.errors import AtelierError
from billing.selectors import list_transfers
from billing.services.adjustments import NothingCaptured, adjust_credits, refund_credits
from billing.services.grants import grant_credits

LARGEST_GRANT = 10_000_000
"""Credits; a larger amount is taken for a typing error."""


WIDE = forms.TextInput(attrs={"size": 60})


class GrantForm(forms.Form):
    """`token` is new on each page and makes the form idempotent: sent twice, it grants once."""

    amount = forms.IntegerField(min_value=1, max_value=LARGEST_GRANT, label="Credits")
    source = forms.ChoiceField(
        choices=[("grant", "a gift"), ("top_up", "a top-up that was paid"), ("promotion", "a promotion with an end")],
        initial="grant",
        label="For",
    )
    expires_at = forms.DateTimeField(
        required=False,
        label="Ends (UTC)",
        help_text="What is unspent then is taken back. Empty: never.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    reason = forms.CharField(max_length=200, help_text="Stands in the ledger; the customer may read it.", widget=WIDE)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def clean_amount(self) -> int:
        """Amounts that need a second person's approval are refused: they are adjustments."""
        amount: int = self.cleaned_data["amount"]
        if amount > settings.ATELIER_ADJUST_ALONE:
            raise forms.ValidationError(
                f"More than {settings.ATELIER_ADJUST_ALONE:,} credits need a second person: adjust credits instead."
            )
        return amount

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        ends = cleaned.get("expires_at")
        if cleaned.get("source") == "promotion" and ends is None and "expires_at" not in self.errors:
            self.add_error("expires_at", "Say when the promotion ends.")
        if ends is not None and ends <= timezone.now():
            self.add_error("expires_at", "It must end in the future.")
        return cleaned


class RefundForm(forms.Form):
    """`token` is new on each page and makes the form idempotent: sent twice, it refunds once."""

    reference = forms.CharField(max_length=32, label="Generation", help_text="Its id: what was paid for.")
    amount = forms.IntegerField(min_value=1, max_value=LARGEST_GRANT, label="Credits")
    reason = forms.CharField(max_length=200, help_text="Stands in the ledger; the customer may read it.", widget=WIDE)
    token = forms.UUIDField(widget=forms.HiddenInput)


class AdjustForm(forms.Form):
    """`token` becomes the id of the adjustment and makes the form idempotent."""

    amount = forms.IntegerField(
        min_value=-LARGEST_GRANT, max_value=LARGEST_GRANT, label="Credits", help_text="Below zero takes credits away."
    )
    reason = forms.CharField(max_length=200, help_text="Stands in the ledger; the customer may read it.", widget=WIDE)
    token = forms.UUIDField(widget=forms.HiddenInput)


class KeyForm(forms.Form):
    name = forms.CharField(max_length=100, help_text="What will use the key: web shop, nightly batch.", widget=WIDE)


def grant_view(page: ModelAdmin, request: HttpRequest, *, allowed: bool) -> HttpResponse:
    """Form for amount and reason; on POST, grant to all chosen workspaces or to none."""
    workspaces = _chosen_workspaces(request, allowed)
    form = GrantForm(request.POST or None, initial={"token": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        _grant(request, workspaces, form.cleaned_data)
        return HttpResponseRedirect(_next_page(workspaces))
    return _form_page(page, request, form, workspaces, "Grant credits", "Grant")


def adjust_view(page: ModelAdmin, request: HttpRequest, *, allowed: bool) -> HttpResponse:
    """Form for amount and reason; on POST, adjust, or await a second person's approval of a large amount."""
    workspace = _chosen_workspaces(request, allowed)[0]
    form = AdjustForm(request.POST or None, initial={"token": uuid.uuid4()})
    if request.method == "POST" and form.is_valid() and _adjust(request, workspace, form):
        return HttpResponseRedirect(_next_page([workspace]))
    return _form_page(page, request, form, [workspace], "Adjust credits", "Adjust")


def _adjust(request: HttpRequest, workspace: Workspace, form: AdjustForm) -> bool:
    asked = form.cleaned_data
    try:
        adjustment = adjust_credits(
            workspace_id=workspace.pk,
            amount=asked["amount"],
            reason=asked["reason"],
            actor=actor_of(request),
            adjustment_id=f"adj_{asked['token'].hex[:28]}",
        )
    except AtelierError as error:
        form.add_error("amount", error.detail)
        return False
    if adjustment.second_needed:
        messages.warning(request, f"{adjustment.amount:+,} credits wait for a second person: Billing, Adjustments.")
    else:
        messages.success(request, f"{adjustment.amount:+,} credits for {workspace.name}.")
    return True


def refund_view(page: ModelAdmin, request: HttpRequest, *, allowed: bool) -> HttpResponse:
    """Form for generation, amount and reason; on POST, refund at most what was captured for the generation."""
    workspace = _chosen_workspaces(request, allowed)[0]
    form = RefundForm(request.POST or None, initial={"token": uuid.uuid4()})
    if request.method == "POST" and form.is_valid() and _refund(request, workspace, form):
        return HttpResponseRedirect(_next_page([workspace]))
    return _form_page(page, request, form, [workspace], "Refund credits", "Refund")


def _refund(request: HttpRequest, workspace: Workspace, form: RefundForm) -> bool:
    asked = form.cleaned_data
    try:
        given = _refund_once(request, workspace, asked)
    except AtelierError as error:
        form.add_error("reference" if isinstance(error, NothingCaptured) else "amount", error.detail)
        return False
    if given:
        messages.success(request, f"{asked['amount']:,} credits of {asked['reference']} were given back.")
    else:
        messages.info(request, "This refund was made already; nothing was given back twice.")
    return True


def _refund_once(request: HttpRequest, workspace: Workspace, asked: dict[str, Any]) -> bool:
    """False if this form was refunded before."""
    key = f"admin:{asked['token']}"
    with transaction.atomic():
        if _was_booked(workspace, f"refund:{key}"):
            return False
        refund_credits(
            workspace_id=workspace.pk,
            reference=asked["reference"],
            amount=asked["amount"],
            reason=asked["reason"],
            actor=actor_of(request),
            idempotency_key=key,
        )
    return True


def _was_booked(workspace: Workspace, key: str) -> bool:
    """Whether a transfer has this key. Locks the workspace, so that two equal forms run in sequence."""
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
    return list_transfers(workspace.pk).filter(idempotency_key=key).exists()


def issue_key_view(page: ModelAdmin, request: HttpRequest, *, allowed: bool) -> HttpResponse:
    """Form for a name; on POST, respond with the key itself: it is in no redirect, cookie, log or cache."""
    workspaces = _chosen_workspaces(request, allowed)[:1]
    form = KeyForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _form_page(page, request, form, workspaces, "Issue an API key", "Issue")
    with transaction.atomic():
        key, text = create_api_key(workspace=workspaces[0], name=form.cleaned_data["name"])
        record(
            workspace_id=workspaces[0].pk,
            actor=actor_of(request),
            action="api_key.created",
            subject=key.id,
        )
    context = _context(page, request, "API key") | {"key": key, "text": text, "workspace": workspaces[0]}
    return TemplateResponse(request, "admin/accounts/key_once.html", context, headers={"Cache-Control": "no-store"})


def _grant(request: HttpRequest, workspaces: list[Workspace], asked: dict[str, Any]) -> None:
    with transaction.atomic():
        granted = [_grant_one(request, workspace, asked) for workspace in workspaces]
    if any(granted):
        names = ", ".join(workspace.name for workspace in workspaces)
        messages.success(request, f"Granted {asked['amount']:,} credits to {names}.")
    else:
        messages.info(request, "This grant was made already; nothing was granted twice.")


def _grant_one(request: HttpRequest, workspace: Workspace, asked: dict[str, Any]) -> bool:
    """Write transfer and audit entry. False if this form was granted before."""
    key = f"admin:{asked['token']}:{workspace.pk}"
    if _was_booked(workspace, f"grant:{key}"):
        return False
    transfer_id = grant_credits(
        workspace_id=workspace.pk,
        amount=asked["amount"],
        idempotency_key=key,
        note=asked["reason"],
        source=asked["source"],
        expires_at=asked["expires_at"],
        actor=actor_of(request),
    )
    record(
        workspace_id=workspace.pk,
        actor=actor_of(request),
        action="credits.granted",
        subject=transfer_id,
        facts={"amount": asked["amount"], "source": asked["source"]},
    )
    return True


def _chosen_workspaces(request: HttpRequest, allowed: bool) -> list[Workspace]:
    """The workspaces with the ids in the query string. Raises PermissionDenied, and Http404 if one is unknown."""
    if not allowed:
        raise PermissionDenied
    wanted = request.GET.getlist("id")
    workspaces = list(Workspace.objects.filter(id__in=wanted).order_by("name"))
    if not workspaces or len(workspaces) != len(set(wanted)):
        raise Http404
    return workspaces


def _form_page(
    page: ModelAdmin, request: HttpRequest, form: forms.Form, workspaces: list[Workspace], title: str, verb: str
) -> HttpResponse:
    context = _context(page, request, title) | {"form": form, "workspaces": workspaces, "verb": verb}
    return TemplateResponse(request, "admin/accounts/ask.html", context)


def _context(page: ModelAdmin, request: HttpRequest, title: str) -> dict[str, Any]:
    return {**page.admin_site.each_context(request), "opts": page.opts, "media": page.media, "title": title}


def _next_page(workspaces: list[Workspace]) -> str:
    if len(workspaces) == 1:
        return reverse("admin:accounts_workspace_change", args=[workspaces[0].pk])
    return reverse("admin:accounts_workspace_changelist")
