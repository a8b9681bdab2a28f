"""The credit ledger. It imports nothing of generations or images."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"
