"""The tables of webhooks: endpoints, events, deliveries and their attempts. Every row has its workspace."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from atelier.core.db.tenancy import TenantRows
from atelier.core.ids import new_id

ACTIVE, DISABLED = "active", "disabled"
PENDING, SENDING, DELIVERED, DEAD, CANCELLED = "pending", "sending", "delivered", "dead", "cancelled"
STATUSES = (PENDING, SENDING, DELIVERED, DEAD, CANCELLED)
_WORKSPACE = partial(models.ForeignKey, "accounts.Workspace", models.PROTECT, related_name="+")


class Endpoint(models.Model):
    """A URL to which the events of a workspace are sent; an empty filter `events` means all. `source_id` is the
    generation of a one-generation webhook.

    `keys` and `headers` are sealed (atelier/core/sealing.py) for `webhooks_endpoint:<id>`. The keys before the
    last rotation sign as well until `previous_keys_until`. `failing_since` is the first failure after the last success.
    """

    id = models.CharField(primary_key=True, max_length=32, default=partial(new_id, "whk"), editable=False)
    workspace = _WORKSPACE()
    source_id = models.CharField(max_length=32, blank=True)
    url = models.CharField(max_length=2048)
    description = models.CharField(max_length=200, blank=True)
    events = models.JSONField(default=list)
    header_names = models.JSONField(default=list)
    headers = models.BinaryField(default=bytes)
    keys = models.BinaryField()
    previous_keys = models.BinaryField(default=bytes)
    previous_keys_until = models.DateTimeField(null=True)
    public_key = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, default=ACTIVE)
    disabled_reason = models.CharField(max_length=300, blank=True)
    disabled_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    deleted_at = models.DateTimeField(null=True)

    objects = TenantRows()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=(ACTIVE, DISABLED)), name="endpoint_status_known"),
            models.CheckConstraint(
                condition=Q(status=ACTIVE, disabled_at=None) | Q(status=DISABLED, disabled_at__isnull=False),
                name="endpoint_disabled_at",
            ),
            models.UniqueConstraint(fields=["source_id"], condition=~Q(source_id=""), name="endpoint_of_generation"),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "created_at"],
                condition=Q(source_id="", deleted_at=None),
                name="endpoint_by_workspace",
            ),
            models.Index(fields=["failing_since"], condition=Q(status=ACTIVE), name="endpoint_failing"),
            models.Index(fields=["-created_at"], name="endpoint_newest"),
        ]

    def __str__(self) -> str:
        return self.id


class Counter(models.Model):
    """The last sequence number of a workspace. Locked while an event is inserted, so that there are no gaps."""

    workspace = models.OneToOneField("accounts.Workspace", models.PROTECT, primary_key=True, related_name="+")
    last = models.BigIntegerField(default=0)

    objects = TenantRows()


class Event(models.Model):
    """A recorded event. `dedupe_key` makes recording idempotent: there is one row however often it is reported."""

    id = models.CharField(primary_key=True, max_length=32, default=partial(new_id, "evt"), editable=False)
    workspace = _WORKSPACE()
    sequence = models.BigIntegerField()
    type = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    data = models.JSONField()
    occurred_at = models.DateTimeField()
    dedupe_key = models.CharField(max_length=160, unique=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantRows()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "sequence"], name="event_sequence_once")]
        indexes = [
            models.Index(fields=["workspace", "occurred_at"], name="event_by_time"),
            models.Index(fields=["created_at"], name="event_age"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"


class Delivery(models.Model):
    """An event to be sent to an endpoint. `next_at` is when it is due; a sender with an older `fence` cannot change it.

    `attempts` counts all attempts; `failures` the failed ones since the last redelivery.
    """

    id = models.CharField(primary_key=True, max_length=32, default=partial(new_id, "dlv"), editable=False)
    workspace = _WORKSPACE()
    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    status = models.CharField(max_length=10, default=PENDING)
    attempts = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    lease_expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True)

    objects = TenantRows()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["event", "endpoint"], name="delivery_once"),
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="delivery_status_known"),
        ]
        indexes = [
            models.Index(fields=["endpoint", "next_at"], condition=Q(status=PENDING), name="delivery_due"),
            models.Index(fields=["endpoint"], condition=Q(status=SENDING), name="delivery_sending"),
            models.Index(fields=["endpoint", "-created_at", "-id"], name="delivery_by_endpoint"),
            models.Index(fields=["-created_at"], name="delivery_newest"),
        ]

    def __str__(self) -> str:
        return self.id


class Attempt(models.Model):
    """One attempt and its outcome. `status` 0: no HTTP answer; `answer` is the first 2 kB of its body."""

    workspace = _WORKSPACE()
    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="tries")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=20)
    status = models.PositiveSmallIntegerField(default=0)
    detail = models.CharField(max_length=300, blank=True)
    answer = models.TextField(blank=True)
    address = models.CharField(max_length=45, blank=True)
    duration_ms = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantRows()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="attempt_once")]


class DeadLetter(models.Model):
    """A delivery that was given up. Operators were alerted at `alerted_at`, and it was replayed at `replayed_at`."""

    delivery = models.OneToOneField(Delivery, models.CASCADE, primary_key=True, related_name="dead_letter")
    workspace = _WORKSPACE()
    reason = models.CharField(max_length=300)
    parked_at = models.DateTimeField(db_default=Now())
    alerted_at = models.DateTimeField(null=True)
    replayed_at = models.DateTimeField(null=True)

    objects = TenantRows()

    class Meta:
        indexes = [
            models.Index(fields=["parked_at"], condition=Q(alerted_at=None), name="deadletter_untold"),
            models.Index(fields=["-parked_at"], name="deadletter_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.reason}"
