"""The project package as a Django app, for its commands and templates."""

from django.apps import AppConfig


class AtelierConfig(AppConfig):
    name = "atelier"
    verbose_name = "Atelier"
