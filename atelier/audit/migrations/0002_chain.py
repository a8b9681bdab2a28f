"""The chain of the audit trail: `chain.sql` beside this file says why. Rows that are there already are chained too."""

from pathlib import Path
from typing import Any

from django.db import migrations, models

from atelier.audit.backfill import backfill
from atelier.audit.entries import ENTRIES


def chain_entries(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("LOCK TABLE audit_auditentry IN ACCESS EXCLUSIVE MODE")
        backfill(cursor, ENTRIES)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.CharField(max_length=20)),
                ("workspace_id", models.CharField(blank=True, max_length=32)),
                ("seq", models.BigIntegerField(default=0)),
                ("prev_hash", models.BinaryField(default=bytes(32))),
                ("hash", models.BinaryField(default=bytes(32))),
                ("published_seq", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("chain", "workspace_id"), name="chain_head_once")]
            },
        ),
        migrations.AddField("auditentry", "chain_seq", models.BigIntegerField(db_default=0, editable=False)),
        migrations.AddField(
            "auditentry", "prev_hash", models.BinaryField(db_default=models.Value(b""), editable=False)
        ),
        migrations.AddField("auditentry", "hash", models.BinaryField(db_default=models.Value(b""), editable=False)),
        migrations.RunPython(chain_entries),
        migrations.AddConstraint(
            "auditentry",
            models.UniqueConstraint(fields=("workspace", "chain_seq"), name="audit_chain_seq", nulls_distinct=False),
        ),
        migrations.AddConstraint(
            "auditentry",
            models.UniqueConstraint(fields=("workspace", "prev_hash"), name="audit_chain_prev", nulls_distinct=False),
        ),
        migrations.RunSQL(Path(__file__).with_name("chain.sql").read_text()),
    ]
