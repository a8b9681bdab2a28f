"""Row-level security of endpoints, events and deliveries (docs/access.md)."""

from django.db import migrations

from atelier.core.db.policies import EnableTenantPolicy


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]
    operations = [
        EnableTenantPolicy("webhooks_endpoint"),
        EnableTenantPolicy("webhooks_counter"),
        EnableTenantPolicy("webhooks_event"),
        EnableTenantPolicy("webhooks_delivery"),
        EnableTenantPolicy("webhooks_attempt"),
        EnableTenantPolicy("webhooks_deadletter"),
    ]
