"""The project package as a Django app, for its commands and templates."""

import atexit

from django.apps import AppConfig
from django.conf import settings


class AtelierConfig(AppConfig):
    name = "atelier"
    verbose_name = "Atelier"

    def ready(self) -> None:
        from atelier.core.db.tenancy import set_all_tenants

        if settings.AS_OWNER:
            set_all_tenants("migrations")
        atexit.register(_close_pool)


def _close_pool() -> None:
    """Close the pool while threads still run: later, at interpreter exit, psycopg's pool waits 5 s for its threads."""
    from django.db import connection

    if connection.alias in connection._connection_pools:
        connection.close()
        connection.close_pool()
