"""The tables of generations. PostgreSQL is authoritative: no message of the broker holds state that is not here."""

from __future__ import annotations

from functools import partial

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from atelier.core.db.tenancy import TenantRows
from atelier.core.ids import new_id
from generation.pipeline import lifecycle
from generation.pipeline.spec import IMAGE, Spec

_QUEUES = ("priority", "standard", "basic")


class Generation(models.Model):
    """One accepted request, from `queued` to a terminal status. `kind` is its row of `generation.kinds`.

    `fence` grows with every claim: a worker with an older one can change nothing. `lease_expires_at` is the lease of
    the running stage; `waiting_since` is set instead while a link waits in a queue. `queue` is the tier's,
    `dispatch_queue` the one it was dispatched to. `webhook` is an extra endpoint for this generation: {url, events,
    secret (sealed)}. All times are of the database's clock.
    """

    id = models.CharField(primary_key=True, max_length=32, default=partial(new_id, "gen"), editable=False)
    workspace = models.ForeignKey("accounts.Workspace", models.PROTECT, related_name="+")
    actor = models.CharField(max_length=60)
    kind = models.CharField(max_length=30, default=IMAGE, db_default=IMAGE)
    status = models.CharField(max_length=12, default=lifecycle.QUEUED)
    queue = models.CharField(max_length=10)
    dispatch_queue = models.CharField(max_length=10, blank=True)
    model = models.CharField(max_length=100)
    request = models.JSONField()
    webhook = models.JSONField(null=True)
    spec = models.JSONField()
    facts = models.JSONField(default=dict)
    credits_held = models.PositiveIntegerField()
    credits_used = models.PositiveIntegerField(default=0)
    retry_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")

    fence = models.PositiveIntegerField(default=0)
    attempt = models.PositiveIntegerField(default=0)
    wakes = models.PositiveIntegerField(default=0)
    stage = models.CharField(max_length=20, blank=True)
    step = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=100, blank=True)

    created_at = models.DateTimeField(db_default=Now())
    target_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    lease_expires_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.CharField(max_length=500, blank=True)

    objects = TenantRows()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=lifecycle.STATUSES), name="generation_status_known"),
            models.CheckConstraint(condition=Q(queue__in=_QUEUES), name="generation_queue_known"),
            models.CheckConstraint(
                condition=Q(status__in=lifecycle.TERMINAL, completed_at__isnull=False)
                | Q(status__in=lifecycle.LIVE, completed_at=None),
                name="generation_completed_when_terminal",
            ),
            models.CheckConstraint(
                condition=Q(credits_used__lte=F("credits_held")), name="generation_used_within_hold"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-created_at", "-id"], name="generation_by_workspace"),
            models.Index(
                fields=["queue", "workspace", "created_at"],
                condition=Q(status="queued"),
                name="generation_queue",
            ),
            models.Index(
                fields=["status", "lease_expires_at"],
                condition=Q(status__in=lifecycle.IN_FLIGHT),
                name="generation_flight",
            ),
            # By completed_at, not by status: stale statistics make the planner prefer an index of the status.
            models.Index(fields=["deadline_at"], condition=Q(completed_at=None), name="generation_deadline"),
            models.Index(fields=["-created_at"], name="generation_newest"),
            models.Index(
                fields=["status", "-created_at"],
                condition=Q(status__in=lifecycle.TERMINAL),
                name="generation_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def plan_spec(self) -> Spec:
        return Spec.from_json(self.spec)

    @property
    def processing_ms(self) -> int | None:
        """Milliseconds from the first start to the end; None if one is missing."""
        if self.started_at is None or self.completed_at is None:
            return None
        return round((self.completed_at - self.started_at).total_seconds() * 1000)

    @property
    def is_terminal(self) -> bool:
        return self.status in lifecycle.TERMINAL


class Slot(models.Model):
    """A generation in flight occupies one slot of its workspace, numbered up to the tier's limit on concurrency."""

    generation = models.OneToOneField(Generation, models.CASCADE, primary_key=True, related_name="slot")
    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()

    objects = TenantRows()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "number"], name="slot_once")]


class StageResult(models.Model):
    """A finished stage: its artifacts (keys with SHA-256), its facts and its duration."""

    generation = models.ForeignKey(Generation, models.CASCADE, related_name="stage_results")
    stage = models.CharField(max_length=20)
    fence = models.PositiveIntegerField()
    worker = models.CharField(max_length=100)
    artifacts = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    duration_ms = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    tenant_path = "generation__workspace_id"
    objects = TenantRows()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["generation", "stage"], name="stage_once")]


class GenerationEvent(models.Model):
    """An event of a generation's stream: queued, stage, step, image, terminal. Ids are in commit order."""

    generation = models.ForeignKey(Generation, models.CASCADE, related_name="events")
    type = models.CharField(max_length=20)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    tenant_path = "generation__workspace_id"
    objects = TenantRows()

    class Meta:
        indexes = [
            models.Index(fields=["generation", "id"], name="event_by_generation"),
            BrinIndex(fields=["created_at"], name="told_by_time", autosummarize=True),
        ]
        constraints = [
            models.UniqueConstraint(fields=["generation"], condition=Q(type="terminal"), name="one_terminal_event"),
        ]


class IdempotencyRecord(models.Model):
    """The stored answer to a request with an Idempotency-Key."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=60)
    key = models.CharField(max_length=255)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    answer = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    objects = TenantRows()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "endpoint", "key"], name="idempotency_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]


class VirtualTime(models.Model):
    """Fair order. `served` is the virtual time of a queue or of the `clock`, and the last Unix time of a workspace."""

    name = models.CharField(primary_key=True, max_length=40)
    served = models.FloatField(default=0)


class Worker(models.Model):
    """A worker process with the time of its last heartbeat, its queues, the models it can load and the kinds it knows.

    A worker of release 0.2.0 does not report its kinds; it has one.
    """

    name = models.CharField(primary_key=True, max_length=100)
    seen_at = models.DateTimeField()
    queues = models.JSONField()
    model_names = models.JSONField()
    kind_names = models.JSONField(default=list, db_default=models.Value([IMAGE], models.JSONField()))
