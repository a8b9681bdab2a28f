"""An audit entry is chained by one statement (`entry.sql`)."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_search")]
    operations = [migrations.RunSQL(Path(__file__).with_name("entry.sql").read_text())]
