"""Triggers and the composite foreign key of the ledger: `ledger.sql` beside this file says why."""

from pathlib import Path

from django.db import migrations

DROP = """
DROP TRIGGER billing_open_accounts ON accounts_workspace;
DROP FUNCTION billing_open_accounts();
ALTER TABLE billing_holdoutcome DROP CONSTRAINT outcome_of_hold;
DROP TRIGGER billing_holdoutcome_immutable ON billing_holdoutcome;
DROP TRIGGER billing_hold_immutable ON billing_hold;
DROP TRIGGER billing_transfer_immutable ON billing_transfer;
DROP FUNCTION billing_refuse_change();
DROP TRIGGER billing_post_transfer ON billing_transfer;
DROP FUNCTION billing_post_transfer();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("accounts", "0001_initial")]
    operations = [migrations.RunSQL(Path(__file__).with_name("ledger.sql").read_text(), DROP)]
