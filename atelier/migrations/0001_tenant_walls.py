"""Row-level security on every table that the first version had (docs/adr/0016)."""

from __future__ import annotations

from django.db import migrations

from atelier.core.db.walls import EnableTenantWall


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("audit", "0002_chain"),
        ("billing", "0004_chains"),
        ("generation", "0001_initial"),
        ("storage", "0001_initial"),
    ]

    operations = [
        EnableTenantWall("accounts_workspace", "id"),
        EnableTenantWall("accounts_membership"),
        EnableTenantWall("accounts_apikey"),
        EnableTenantWall("audit_auditentry"),
        EnableTenantWall("audit_chainhead"),
        EnableTenantWall("billing_account"),
        EnableTenantWall("billing_transfer"),
        EnableTenantWall("billing_hold"),
        EnableTenantWall("billing_holdoutcome"),
        EnableTenantWall("billing_grantend"),
        EnableTenantWall("billing_adjustment"),
        EnableTenantWall("billing_adjustmentdecision"),
        EnableTenantWall("generation_generation"),
        EnableTenantWall("generation_slot"),
        EnableTenantWall("generation_stageresult", through=("generation_id", "generation_generation")),
        EnableTenantWall("generation_generationevent", through=("generation_id", "generation_generation")),
        EnableTenantWall("generation_idempotencyrecord"),
        EnableTenantWall("storage_asset"),
    ]
