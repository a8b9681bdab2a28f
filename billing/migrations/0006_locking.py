"""The books are locked without writing (`locking.sql`), and an outcome names its hold's facts by one key.

A hold needs no foreign key to its workspace: billing_chain_hold finds the workspace's chain, or its row is refused.
"""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

KEY = """
ALTER TABLE billing_holdoutcome DROP CONSTRAINT outcome_of_hold, DROP CONSTRAINT outcome_in_workspace;
ALTER TABLE billing_holdoutcome ADD CONSTRAINT outcome_of_hold
    FOREIGN KEY (hold_id, workspace_id, amount) REFERENCES billing_hold (id, workspace_id, amount);
ALTER TABLE billing_hold DROP CONSTRAINT hold_workspace_key;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_ending")]
    operations = [
        migrations.RunSQL(Path(__file__).with_name("locking.sql").read_text()),
        migrations.AddConstraint(
            "hold", models.UniqueConstraint(fields=["id", "workspace", "amount"], name="hold_facts_key")
        ),
        migrations.RunSQL(KEY),
        migrations.RemoveConstraint("hold", "hold_amount_key"),
        migrations.AlterField(
            "hold", "workspace",
            models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to="accounts.workspace",
            ),
        ),
    ]
