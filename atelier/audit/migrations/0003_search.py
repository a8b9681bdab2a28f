"""Indexes for the questions operators ask of the audit trail: what somebody did, what was done to something, when."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chain")]
    operations = [
        migrations.AddIndex("auditentry", models.Index(fields=["actor", "-id"], name="audit_by_actor")),
        migrations.AddIndex("auditentry", models.Index(fields=["subject"], name="audit_by_subject")),
        migrations.AddIndex("auditentry", models.Index(fields=["created_at", "id"], name="audit_by_time")),
    ]
