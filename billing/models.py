"""The tables of the ledger.

A transfer moves a positive whole number of credits from one account to another, so every transfer sums to zero.
Balances are in `Account` and are written by one trigger, in the transaction of the transfer
(`migrations/transfers.sql`): the service's role may only insert and select.

    grant    granted   -> available        capture  held      -> earned
    hold     available -> held             release  held      -> available
    refund   earned    -> available        expire   available -> granted
    adjust   granted   -> available        deduct   available -> granted

`granted` and `earned` are the operator's side. They exist once a workspace, so that no two workspaces ever wait
for the same row (docs/adr/0004). The sum of all balances, `trial_balance`, is 0. Transfers, holds and outcomes are
hash-chained by workspace (docs/adr/0008). `db_index=False`: another index of the table begins with that column.
`db_constraint=False`: a trigger or a composite key enforces the reference (`migrations/accounts.sql` and `holds.sql`,
docs/adr/0016).
"""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from atelier.audit.models import Chained, chain_constraints
from atelier.core.db.tenancy import TenantRows
from atelier.core.ids import new_id

ACCOUNT_KINDS = ("granted", "available", "held", "earned")
TRANSFER_KINDS = ("grant", "hold", "capture", "release", "refund", "expire", "adjust", "deduct")


class Account(models.Model):
    """An account of a workspace. `granted` is below zero: its opposite is what was granted. `available` may go down to
    `floor`, which is 0 except in tiers with a credit line; triggers maintain it."""

    workspace = models.ForeignKey("accounts.Workspace", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in ACCOUNT_KINDS])
    balance = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(db_default=0)

    objects = TenantRows()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "kind"], name="account_once"),
            models.CheckConstraint(condition=Q(kind__in=ACCOUNT_KINDS), name="account_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="granted") | Q(balance__gte=F("floor")), name="account_not_overdrawn"
            ),
            models.CheckConstraint(condition=Q(floor=0) | Q(kind="available", floor__lt=0), name="account_floor_known"),
        ]

    def __str__(self) -> str:
        return f"{self.workspace_id} {self.kind}"


class Transfer(Chained):
    """A move of credits, never changed. The trigger fills in the balances and versions after it.

    `actor` is the id of the key or user that caused it, `expires_at` the end of a grant that has one.
    """

    id = models.CharField(primary_key=True, max_length=32, default=partial(new_id, "trf"))
    workspace = models.ForeignKey(
        "accounts.Workspace", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in TRANSFER_KINDS])
    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits", db_index=False, db_constraint=False)
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credits", db_index=False, db_constraint=False)
    amount = models.BigIntegerField()
    debit_balance = models.BigIntegerField(null=True)
    debit_version = models.BigIntegerField(null=True)
    credit_balance = models.BigIntegerField(null=True)
    credit_version = models.BigIntegerField(null=True)
    reference = models.CharField(max_length=60)
    note = models.CharField(max_length=200, blank=True)
    idempotency_key = models.CharField(max_length=120, unique=True)
    actor = models.CharField(max_length=60, blank=True, db_default="")
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = TenantRows()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_positive"),
            models.CheckConstraint(condition=Q(kind__in=TRANSFER_KINDS), name="transfer_kind_known"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_moves"),
            models.CheckConstraint(condition=Q(expires_at=None) | Q(kind="grant"), name="transfer_only_grants_expire"),
            *chain_constraints("transfer_chain"),
            models.UniqueConstraint(fields=["debit", "debit_version"], name="transfer_debit_version"),
            models.UniqueConstraint(fields=["credit", "credit_version"], name="transfer_credit_version"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="transfer_by_workspace"),
            models.Index(fields=["-created_at"], name="transfer_newest"),
            models.Index(fields=["reference"], condition=Q(kind="refund"), name="transfer_refunds"),
            models.Index(fields=["expires_at"], condition=Q(expires_at__isnull=False), name="transfer_expiring"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} ({self.reference})"


class Hold(Chained):
    """Credits set aside for one reference (a generation). Its end is a `HoldOutcome`."""

    id = models.CharField(primary_key=True, max_length=32, default=partial(new_id, "hld"))
    workspace = models.ForeignKey(
        "accounts.Workspace", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    reference = models.CharField(max_length=60, unique=True)
    amount = models.BigIntegerField()
    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="hold")
    created_at = models.DateTimeField(db_default=Now())

    objects = TenantRows()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="hold_positive"),
            models.UniqueConstraint(fields=["id", "workspace", "amount"], name="hold_facts_key"),
            *chain_constraints("hold_chain"),
        ]
        indexes = [models.Index(fields=["-created_at"], name="hold_newest")]

    def __str__(self) -> str:
        return f"{self.amount} for {self.reference}"


