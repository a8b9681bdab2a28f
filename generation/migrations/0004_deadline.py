"""Whatever asks for a status finds no way over the deadlines: after an ANALYZE beside an empty queue it was taken for the
cheaper one, and every live generation was read to count one workspace's queue."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "0003_event_times")]
    operations = [
        migrations.RemoveIndex("generation", "generation_deadline"),
        migrations.AddIndex(
            "generation",
            models.Index(
                condition=models.Q(("completed_at", None)), fields=["deadline_at"], name="generation_deadline"
            ),
        ),
    ]
