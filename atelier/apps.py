"""The project package as a Django app, for its commands and templates."""

import atexit

from django.apps import AppConfig
from django.conf import settings


class AtelierConfig(AppConfig):
    name = "atelier"
    verbose_name = "Atelier"

    def ready(self) -> None:
        from atelier.core.db.tenancy import open_for_good

        if settings.AS_OWNER:
            open_for_good("migrations")
        atexit.register(_close_pool)


def _close_pool() -> None:
    """While threads still run: at the very end of a process psycopg's pool waits in vain, for 5 s, for its own."""
    from django.db import connection

    if connection.alias in connection._connection_pools:
        connection.close()
        connection.close_pool()
