"""Row-level security of the audit trail, its hash chains (`chains.sql`) and its trigger (`entries.sql`)."""

from pathlib import Path

from django.db import migrations

from atelier.core.db.policies import EnableTenantPolicy

FILES = ("chains.sql", "entries.sql")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        *(migrations.RunSQL(Path(__file__).with_name(name).read_text()) for name in FILES),
        EnableTenantPolicy("audit_auditentry"),
        EnableTenantPolicy("audit_chainhead"),
    ]
