"""Who is asking: workspaces, members, API keys, tiers."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "atelier.accounts"
    label = "accounts"
    verbose_name = "Accounts"
