"""The newest assets of all workspaces together, as operators list them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("storage", "0001_initial")]
    operations = [migrations.AddIndex("asset", models.Index(fields=["created_at"], name="asset_by_time"))]
