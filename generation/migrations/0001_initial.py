"""Generations, their stages, events, slots and idempotency records; the workers."""

import functools

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import atelier.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Generation",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=functools.partial(atelier.core.ids.new_id, "gen"),
                        editable=False,
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("actor", models.CharField(max_length=60)),
                ("kind", models.CharField(db_default="image", default="image", max_length=30)),
                ("status", models.CharField(default="queued", max_length=12)),
                ("queue", models.CharField(max_length=10)),
                ("dispatch_queue", models.CharField(blank=True, max_length=10)),
                ("model", models.CharField(max_length=100)),
                ("request", models.JSONField()),
                ("spec", models.JSONField()),
                ("facts", models.JSONField(default=dict)),
                ("credits_held", models.PositiveIntegerField()),
                ("credits_used", models.PositiveIntegerField(default=0)),
                ("fence", models.PositiveIntegerField(default=0)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("wakes", models.PositiveIntegerField(default=0)),
                ("stage", models.CharField(blank=True, max_length=20)),
                ("step", models.PositiveIntegerField(default=0)),
                ("steps", models.PositiveIntegerField(default=0)),
                ("worker", models.CharField(blank=True, max_length=100)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("target_at", models.DateTimeField()),
                ("deadline_at", models.DateTimeField()),
                ("not_before", models.DateTimeField(null=True)),
                ("dispatched_at", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("lease_expires_at", models.DateTimeField(null=True)),
                ("waiting_since", models.DateTimeField(null=True)),
                ("cancel_requested_at", models.DateTimeField(null=True)),
                ("completed_at", models.DateTimeField(null=True)),
                ("error_code", models.CharField(blank=True, max_length=60)),
                ("error_message", models.CharField(blank=True, max_length=500)),
                (
                    "retry_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="generation.generation",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
                    ),
                ),
                ("webhook", models.JSONField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace", "-created_at", "-id"], name="generation_by_workspace"),
                    models.Index(
                        condition=models.Q(("status", "queued")),
                        fields=["queue", "workspace", "created_at"],
                        name="generation_queue",
                    ),
                    models.Index(
                        condition=models.Q(("status__in", ("dispatched", "running"))),
                        fields=["status", "lease_expires_at"],
                        name="generation_flight",
                    ),
                    models.Index(
                        condition=models.Q(("completed_at", None)), fields=["deadline_at"], name="generation_deadline"
                    ),
                    models.Index(fields=["-created_at"], name="generation_newest"),
                    models.Index(
                        condition=models.Q(("status__in", ("completed", "failed", "blocked", "cancelled", "expired"))),
                        fields=["status", "-created_at"],
                        name="generation_ended",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                (
                                    "queued",
                                    "dispatched",
                                    "running",
                                    "completed",
                                    "failed",
                                    "blocked",
                                    "cancelled",
                                    "expired",
                                ),
                            )
                        ),
                        name="generation_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("queue__in", ("priority", "standard", "basic"))),
                        name="generation_queue_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("completed_at__isnull", False),
                                ("status__in", ("completed", "failed", "blocked", "cancelled", "expired")),
                            ),
                            models.Q(("completed_at", None), ("status__in", ("queued", "dispatched", "running"))),
                            _connector="OR",
                        ),
                        name="generation_completed_when_terminal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("credits_used__lte", models.F("credits_held"))),
                        name="generation_used_within_hold",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                (
                    "generation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="slot",
                        serialize=False,
                        to="generation.generation",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.workspace"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("workspace", "number"), name="slot_once")],
            },
        ),
        migrations.CreateModel(
            name="StageResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stage", models.CharField(max_length=20)),
                ("fence", models.PositiveIntegerField()),
                ("worker", models.CharField(max_length=100)),
                ("artifacts", models.JSONField(default=list)),
                ("facts", models.JSONField(default=dict)),
                ("duration_ms", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "generation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stage_results",
                        to="generation.generation",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("generation", "stage"), name="stage_once")],
            },
        ),
        migrations.CreateModel(
            name="GenerationEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("type", models.CharField(max_length=20)),
                ("data", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "generation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="generation.generation"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["generation", "id"], name="event_by_generation"),
                    django.contrib.postgres.indexes.BrinIndex(
                        autosummarize=True, fields=["created_at"], name="told_by_time"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("type", "terminal")), fields=("generation",), name="one_terminal_event"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("endpoint", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=255)),
                ("body_digest", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("headers", models.JSONField(default=dict)),
                ("answer", models.TextField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.workspace"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="idempotency_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "endpoint", "key"), name="idempotency_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Turn",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("served", models.FloatField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("name", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("seen_at", models.DateTimeField()),
                ("queues", models.JSONField()),
                ("model_names", models.JSONField()),
            ],
        ),
    ]
