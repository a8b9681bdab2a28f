"""The ledger's chains and the rules of its further kinds: `chains.sql` beside this file says why.

Rows that are there already get their places in the order in which their accounts' versions tell that they were booked.
"""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from billing.services.backfill import backfill_ledger

OPEN = """
LOCK TABLE billing_transfer, billing_hold, billing_holdoutcome IN ACCESS EXCLUSIVE MODE;
ALTER TABLE billing_transfer DISABLE TRIGGER billing_transfer_immutable;
ALTER TABLE billing_hold DISABLE TRIGGER billing_hold_immutable;
ALTER TABLE billing_holdoutcome DISABLE TRIGGER billing_holdoutcome_immutable;
UPDATE billing_holdoutcome o SET workspace_id = h.workspace_id FROM billing_hold h WHERE h.id = o.hold_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""
CLOSE = """
ALTER TABLE billing_transfer ENABLE TRIGGER billing_transfer_immutable;
ALTER TABLE billing_hold ENABLE TRIGGER billing_hold_immutable;
ALTER TABLE billing_holdoutcome ENABLE TRIGGER billing_holdoutcome_immutable;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_books"), ("audit", "0002_chain")]
    operations = [
        migrations.RunSQL(OPEN),
        migrations.RunPython(backfill_ledger),
        migrations.RunSQL(CLOSE),
        migrations.AlterField(
            "holdoutcome", "workspace",
            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(fields=('workspace', 'chain_seq'), name='hold_chain_seq', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(fields=('workspace', 'prev_hash'), name='hold_chain_prev', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='holdoutcome',
            constraint=models.UniqueConstraint(fields=('workspace', 'chain_seq'), name='outcome_chain_seq', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='holdoutcome',
            constraint=models.UniqueConstraint(fields=('workspace', 'prev_hash'), name='outcome_chain_prev', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.UniqueConstraint(fields=('workspace', 'chain_seq'), name='transfer_chain_seq', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.UniqueConstraint(fields=('workspace', 'prev_hash'), name='transfer_chain_prev', nulls_distinct=False),
        ),
        migrations.RunSQL(Path(__file__).with_name("chains.sql").read_text()),
    ]
