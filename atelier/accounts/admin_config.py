"""The admin's app with our own site: Django asks for the site's name before any model can be imported."""

from django.contrib.admin.apps import AdminConfig


class OperatorsAdminConfig(AdminConfig):
    default_site = "atelier.accounts.admin_site.OperatorsSite"
