"""Who did what: written with the change, never changed."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "atelier.audit"
    label = "audit"
