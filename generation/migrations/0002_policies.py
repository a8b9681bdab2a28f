"""Row-level security of the generations and what belongs to them (docs/access.md)."""

from django.db import migrations

from atelier.core.db.policies import EnableTenantPolicy


class Migration(migrations.Migration):
    dependencies = [("generation", "0001_initial")]
    operations = [
        EnableTenantPolicy("generation_generation"),
        EnableTenantPolicy("generation_slot"),
        EnableTenantPolicy("generation_stageresult", through=("generation_id", "generation_generation")),
        EnableTenantPolicy("generation_generationevent", through=("generation_id", "generation_generation")),
        EnableTenantPolicy("generation_idempotencyrecord"),
    ]
