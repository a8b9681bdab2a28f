"""Row-level security (docs/adr/0016)."""

from __future__ import annotations

from django.db import migrations

from atelier.core.db.walls import EnableTenantWall


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]

    operations = [
        EnableTenantWall("webhooks_endpoint"),
        EnableTenantWall("webhooks_counter"),
        EnableTenantWall("webhooks_event"),
        EnableTenantWall("webhooks_delivery"),
        EnableTenantWall("webhooks_attempt"),
        EnableTenantWall("webhooks_deadletter"),
    ]
