"""Integers of credit; knows no image."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"
