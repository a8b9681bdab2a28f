"""The ledger's records.

A transfer moves a positive whole number of credits from one account to another, so every transfer sums to zero.
Balances live in `Account` and are written by one trigger, in the transaction of the transfer
(`migrations/ledger.sql`): the service's role can insert and read here, and nothing else.

    grant    granted   -> available        capture  held -> earned
    hold     available -> held             release  held -> available
    refund   earned    -> available

`granted` and `earned` are the operator's side. They are kept per workspace so that no two workspaces ever wait
for the same row (docs/adr/0004). The sum of all balances, `trial_balance`, is 0.
"""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from atelier.core.ids import new_id

ACCOUNT_KINDS = ("granted", "available", "held", "earned")
TRANSFER_KINDS = ("grant", "hold", "capture", "release", "refund")


class Account(models.Model):
    """One side of a workspace's books. Only `granted` may go below zero: it is what the operator gave."""

    workspace = models.ForeignKey("accounts.Workspace", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in ACCOUNT_KINDS])
    balance = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "kind"], name="account_once"),
            models.CheckConstraint(condition=Q(kind__in=ACCOUNT_KINDS), name="account_kind_known"),
            models.CheckConstraint(condition=Q(kind="granted") | Q(balance__gte=0), name="account_not_overdrawn"),
        ]

    def __str__(self) -> str:
        return f"{self.workspace_id} {self.kind}"


class Transfer(models.Model):
    """A move of credits, never changed. The balances and versions after it are filled in by the trigger."""

    id = models.CharField(primary_key=True, max_length=32, default=partial(new_id, "trf"))
    workspace = models.ForeignKey("accounts.Workspace", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in TRANSFER_KINDS])
    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credits")
    amount = models.BigIntegerField()
    debit_balance = models.BigIntegerField(null=True)
    debit_version = models.BigIntegerField(null=True)
    credit_balance = models.BigIntegerField(null=True)
    credit_version = models.BigIntegerField(null=True)
    reference = models.CharField(max_length=60)
    note = models.CharField(max_length=200, blank=True)
    idempotency_key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_positive"),
            models.CheckConstraint(condition=Q(kind__in=TRANSFER_KINDS), name="transfer_kind_known"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_moves"),
            models.UniqueConstraint(fields=["debit", "debit_version"], name="transfer_debit_version"),
            models.UniqueConstraint(fields=["credit", "credit_version"], name="transfer_credit_version"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="transfer_by_workspace"),
            models.Index(fields=["-created_at"], name="transfer_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} ({self.reference})"


class Hold(models.Model):
    """Credits set aside for one reference (a generation). Its end is a `HoldOutcome`."""

    id = models.CharField(primary_key=True, max_length=32, default=partial(new_id, "hld"))
    workspace = models.ForeignKey("accounts.Workspace", models.PROTECT, related_name="+")
    reference = models.CharField(max_length=60, unique=True)
    amount = models.BigIntegerField()
    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="hold")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="hold_positive"),
            models.UniqueConstraint(fields=["id", "amount"], name="hold_amount_key"),
        ]
        indexes = [models.Index(fields=["-created_at"], name="hold_newest")]

    def __str__(self) -> str:
        return f"{self.amount} for {self.reference}"


class HoldOutcome(models.Model):
    """How a hold ended: its primary key is the hold, so it ends once. captured + released = amount, by constraint."""

    hold = models.OneToOneField(Hold, models.PROTECT, primary_key=True, related_name="outcome")
    amount = models.BigIntegerField()
    captured = models.BigIntegerField()
    released = models.BigIntegerField()
    capture = models.OneToOneField(Transfer, models.PROTECT, null=True, related_name="+")
    release = models.OneToOneField(Transfer, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(captured__gte=0, released__gte=0, amount=F("captured") + F("released")),
                name="outcome_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(capture=None, captured=0) | Q(capture__isnull=False, captured__gt=0),
                name="outcome_capture_booked",
            ),
            models.CheckConstraint(
                condition=Q(release=None, released=0) | Q(release__isnull=False, released__gt=0),
                name="outcome_release_booked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hold_id}: {self.captured} captured, {self.released} released"
