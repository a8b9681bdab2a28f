"""The audit trail: entries are written in the transaction of the change, and never changed."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "atelier.audit"
    label = "audit"
