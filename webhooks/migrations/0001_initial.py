"""Endpoints, events, deliveries and their attempts."""

import functools

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
            name="Endpoint",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=functools.partial(atelier.core.ids.new_id, "whk"),
                        editable=False,
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("source_id", models.CharField(blank=True, max_length=32)),
                ("url", models.CharField(max_length=2048)),
                ("description", models.CharField(blank=True, max_length=200)),
                ("events", models.JSONField(default=list)),
                ("header_names", models.JSONField(default=list)),
                ("headers", models.BinaryField(default=bytes)),
                ("keys", models.BinaryField()),
                ("previous_keys", models.BinaryField(default=bytes)),
                ("previous_keys_until", models.DateTimeField(null=True)),
                ("public_key", models.CharField(blank=True, max_length=60)),
                ("status", models.CharField(default="active", max_length=10)),
                ("disabled_reason", models.CharField(blank=True, max_length=300)),
                ("disabled_at", models.DateTimeField(null=True)),
                ("failing_since", models.DateTimeField(null=True)),
                ("last_success_at", models.DateTimeField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("deleted_at", models.DateTimeField(null=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("deleted_at", None), ("source_id", "")),
                        fields=["workspace", "created_at"],
                        name="endpoint_by_workspace",
                    ),
                    models.Index(
                        condition=models.Q(("status", "active")), fields=["failing_since"], name="endpoint_failing"
                    ),
                    models.Index(fields=["-created_at"], name="endpoint_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ("active", "disabled"))), name="endpoint_status_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("disabled_at", None), ("status", "active")),
                            models.Q(("disabled_at__isnull", False), ("status", "disabled")),
                            _connector="OR",
                        ),
                        name="endpoint_disabled_at",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("source_id", ""), _negated=True),
                        fields=("source_id",),
                        name="endpoint_of_generation",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                (
                    "workspace",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.workspace",
                    ),
                ),
                ("last", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=functools.partial(atelier.core.ids.new_id, "evt"),
                        editable=False,
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("sequence", models.BigIntegerField()),
                ("type", models.CharField(max_length=60)),
                ("subject", models.CharField(max_length=60)),
                ("data", models.JSONField()),
                ("occurred_at", models.DateTimeField()),
                ("dedupe_key", models.CharField(max_length=160, unique=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace", "occurred_at"], name="event_by_time"),
                    models.Index(fields=["created_at"], name="event_age"),
                ],
                "constraints": [models.UniqueConstraint(fields=("workspace", "sequence"), name="event_sequence_once")],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=functools.partial(atelier.core.ids.new_id, "dlv"),
                        editable=False,
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("status", models.CharField(default="pending", max_length=10)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("fence", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("lease_expires_at", models.DateTimeField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="webhooks.endpoint"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="webhooks.event"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "pending")), fields=["endpoint", "next_at"], name="delivery_due"
                    ),
                    models.Index(
                        condition=models.Q(("status", "sending")), fields=["endpoint"], name="delivery_sending"
                    ),
                    models.Index(fields=["endpoint", "-created_at", "-id"], name="delivery_by_endpoint"),
                    models.Index(fields=["-created_at"], name="delivery_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("event", "endpoint"), name="delivery_once"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ("pending", "sending", "delivered", "dead", "cancelled"))),
                        name="delivery_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("outcome", models.CharField(max_length=20)),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("answer", models.TextField(blank=True)),
                ("address", models.CharField(blank=True, max_length=45)),
                ("duration_ms", models.PositiveIntegerField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tries", to="webhooks.delivery"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("delivery", "number"), name="attempt_once")],
            },
        ),
        migrations.CreateModel(
            name="DeadLetter",
            fields=[
                (
                    "delivery",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="dead_letter",
                        serialize=False,
                        to="webhooks.delivery",
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("parked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("alerted_at", models.DateTimeField(null=True)),
                ("replayed_at", models.DateTimeField(null=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("alerted_at", None)), fields=["parked_at"], name="deadletter_untold"
                    ),
                    models.Index(fields=["-parked_at"], name="deadletter_newest"),
                ],
            },
        ),
    ]
