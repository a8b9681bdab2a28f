"""JSON log lines on standard error, and Sentry where an address for it is set."""

import sentry_sdk
from django.core.exceptions import ImproperlyConfigured

from atelier.settings import env

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_level = env.text("ATELIER_LOG_LEVEL", "INFO").upper()
if _level not in LEVELS:
    raise ImproperlyConfigured(f"ATELIER_LOG_LEVEL={_level} is no level: choose one of {', '.join(LEVELS)}.")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "atelier.core.logging.JsonFormatter"}},
    "filters": {"request": {"()": "atelier.core.http.request_ids.NamesRequest"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request"]}},
    "root": {"handlers": ["stderr"], "level": _level},
    "loggers": {
        "django.db.backends": {"level": "INFO"},
        "botocore": {"level": "WARNING"},
        # With the in-memory broker: it has no host and says so at each connection.
        "kombu.connection": {"level": "ERROR"},
        "celery.worker.consumer.connection": {"level": "WARNING"},
    },
}

if env.text("SENTRY_DSN", ""):
    sentry_sdk.init(dsn=env.text("SENTRY_DSN"), send_default_pii=False)
