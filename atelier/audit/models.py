"""The audit trail, and the base of hash-chained tables. The service's database role may only insert and select."""

from __future__ import annotations

from django.db import models
from django.db.models import Value
from django.db.models.functions import Now

from atelier.core.db.tenancy import TenantRows


class Chained(models.Model):
    """A row of a chain: a trigger sets these columns, whatever the INSERT gives (`migrations/entries.sql`)."""

    chain_seq = models.BigIntegerField(db_default=0, editable=False)
    prev_hash = models.BinaryField(db_default=Value(b""), editable=False)
    hash = models.BinaryField(db_default=Value(b""), editable=False)

    class Meta:
        abstract = True


def chain_constraints(name: str) -> list[models.BaseConstraint]:
    """Constraints against forks: `seq` and `prev_hash` are unique. Rows without a workspace are one chain."""
    return [
        models.UniqueConstraint(fields=["workspace", "chain_seq"], name=f"{name}_seq", nulls_distinct=False),
        models.UniqueConstraint(fields=["workspace", "prev_hash"], name=f"{name}_prev", nulls_distinct=False),
    ]


class ChainHead(models.Model):
    """The last row of a chain. Locking it serializes the writers of a workspace; only triggers write it.

    `published_seq` is the `seq` that was last published; the service may change only this column.
    """

    chain = models.CharField(max_length=20)
    workspace_id = models.CharField(max_length=32, blank=True)
    seq = models.BigIntegerField(default=0)
    prev_hash = models.BinaryField(default=bytes(32))
    hash = models.BinaryField(default=bytes(32))
    published_seq = models.BigIntegerField(default=0)

    objects = TenantRows()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "workspace_id"], name="chain_head_once")]

    def __str__(self) -> str:
        return f"{self.chain} {self.workspace_id} {self.seq}"


class AuditEntry(Chained):
    """One state-changing operation: `actor` did `action` to `subject`."""

    workspace = models.ForeignKey("accounts.Workspace", models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=60)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    objects = TenantRows()

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["workspace", "-id"], name="audit_by_workspace"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            models.Index(fields=["subject"], name="audit_by_subject"),
            models.Index(fields=["created_at", "id"], name="audit_by_time"),
        ]
        constraints = chain_constraints("audit_chain")

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.subject}"
