"""Row-level security on every table that the first version had (docs/adr/0009)."""

from __future__ import annotations

from django.db import migrations

from atelier.core.walls import EnableTenantWall


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("audit", "0001_initial"),
        ("billing", "0002_ledger"),
        ("generation", "0001_initial"),
        ("storage", "0001_initial"),
    ]

    operations = [
        EnableTenantWall("accounts_workspace", "id"),
        EnableTenantWall("accounts_membership"),
        EnableTenantWall("accounts_apikey"),
        EnableTenantWall("audit_auditentry"),
        EnableTenantWall("billing_account"),
        EnableTenantWall("billing_transfer"),
        EnableTenantWall("billing_hold"),
        EnableTenantWall("billing_holdoutcome", through=("hold_id", "billing_hold")),
        EnableTenantWall("generation_generation"),
        EnableTenantWall("generation_slot"),
        EnableTenantWall("generation_stageresult", through=("generation_id", "generation_generation")),
        EnableTenantWall("generation_generationevent", through=("generation_id", "generation_generation")),
        EnableTenantWall("generation_idempotencyrecord"),
        EnableTenantWall("storage_asset"),
    ]
