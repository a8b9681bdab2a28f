"""The engines, the leases and the limits of a generation."""

from pathlib import Path

from atelier.settings import env
from atelier.settings.base import BASE_DIR

ATELIER_MODELS_FILE = Path(env.text("ATELIER_MODELS_FILE", str(BASE_DIR / "generation" / "models.toml")))
ATELIER_STYLES_FILE = BASE_DIR / "generation" / "styles.toml"
ATELIER_MODELS_DIR = Path(env.text("ATELIER_MODELS_DIR", str(BASE_DIR / ".atelier" / "models")))
ATELIER_ENGINE_CACHE_BYTES = int(env.number("ATELIER_ENGINE_CACHE_BYTES", 4e9))
ATELIER_LEASE_SECONDS = env.number("ATELIER_LEASE_SECONDS", 60)
ATELIER_WAKE_SECONDS = env.number("ATELIER_WAKE_SECONDS", 30)
ATELIER_WORKER_NAME = env.text("ATELIER_WORKER_NAME", "")
ATELIER_MAX_ATTEMPTS = 3
ATELIER_IDEMPOTENCY_DAYS = 7
ATELIER_EVENT_DAYS = 30
"""How long clients can read again how their generation went; how it ended stays."""
