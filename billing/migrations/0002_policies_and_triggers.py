"""What the database keeps of the ledger's rules beyond columns and constraints, a file for each subject; the first prices.

Each trigger and each function stands once, in the file of its subject. Row-level security comes last.
"""

from pathlib import Path

from django.db import migrations

from atelier.core.db.walls import EnableTenantWall

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
        EnableTenantWall("billing_account"),
        EnableTenantWall("billing_transfer"),
        EnableTenantWall("billing_hold"),
        EnableTenantWall("billing_holdoutcome"),
        EnableTenantWall("billing_grantend"),
        EnableTenantWall("billing_adjustment"),
        EnableTenantWall("billing_adjustmentdecision"),
    ]
