"""What the admin calls a key."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_tier_terms")]
    operations = [migrations.AlterModelOptions("apikey", options={"verbose_name": "API key"})]
