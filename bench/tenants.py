"""Workspaces to measure with. Rate limits stay on, so each is used for the ten requests that a minute allows.

As a program it makes COUNT of them in the database that the environment names and prints their keys.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator

from atelier.stacks.home import PROJECT

REQUESTS_EACH = 10
CREDITS_EACH = 1000
TIER = "studio"  # no limit of jobs an hour


def make_keys(database_url: str, requests: int) -> Iterator[str]:
    """API keys for so many requests, ten in a row of each workspace."""
    count = -(-requests // REQUESTS_EACH)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "atelier.settings",
        "DATABASE_URL": database_url,
        "ATELIER_SECRET_KEY": "bench" * 8,
        "ATELIER_STORAGE_URL": f"file://{tempfile.gettempdir()}",
    }
    argv = [sys.executable, "-m", "bench.tenants", str(count)]
    made = subprocess.run(argv, cwd=PROJECT, env=environment, check=True, stdout=subprocess.PIPE, timeout=120)
    return (key for key in json.loads(made.stdout) for _ in range(REQUESTS_EACH))


def _make(count: int) -> list[str]:
    from django.db import transaction

    from atelier.core.db.tenancy import across

    with across("command"), transaction.atomic():
        return [_make_one() for _ in range(count)]


def _make_one() -> str:
    from atelier.accounts.services import create_api_key, create_workspace
    from billing.services.grants import grant_credits

    name = f"bench {uuid.uuid4().hex}"
    workspace = create_workspace(name=name, tier=TIER)
    grant_credits(workspace_id=workspace.id, amount=CREDITS_EACH, idempotency_key=name)
    return create_api_key(workspace=workspace, name="bench")[1]


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(_make(int(sys.argv[1]))))
