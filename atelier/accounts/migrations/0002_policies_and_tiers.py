"""Row-level security of the accounts' tables (docs/access.md), and the tiers as the specification lists them."""

from typing import Any

from django.db import migrations

from atelier.core.db.policies import EnableTenantPolicy

NAMES = (
    "name",
    "weight",
    "running_at_once",
    "jobs_per_hour",
    "burst",
    "target_wait_seconds",
    "queue_cap",
    "retention_days",
    "credits_per_month",
    "largest_side",
)
TIERS = (
    ("starter", 1, 2, 20, 5, 300, 100, 7, 100, 2048),
    ("professional", 3, 5, 100, 15, 120, 50, 90, 500, 4096),
    ("studio", 6, 20, None, 50, 30, 10, 365, None, 8192),
)


def insert_tiers(apps: Any, schema_editor: Any) -> None:
    """One row for each tier; operators change them afterwards."""
    terms = apps.get_model("accounts", "TierTerms")
    terms.objects.bulk_create([terms(**dict(zip(NAMES, figures, strict=True))) for figures in TIERS])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        EnableTenantPolicy("accounts_workspace", "id"),
        EnableTenantPolicy("accounts_membership"),
        EnableTenantPolicy("accounts_apikey"),
        migrations.RunPython(insert_tiers, migrations.RunPython.noop),
    ]
