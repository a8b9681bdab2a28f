"""Workspaces, who belongs to them, their keys, and the buckets that limit them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import partial

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from atelier.accounts.permissions import EVERYTHING, ROLES
from atelier.accounts.tiers import DEFAULTS, Tier
from atelier.core.cached import Cached
from atelier.core.db.tenancy import TenantRows
from atelier.core.ids import new_id

TIER_SECONDS = 5.0
"""How long a process goes by the terms it has read: so long an operator's change takes to be obeyed everywhere."""


def _everything() -> list[str]:
    return [EVERYTHING]


class Workspace(models.Model):
    """A customer: owns generations, credits and keys."""

    id = models.CharField(primary_key=True, max_length=32, default=partial(new_id, "wsp"), editable=False)
    name = models.CharField(max_length=100, unique=True)
    tier = models.CharField(max_length=20, choices=[(name, name) for name in DEFAULTS])
    suspended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    tenant_path = "id"
    objects = TenantRows()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(tier__in=list(DEFAULTS)), name="workspace_tier_known")]

    def __str__(self) -> str:
        return self.name

    @property
    def limits(self) -> Tier:
        return get_tiers()[self.tier]


class TierTerms(models.Model):
    """What a tier costs and allows now. The row's absence means the document's figures."""

    name = models.CharField(primary_key=True, max_length=20, choices=[(name, name) for name in DEFAULTS])
    monthly_price = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="In the smallest unit of the currency, for your books: nothing is charged.",
    )
    weight = models.PositiveSmallIntegerField(help_text="Share of workers that several tiers use at once, 1 to 100.")
    running_at_once = models.PositiveSmallIntegerField(help_text="Generations of one workspace, 1 to 1,000.")
    jobs_per_hour = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: no limit.")
    burst = models.PositiveIntegerField(help_text="Jobs that may come at once, 1 or more.")
    target_wait_seconds = models.PositiveIntegerField(help_text="After so long a generation goes before others.")
    queue_cap = models.PositiveIntegerField(help_text="Generations at work or on their way to a worker, 1 or more.")
    retention_days = models.PositiveIntegerField(help_text="Pictures are kept so long, 1 to 3,650 days.")
    credits_per_month = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: none are given.")
    largest_side = models.PositiveIntegerField(help_text="Pixels, 64 to 8,192.")

    class Meta:
        verbose_name = "tier"
        constraints = [
            models.CheckConstraint(condition=models.Q(name__in=list(DEFAULTS)), name="tier_known"),
            models.CheckConstraint(
                condition=models.Q(weight__range=(1, 100), running_at_once__range=(1, 1000), burst__gte=1)
                & (models.Q(jobs_per_hour=None) | models.Q(jobs_per_hour__gte=1)),
                name="tier_rates_sensible",
                violation_error_message="Weight is 1 to 100, running at once 1 to 1,000, burst and jobs at least 1.",
            ),
            models.CheckConstraint(
                condition=models.Q(queue_cap__gte=1, target_wait_seconds__gte=1, retention_days__range=(1, 3650))
                & models.Q(largest_side__range=(64, 8192)),
                name="tier_bounds_sensible",
                violation_error_message="Cap and wait are at least 1, retention 1 to 3,650 days, sides 64 to 8,192.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def as_tier(self) -> Tier:
        """The row's columns beside what is fixed."""
        queue = DEFAULTS[self.name].queue
        named = {field.name: getattr(self, field.name) for field in fields(Tier) if field.name != "queue"}
        return Tier(queue=queue, **named)


def get_tiers() -> Mapping[str, Tier]:
    """The tiers by name as they are now; at most one query in TIER_SECONDS. A tier without a row has its default."""
    return TIERS.get()


def _read_tiers() -> Mapping[str, Tier]:
    return DEFAULTS | {row.name: row.as_tier() for row in TierTerms.objects.all()}


TIERS = Cached(_read_tiers, TIER_SECONDS)


class Membership(models.Model):
    """A person in a workspace; `role` says what he or she may do there."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=[(role, role) for role in ROLES], default="owner")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantRows()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=list(ROLES)), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace}"


class Invitation(models.Model):
    """A workspace asks a person in, by a user name that may or may not exist.

    It is pending until it expires or is answered at `ended_at`; `outcome` says how.
    """

    id = models.CharField(primary_key=True, max_length=32, default=partial(new_id, "inv"), editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="invitations")
    user_name = models.CharField(max_length=150)
    role = models.CharField(max_length=10, choices=[(role, role) for role in ROLES])
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True, default="")

    objects = TenantRows()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "user_name"], condition=models.Q(ended_at=None), name="invitation_pending_once"
            ),
            models.CheckConstraint(condition=models.Q(role__in=list(ROLES)), name="invitation_role_known"),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, outcome="")
                | models.Q(ended_at__isnull=False, outcome__in=("accepted", "declined", "withdrawn")),
                name="invitation_ended_somehow",
            ),
        ]
        indexes = [models.Index(fields=["user_name"], condition=models.Q(ended_at=None), name="invitation_by_name")]

    def __str__(self) -> str:
        return self.id


class ApiKey(models.Model):
    """A key as stored: its lookup part and a digest, never the key.

    `networks` (CIDR) says from where it may be used, anywhere when it is empty. `replaced_by` names the key that
    took over when it was rotated.
    """

    id = models.CharField(primary_key=True, max_length=32, default=partial(new_id, "key"), editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    lookup = models.CharField(max_length=8, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=40), default=_everything)
    networks = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    replaced_by = models.CharField(max_length=32, blank=True, default="", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TenantRows()

    class Meta:
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} (atl_live_{self.lookup}_...)"


class TokenBucket(models.Model):
    """How many requests a caller has left. Only `throttling.take_tokens` writes it."""

    key = models.CharField(primary_key=True, max_length=120)
    tokens = models.FloatField()
    updated_at = models.DateTimeField()
