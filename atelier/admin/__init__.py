"""The admin pages that use several apps. Django's autodiscovery imports this package.

They are not in atelier/accounts, because audit, billing and generation import accounts.
"""

from django.contrib import admin

from atelier.admin import keys, ledger, people, tiers, workspaces

__all__ = ["keys", "ledger", "people", "tiers", "workspaces"]

admin.site.site_header = "Atelier"
admin.site.site_title = "Atelier"
admin.site.index_title = "Operations"
admin.site.enable_nav_sidebar = False  # the lists need the room
admin.site.index_template = "admin/dashboard.html"
