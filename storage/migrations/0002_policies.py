"""Row-level security of stored images (docs/access.md)."""

from django.db import migrations

from atelier.core.db.walls import EnableTenantWall


class Migration(migrations.Migration):
    dependencies = [("storage", "0001_initial")]
    operations = [EnableTenantWall("storage_asset")]
