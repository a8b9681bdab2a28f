"""Admin forms that write an audit entry for every change, in the same transaction."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest

from atelier.audit.services import record
from atelier.core.admin.lists import StyledAdmin


def actor_of(request: HttpRequest) -> str:
    """The operator as `actor` of audit entries: `user:7`."""
    return f"user:{request.user.pk}"


class AuditedAdmin(StyledAdmin):
    """Records `<audited_as>.created|changed` with the names of the changed fields.

    Of the fields in `audited_values` the old and the new value are recorded as well; list only fields that are neither
    secret nor personal. Nothing can be deleted: audit entries and transfers refer to the rows.
    """

    audited_as = ""
    audited_values: tuple[str, ...] = ()

    def workspace_of(self, record: Any) -> str | None:
        """Id of the workspace that the audit entry belongs to, or None."""
        return None

    def subject_of(self, record: Any) -> str:
        return str(record.pk)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: list[Any], change: bool) -> None:
        """Django's last step of saving, inside its transaction."""
        super().save_related(request, form, formsets, change)
        facts = self._facts(form) | _inline_facts(formsets)
        if change and not facts:
            return
        self.record_action(request, form.instance, "changed" if change else "created", facts)

    def record_action(
        self, request: HttpRequest, subject: Model, done: str, facts: dict[str, Any] | None = None
    ) -> None:
        """Write one audit entry in the current transaction."""
        record(
            workspace_id=self.workspace_of(subject),
            actor=actor_of(request),
            action=f"{self.audited_as}.{done}",
            subject=self.subject_of(subject),
            facts=facts,
        )

    def _facts(self, form: ModelForm) -> dict[str, Any]:
        facts: dict[str, Any] = {"fields": form.changed_data} if form.changed_data else {}
        for name in form.changed_data:
            if name in self.audited_values:
                facts[name] = [form.initial.get(name), form.cleaned_data[name]]
        return facts


def _inline_facts(formsets: list[BaseInlineFormSet]) -> dict[str, Any]:
    """Ids of the rows added, changed and removed in the inlines of the form."""
    facts: dict[str, Any] = {}
    for formset in formsets:
        changes = {
            "added": [str(made.pk) for made in formset.new_objects],
            "changed": [str(changed.pk) for changed, _ in formset.changed_objects],
            "removed": [str(gone.pk) for gone in formset.deleted_objects],
        }
        if any(changes.values()):
            facts[formset.model._meta.model_name] = {what: ids for what, ids in changes.items() if ids}
    return facts
