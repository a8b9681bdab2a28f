"""Workspaces, who belongs to them, their keys, and the buckets that limit them."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from atelier.accounts.permissions import EVERYTHING, ROLES
from atelier.accounts.tiers import TIERS, Tier
from atelier.core.ids import new_id
from atelier.core.tenancy import TenantRows


def _everything() -> list[str]:
    return [EVERYTHING]


class Workspace(models.Model):
    """A customer: owns generations, credits and keys."""

    id = models.CharField(primary_key=True, max_length=32, default=partial(new_id, "wsp"), editable=False)
    name = models.CharField(max_length=100, unique=True)
    tier = models.CharField(max_length=20, choices=[(name, name) for name in TIERS])
    suspended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    tenant_path = "id"
    objects = TenantRows()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(tier__in=list(TIERS)), name="workspace_tier_known")]

    def __str__(self) -> str:
        return self.name

    @property
    def limits(self) -> Tier:
        return TIERS[self.tier]


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

    def __str__(self) -> str:
        return f"{self.name} (atl_live_{self.lookup}_...)"


class TokenBucket(models.Model):
    """How many requests a caller has left. Only `throttling.take_tokens` writes it."""

    key = models.CharField(primary_key=True, max_length=120)
    tokens = models.FloatField()
    updated_at = models.DateTimeField()
