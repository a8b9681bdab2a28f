"""Users who may log in to the admin, and their groups."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django_otp.plugins.otp_totp.models import TOTPDevice

from atelier.admin.audited import AuditedAdmin

admin.site.unregister(User)
admin.site.unregister(Group)
admin.site.unregister(TOTPDevice)  # `manage.py second_factor` adds and removes them, with an audit entry


@admin.register(User)
class AuditedUserAdmin(AuditedAdmin, UserAdmin):
    """A user is deactivated, never deleted: audit entries refer to users by their id."""

    audited_as = "user"
    audited_values = ("is_active", "is_staff", "is_superuser")

    def subject_of(self, record: Any) -> str:
        return f"user:{record.pk}"

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        with transaction.atomic():
            response = super().user_change_password(request, id, form_url)
            if request.method == "POST" and response.status_code == 302:
                self.record_action(request, User.objects.get(pk=id), "password_changed")
        return response


@admin.register(Group)
class AuditedGroupAdmin(AuditedAdmin, GroupAdmin):
    audited_as = "group"

    def subject_of(self, record: Any) -> str:
        return f"group:{record.pk}"
