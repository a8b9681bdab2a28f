"""The audit trail. The service's database role can add and read rows, nothing else."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class AuditEntry(models.Model):
    """One state-changing operation: `actor` did `action` to `subject`."""

    workspace = models.ForeignKey("accounts.Workspace", models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=60)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["workspace", "-id"], name="audit_by_workspace")]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.subject}"
