"""What the database keeps of the ledger's rules beyond columns and constraints, a file for each subject; the first prices.

Each trigger and each function stands once, in the file of its subject. Row-level security comes last.
"""

from pathlib import Path

from django.db import migrations

from atelier.core.db.policies import EnableTenantPolicy

FILES = (
    "transfers.sql",
    "holds.sql",
    "accounts.sql",
    "adjustments.sql",
    "immutable.sql",
    "indexes.sql",
    "prices.sql",
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("audit", "0002_policies_and_triggers")]
    operations = [
        *(migrations.RunSQL(Path(__file__).with_name(name).read_text()) for name in FILES),
        EnableTenantPolicy("billing_account"),
        EnableTenantPolicy("billing_transfer"),
        EnableTenantPolicy("billing_hold"),
        EnableTenantPolicy("billing_holdoutcome"),
        EnableTenantPolicy("billing_grantend"),
        EnableTenantPolicy("billing_adjustment"),
        EnableTenantPolicy("billing_adjustmentdecision"),
    ]
