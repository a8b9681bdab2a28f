"""Row-level security of the generations and what belongs to them (docs/access.md)."""

from django.db import migrations

from atelier.core.db.walls import EnableTenantWall


class Migration(migrations.Migration):
    dependencies = [("generation", "0001_initial")]
    operations = [
        EnableTenantWall("generation_generation"),
        EnableTenantWall("generation_slot"),
        EnableTenantWall("generation_stageresult", through=("generation_id", "generation_generation")),
        EnableTenantWall("generation_generationevent", through=("generation_id", "generation_generation")),
        EnableTenantWall("generation_idempotencyrecord"),
    ]
