"""Whether a caller may still do what was begun: for answers that last longer than the right to them may."""

from __future__ import annotations

from django.contrib.auth import get_user
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from atelier.accounts.authentication import Caller
from atelier.core.db.tenancy import no_tenant
from atelier.core.errors import AtelierError


def is_still_allowed(request: Request, permission: str) -> bool:
    """Authenticate the request once more: key, token or session, person, workspace, network, permission.

    For the same workspace; what was cached with the request is read again.
    """
    plain, known = request._request, request.user
    if hasattr(plain, "session"):
        plain.session = type(plain.session)(plain.session.session_key)
        plain.user = get_user(plain)
    with no_tenant():  # as at the beginning of a request; the caller's tenant is set again behind this block
        try:
            found = request.successful_authenticator.authenticate(request)
        except (AtelierError, APIException):
            return False
    caller = found[0] if found else None
    return isinstance(caller, Caller) and caller.workspace.id == known.workspace.id and permission in caller.may