class HoldOutcome(Chained):
    """The end of a hold. Its primary key is the hold, so there is one at most. captured + released = amount.

    `expired` is true if the hold was not ended in time.
    """

    hold = models.OneToOneField(Hold, models.PROTECT, primary_key=True, related_name="outcome", db_constraint=False)
    workspace = models.ForeignKey(
        "accounts.Workspace", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    amount = models.BigIntegerField()
    captured = models.BigIntegerField()
    released = models.BigIntegerField()
    capture = models.OneToOneField(Transfer, models.PROTECT, null=True, related_name="+")
    release = models.OneToOneField(Transfer, models.PROTECT, null=True, related_name="+")
    expired = models.BooleanField(db_default=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = TenantRows()

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
            models.CheckConstraint(condition=Q(expired=False) | Q(captured=0), name="outcome_expired_uncaptured"),
            *chain_constraints("outcome_chain"),
        ]

    def __str__(self) -> str:
        return f"{self.hold_id}: {self.captured} captured, {self.released} released"


class GrantEnd(models.Model):
    """The end of a grant with `expires_at`: `expired` of its credits were unspent and were taken by `transfer`."""

    grant = models.OneToOneField(Transfer, models.PROTECT, primary_key=True, related_name="end")
    workspace = models.ForeignKey("accounts.Workspace", models.PROTECT, related_name="+")
    expired = models.BigIntegerField()
    transfer = models.OneToOneField(Transfer, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    objects = TenantRows()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(transfer=None, expired=0) | Q(transfer__isnull=False, expired__gt=0),
                name="grant_end_booked",
            ),
        ]


class Adjustment(models.Model):
    """An operator's request to add (above zero) or take (below) credits. `second_needed`: another must approve it."""

    id = models.CharField(primary_key=True, max_length=32, default=partial(new_id, "adj"), editable=False)
    workspace = models.ForeignKey("accounts.Workspace", models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    asked_by = models.CharField(max_length=60)
    second_needed = models.BooleanField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantRows()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="adjustment_moves"),
            models.CheckConstraint(condition=~Q(reason=""), name="adjustment_has_reason"),
            models.UniqueConstraint(fields=["id", "asked_by", "second_needed"], name="adjustment_asked_key"),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+} for {self.workspace_id}"


class AdjustmentDecision(models.Model):
    """The decision on an adjustment: one at most, by another operator where `second_needed` (enforced by a check)."""

    adjustment = models.OneToOneField(Adjustment, models.PROTECT, primary_key=True, related_name="decision")
    workspace = models.ForeignKey("accounts.Workspace", models.PROTECT, related_name="+")
    asked_by = models.CharField(max_length=60)
    second_needed = models.BooleanField()
    decided_by = models.CharField(max_length=60)
    approved = models.BooleanField()
    created_at = models.DateTimeField(db_default=Now())

    objects = TenantRows()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(second_needed=False) | Q(approved=False) | ~Q(decided_by=F("asked_by")),
                name="decision_by_four_eyes",
            ),
        ]


class CreditLine(models.Model):
    """How many credits a workspace of this tier may owe, the fair-use limit of tiers without monthly credits."""

    tier = models.CharField(primary_key=True, max_length=20)
    credits = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(credits__gte=0), name="credit_line_not_negative")]

    def __str__(self) -> str:
        return f"{self.tier}: {self.credits}"


class RateCard(models.Model):
    """Prices from `effective_from` on, insert-only: `steps` is [[largest size in pixels, credits], ...], ascending."""

    effective_from = models.DateTimeField(unique=True)
    steps = models.JSONField()
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"rates from {self.effective_from:%Y-%m-%d %H:%M}"


class BookCheck(models.Model):
    """The last run of a check of the ledger, and its differences. While there are any, a trigger refuses new holds."""

    name = models.CharField(primary_key=True, max_length=20)
    ran_at = models.DateTimeField(db_default=Now())
    differences = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.name}: {self.differences or 'in order'}"
