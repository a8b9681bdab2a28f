"""PostgreSQL: a pool of connections for the service role; the owner role only for migrations."""

import sys

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from atelier.settings import env

OWNER_COMMANDS = {"migrate", "makemigrations", "grant_service_role", "sqlmigrate"}
_as_owner = len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS
_service_url = env.text("DATABASE_URL")
_url = env.text("DATABASE_OWNER_URL", _service_url) if _as_owner else _service_url

AS_OWNER = _as_owner
"""This process changes the tables themselves, of all workspaces."""

try:
    _parsed = dj_database_url.parse(_url, engine="atelier.core.db.postgresql")
except ValueError as error:
    raise ImproperlyConfigured("DATABASE_URL must look like postgresql://role:password@host:5432/database.") from error

DATABASES = {
    "default": {
        **_parsed,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **_parsed.get("OPTIONS", {}),
            "connect_timeout": 5,
            "pool": {
                "min_size": 1,
                "max_size": int(env.number("ATELIER_DATABASE_POOL", 12)),
                "timeout": 5,
                # The pauses between attempts double until this: with the default of 300 s a database that was
                # away for a minute would be asked again only after another one.
                "reconnect_timeout": 5,
            },
        },
    }
}
DATABASE_DIRECT_URL = env.text("DATABASE_DIRECT_URL", _service_url)
"""The server itself, for connections that LISTEN: a pooler that gives out sessions by the transaction loses notices."""

DATABASE_PLANS = env.choice("ATELIER_DATABASE_PLANS", ("auto", "on", "off"))
"""Whether statements are prepared. `auto`: unless a pooler is found in between, for most know none."""

SERVICE_ROLE = dj_database_url.parse(_service_url)["USER"]
AUDITOR_ROLE = env.text("ATELIER_AUDITOR_ROLE", "atelier_auditor")
