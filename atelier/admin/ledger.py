"""Admin of the ledger's settings: adjustments that await a second person, rate cards, credit lines, checks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.forms.fields import InvalidJSONInput
from django.http import HttpRequest
from django.utils.safestring import SafeString

from atelier.admin.audited import AuditedAdmin, actor_of
from atelier.core.admin.lists import ReadOnlyAdmin, StyledAdmin, badge, moment
from atelier.core.errors import AtelierError
from billing.models import Adjustment, BookCheck, CreditLine, RateCard
from billing.services.adjustments import decide_adjustment
from billing.services.rates import check_rate_card, publish_rate_card


@admin.register(Adjustment)
class AdjustmentAdmin(ReadOnlyAdmin):
    """Approve or refuse the adjustments that another operator requested."""

    list_display = ("at", "amount", "workspace", "reason", "asked_by", "state")
    list_select_related = ("workspace", "decision")
    list_filter = ("second_needed",)
    ordering = ("-created_at",)
    actions = ("approve", "refuse")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.add_adjustmentdecision")

    @admin.display(description="time (UTC)", ordering="created_at")
    def at(self, row: Adjustment) -> SafeString | str:
        return moment(row.created_at)

    @admin.display(description="state")
    def state(self, row: Adjustment) -> SafeString:
        decision = getattr(row, "decision", None)
        if decision is None:
            return badge("waits for a second person", "running")
        return badge("approved", "completed") if decision.approved else badge("refused", "failed")

    @admin.action(description="Approve", permissions=["decide"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Adjustment]) -> None:
        self._decide(request, queryset, approved=True)

    @admin.action(description="Refuse", permissions=["decide"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[Adjustment]) -> None:
        self._decide(request, queryset, approved=False)

    def _decide(self, request: HttpRequest, queryset: QuerySet[Adjustment], *, approved: bool) -> None:
        for adjustment in queryset.order_by("workspace_id"):
            try:
                decide_adjustment(adjustment_id=adjustment.pk, actor=actor_of(request), approved=approved)
            except AtelierError as error:
                messages.error(request, f"{adjustment}: {error.title}. {error.detail}")
            else:
                messages.success(request, f"{adjustment}: {'booked' if approved else 'refused'}.")


class Steps(forms.JSONField):
    """A JSON field that also refuses what makes Django's raise: thousands of digits or of nested brackets."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None

    def bound_data(self, data: str, initial: Any) -> Any:
        """Show the text as it was sent."""
        return InvalidJSONInput(data)


class RateCardForm(ModelForm):
    steps = Steps(help_text="[[largest size in pixels, credits an image], ...], smallest first.", widget=forms.Textarea)

    class Meta:
        model = RateCard
        fields = ("effective_from", "steps", "note")
        help_texts = {"effective_from": "UTC, at least a minute ahead."}

    def clean(self) -> dict[str, Any]:
        """Show the errors of `publish_rate_card` in the form."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                check_rate_card(steps=cleaned["steps"], effective_from=cleaned["effective_from"])
            except AtelierError as error:
                self.add_error(None, error.detail)
        return cleaned


@admin.register(RateCard)
class RateCardAdmin(StyledAdmin):
    """Rate cards are added, never changed: accepted generations keep their price."""

    form = RateCardForm
    list_display = ("effective_from", "steps", "note")
    ordering = ("-effective_from",)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: RateCard, form: forms.ModelForm, change: bool) -> None:
        card = publish_rate_card(
            steps=obj.steps, effective_from=obj.effective_from, note=obj.note, actor=actor_of(request)
        )
        obj.pk = card.pk


@admin.register(CreditLine)
class CreditLineAdmin(AuditedAdmin):
    """How many credits below zero a workspace of a tier may go."""

    audited_as = "credit_line"
    audited_values = ("credits",)
    list_display = ("tier", "credits")


@admin.register(BookCheck)
class BookCheckAdmin(ReadOnlyAdmin):
    """The last result of each check of the ledger. While one found differences, no new hold is accepted."""

    list_display = ("name", "ran_at", "found")

    @admin.display(description="differences")
    def found(self, check: BookCheck) -> SafeString:
        return badge(str(check.differences), "failed") if check.differences else badge("none", "completed")
