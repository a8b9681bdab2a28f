"""A small index of clients' events by time: old ones are found without reading the young ones."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("generation", "0002_webhook")]
    operations = [
        migrations.AddIndex(
            "generationevent", BrinIndex(fields=["created_at"], name="told_by_time", autosummarize=True)
        )
    ]
