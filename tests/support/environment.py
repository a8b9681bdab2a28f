"""The environment of the tests, set before Django reads it: a private database on a free port, private folders.

Loaded as a plugin (`-p tests.support.environment` in setup.cfg), so that it is there before the settings are.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from atelier.stacks.postgres import DatabasePasswords, Postgres

ROOT = Path(tempfile.mkdtemp(prefix="atelier-tests-"))
ROOT.chmod(0o755)  # PostgreSQL may run as another user and must reach its directory
atexit.register(shutil.rmtree, ROOT, ignore_errors=True)
DATABASE = Postgres(ROOT / "postgres", DatabasePasswords())

os.environ.update(
    {
        "OMP_NUM_THREADS": "1",
        "DJANGO_SETTINGS_MODULE": "atelier.settings",
        "ATELIER_SECRET_KEY": "tests-only-" + os.urandom(16).hex(),
        "DATABASE_URL": DATABASE.service_url,
        "BROKER_URL": "memory://",
        "ATELIER_STORAGE_URL": f"file://{ROOT / 'storage'}",
        "ATELIER_MODELS_DIR": str(ROOT / "models"),
        "ATELIER_MODELS_FILE": str(Path(__file__).with_name("tiny.toml")),
        "ATELIER_RATE_LIMITS": "on",
        "ATELIER_STAGE_BUDGETS": "100",
    }
)
