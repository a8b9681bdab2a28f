"""The environment of a stack's processes: what atelier/settings/env.py will read."""

from __future__ import annotations

import os
from collections.abc import Mapping

from atelier.stacks.home import Home
from atelier.stacks.ports import HOST
from atelier.stacks.secrets import StateSecrets

POLITE_THREADS = {"OMP_WAIT_POLICY": "PASSIVE"}
"""Threads of the engines sleep while they wait for each other. Spinning, OpenMP's default, made drawing three to five
times slower on two cores that had anything else to do (measured)."""


SHARED_CORES = "20"
"""What the request's time budgets are multiplied with where the models draw on the web server's own cores."""


def service_environment(
    home: Home,
    state: StateSecrets,
    *,
    port: int,
    database_url: str,
    owner_url: str,
    broker_url: str,
    storage: Mapping[str, str],
) -> dict[str, str]:
    """Our environment plus this stack's addresses. Models are looked for where the caller's environment says."""
    return {
        **POLITE_THREADS,
        "ATELIER_MODELS_DIR": str(home.models),
        "ATELIER_STAGE_BUDGETS": SHARED_CORES,
        "ATELIER_LEDGER_HEADS": str(home.heads),
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "atelier.settings",
        "PYTHONUNBUFFERED": "1",
        "ATELIER_SECRET_KEY": state.django_key,
        "ATELIER_PUBLIC_URL": base_url(port),
        "ATELIER_ALLOWED_HOSTS": f"{HOST},localhost",
        "DATABASE_URL": database_url,
        "DATABASE_OWNER_URL": owner_url,
        "BROKER_URL": broker_url,
        **storage,
    }


def base_url(port: int) -> str:
    """Address of the web server."""
    return f"http://{HOST}:{port}"
