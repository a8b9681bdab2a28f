"""The project package as a Django app, for its commands and templates."""

from django.apps import AppConfig
from django.conf import settings


class AtelierConfig(AppConfig):
    name = "atelier"
    verbose_name = "Atelier"

    def ready(self) -> None:
        from atelier.core.db.tenancy import set_all_tenants

        if settings.AS_OWNER:
            set_all_tenants("migrations")
