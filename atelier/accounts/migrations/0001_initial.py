"""Workspaces, people, keys, rate limits and the operator's tiers."""

import functools

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import atelier.accounts.models
import atelier.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Workspace",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=functools.partial(atelier.core.ids.new_id, "wsp"),
                        editable=False,
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True)),
                (
                    "tier",
                    models.CharField(
                        choices=[("starter", "starter"), ("professional", "professional"), ("studio", "studio")],
                        max_length=20,
                    ),
                ),
                ("suspended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", ["starter", "professional", "studio"])),
                        name="workspace_tier_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TierTerms",
            fields=[
                (
                    "name",
                    models.CharField(
                        choices=[("starter", "starter"), ("professional", "professional"), ("studio", "studio")],
                        max_length=20,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "monthly_price",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In the smallest unit of the currency, for your books: nothing is charged.",
                        null=True,
                    ),
                ),
                (
                    "weight",
                    models.PositiveSmallIntegerField(
                        help_text="Share of workers that several tiers use at once, 1 to 100."
                    ),
                ),
                (
                    "running_at_once",
                    models.PositiveSmallIntegerField(help_text="Generations of one workspace, 1 to 1,000."),
                ),
                ("jobs_per_hour", models.PositiveIntegerField(blank=True, help_text="Empty: no limit.", null=True)),
                ("burst", models.PositiveIntegerField(help_text="Jobs that may come at once, 1 or more.")),
                (
                    "target_wait_seconds",
                    models.PositiveIntegerField(help_text="After so long a generation goes before others."),
                ),
                (
                    "queue_cap",
                    models.PositiveIntegerField(
                        help_text="Generations at work or on their way to a worker, 1 or more."
                    ),
                ),
                (
                    "retention_days",
                    models.PositiveIntegerField(help_text="Pictures are kept so long, 1 to 3,650 days."),
                ),
                (
                    "credits_per_month",
                    models.PositiveIntegerField(blank=True, help_text="Empty: none are given.", null=True),
                ),
                ("largest_side", models.PositiveIntegerField(help_text="Pixels, 64 to 8,192.")),
            ],
            options={
                "verbose_name": "tier",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name__in", ["starter", "professional", "studio"])), name="tier_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("burst__gte", 1),
                            ("running_at_once__range", (1, 1000)),
                            ("weight__range", (1, 100)),
                            models.Q(("jobs_per_hour", None), ("jobs_per_hour__gte", 1), _connector="OR"),
                        ),
                        name="tier_rates_sensible",
                        violation_error_message="Weight is 1 to 100, running at once 1 to 1,000, burst and jobs at least 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("queue_cap__gte", 1),
                            ("retention_days__range", (1, 3650)),
                            ("target_wait_seconds__gte", 1),
                            ("largest_side__range", (64, 8192)),
                        ),
                        name="tier_bounds_sensible",
                        violation_error_message="Cap and wait are at least 1, retention 1 to 3,650 days, sides 64 to 8,192.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="accounts.workspace"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "owner"),
                            ("admin", "admin"),
                            ("editor", "editor"),
                            ("viewer", "viewer"),
                            ("billing", "billing"),
                        ],
                        default="owner",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "user"), name="membership_once"),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["owner", "admin", "editor", "viewer", "billing"])),
                        name="membership_role_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=functools.partial(atelier.core.ids.new_id, "key"),
                        editable=False,
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("lookup", models.CharField(editable=False, max_length=8, unique=True)),
                ("digest", models.CharField(editable=False, max_length=64)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("last_used_at", models.DateTimeField(editable=False, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="api_keys", to="accounts.workspace"
                    ),
                ),
                (
                    "networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50), blank=True, default=list, size=None
                    ),
                ),
                ("replaced_by", models.CharField(blank=True, default="", editable=False, max_length=32)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        default=atelier.accounts.models._everything,
                        size=None,
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
            },
        ),
        migrations.CreateModel(
            name="TokenBucket",
            fields=[
                ("key", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("tokens", models.FloatField()),
                ("updated_at", models.DateTimeField()),
            ],
        ),
    ]
