"""The audit trail and the heads of its hash chains."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.CharField(max_length=20)),
                ("workspace_id", models.CharField(blank=True, max_length=32)),
                ("seq", models.BigIntegerField(default=0)),
                (
                    "prev_hash",
                    models.BinaryField(
                        default=b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
                    ),
                ),
                (
                    "hash",
                    models.BinaryField(
                        default=b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
                    ),
                ),
                ("published_seq", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("chain", "workspace_id"), name="chain_head_once")],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("actor", models.CharField(max_length=60)),
                ("action", models.CharField(max_length=60)),
                ("subject", models.CharField(max_length=60)),
                ("facts", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "workspace",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.workspace",
                    ),
                ),
                ("chain_seq", models.BigIntegerField(db_default=0, editable=False)),
                ("prev_hash", models.BinaryField(db_default=models.Value(b""))),
                ("hash", models.BinaryField(db_default=models.Value(b""))),
            ],
            options={
                "verbose_name_plural": "audit entries",
                "indexes": [
                    models.Index(fields=["workspace", "-id"], name="audit_by_workspace"),
                    models.Index(fields=["actor", "-id"], name="audit_by_actor"),
                    models.Index(fields=["subject"], name="audit_by_subject"),
                    models.Index(fields=["created_at", "id"], name="audit_by_time"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "chain_seq"), name="audit_chain_seq", nulls_distinct=False
                    ),
                    models.UniqueConstraint(
                        fields=("workspace", "prev_hash"), name="audit_chain_prev", nulls_distinct=False
                    ),
                ],
            },
        ),
    ]
