"""A hold ends by one call (`ending.sql`), and a row of the books is checked once and written to what something reads.

Gone are foreign keys whose promise a trigger or a composite key keeps, indexes that another one begins with, and
Django's second index on text keys, for LIKE, which nothing here uses.
"""

from functools import partial
from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

ForeignKey = partial(models.ForeignKey, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+")
Kept = partial(ForeignKey, db_constraint=False)
UNREAD = (
    "billing_transfer_id_4b66344d_like", "billing_transfer_idempotency_key_455cbcdc_like",
    "billing_hold_id_665f0a72_like", "billing_hold_reference_efde3da1_like", "billing_hold_transfer_id_38386286_like",
    "billing_holdoutcome_capture_id_8b182efe_like", "billing_holdoutcome_hold_id_0a968104_like",
    "billing_holdoutcome_release_id_34790091_like",
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_chains")]
    operations = [
        migrations.RunSQL(
            Path(__file__).with_name("ending.sql").read_text(),
            "DROP FUNCTION billing_end_hold; DROP FUNCTION billing_keep_account CASCADE",
        ),
        migrations.AlterField("transfer", "workspace", Kept(to="accounts.workspace")),
        migrations.AlterField("transfer", "debit", Kept(related_name="debits", to="billing.account")),
        migrations.AlterField("transfer", "credit", Kept(related_name="credits", to="billing.account")),
        migrations.AlterField("hold", "workspace", ForeignKey(to="accounts.workspace")),
        migrations.AlterField("holdoutcome", "workspace", Kept(to="accounts.workspace")),
        migrations.AlterField(
            "holdoutcome", "hold",
            models.OneToOneField(
                db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True,
                related_name="outcome", serialize=False, to="billing.hold",
            ),
        ),
        migrations.RunSQL([f"DROP INDEX IF EXISTS {name}" for name in UNREAD], migrations.RunSQL.noop),
    ]
