"""Storage: bytes in, links out."""

from django.apps import AppConfig
from django.core.checks import register


class StorageConfig(AppConfig):
    name = "storage"
    label = "storage"
    verbose_name = "Storage"

    def ready(self) -> None:
        from storage.checks import check_location

        register(check_location)
