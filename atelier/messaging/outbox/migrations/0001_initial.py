"""Messages on their way to the broker."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.CharField(max_length=60)),
                ("subject", models.CharField(max_length=32)),
                ("queue", models.CharField(max_length=20)),
                ("payload", models.JSONField(default=dict)),
                ("dedupe_key", models.CharField(max_length=120, unique=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("published_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("published_at", None)), fields=["id"], name="outbox_unpublished")
                ],
            },
        ),
    ]
