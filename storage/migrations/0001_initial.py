"""Stored images."""

import functools

import django.db.models.deletion
from django.db import migrations, models

import atelier.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Asset",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=functools.partial(atelier.core.ids.new_id, "img"),
                        editable=False,
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("source_id", models.CharField(max_length=32)),
                ("ordinal", models.PositiveSmallIntegerField()),
                ("key", models.CharField(max_length=300, unique=True)),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                (
                    "format",
                    models.CharField(choices=[("png", "png"), ("jpeg", "jpeg"), ("webp", "webp")], max_length=8),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assets", to="accounts.workspace"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace", "-created_at"], name="asset_by_workspace"),
                    models.Index(fields=["created_at"], name="asset_by_time"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source_id", "ordinal"), name="asset_once"),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="asset_sha256_is_hex"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("height__gt", 0), ("size_bytes__gt", 0), ("width__gt", 0)),
                        name="asset_is_not_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="asset_expires_later"
                    ),
                ],
            },
        ),
    ]
