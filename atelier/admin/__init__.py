"""The operators' site: the pages that need several apps. Django's autodiscovery imports it.

They stand here and not in atelier/accounts because accounts lies below audit, billing and generation.
"""

from django.contrib import admin

from atelier.admin import books, keys, people, tiers, workspaces

__all__ = ["books", "keys", "people", "tiers", "workspaces"]

admin.site.site_header = "Atelier"
admin.site.site_title = "Atelier"
admin.site.index_title = "Operations"
admin.site.enable_nav_sidebar = False  # the lists need the room
admin.site.index_template = "admin/dashboard.html"
