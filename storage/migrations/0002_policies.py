"""Row-level security of stored images (docs/access.md)."""

from django.db import migrations

from atelier.core.db.policies import EnableTenantPolicy


class Migration(migrations.Migration):
    dependencies = [("storage", "0001_initial")]
    operations = [EnableTenantPolicy("storage_asset")]
