"""The times of fair queueing are called what the literature calls them."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("generation", "0003_kinds_of_workers")]

    operations = [migrations.RenameModel("Turn", "VirtualTime")]
