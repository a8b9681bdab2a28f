"""The operators' site: a person who has a second factor logs in with it; operators may demand that all have one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django_otp import user_has_device
from django_otp.admin import OTPAdminAuthenticationForm, OTPAdminSite

from atelier import __version__
from atelier.accounts.sessions import is_verified


class OperatorLoginForm(OTPAdminAuthenticationForm):
    """Name and password, then the code of the person's device (TOTP, RFC 6238)."""

    def clean_otp(self, user: Any) -> None:
        if user is not None and (settings.ATELIER_ADMIN_SECOND_FACTOR or user_has_device(user)):
            super().clean_otp(user)


class OperatorsSite(AdminSite):
    """Django's site with that form. Where a second factor is demanded, a session without one opens nothing."""

    login_form = OperatorLoginForm
    login_template = OTPAdminSite.login_template

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page of the admin shows: its footer names the version."""
        return super().each_context(request) | {"version": __version__}

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and is_verified(request.user)
