"""What every request passes: an id to find it by, a body that may come in chunks, and what a browser may load."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from urllib.parse import unquote

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from atelier.core.db.deadlines import measured
from atelier.core.db.policies import check_once
from atelier.core.db.tenancy import across, no_tenant
from atelier.core.http.request_ids import current
from atelier.core.ids import new_id

Answer = Callable[[HttpRequest], HttpResponseBase]

_GIVEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
"""A caller's own X-Request-Id of this form is kept, so that one id follows a request through several services."""


class RequestId:
    """Gives each request an id: on the request, in X-Request-Id, and in every log record written meanwhile."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        name = given if _GIVEN.fullmatch(given) else new_id("req")
        request.request_id = name
        token = current.set(name)
        try:
            response = self._get_response(request)
        finally:
            current.reset(token)
        response.headers["X-Request-Id"] = name
        return response


class NoTenantYet:
    """A request acts for nobody until authentication has found out for whom, and leaves nothing to the next one."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with no_tenant():
            return self._get_response(request)


class StageTimes:
    """Tells how long each stage of the request took, in Server-Timing (W3C); strangers are told nothing."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with measured() as figures:
            response = self._get_response(request)
        if figures and response.status_code != 401:
            spent = (f"{name};dur={milliseconds:.1f}" for name, milliseconds in figures.items())
            response.headers["Server-Timing"] = ", ".join(spent)
        return response


class NoNul:
    """Refuses NUL in the URLs of the operators' pages: Django hands filters on to PostgreSQL, which has no such
    character, and answers 500. Everything else checks its own parameters."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith("/admin/") and "\0" in request.path + unquote(request.META.get("QUERY_STRING", "")):
            raise SuspiciousOperation("a NUL in a URL")
        return self._get_response(request)


class OperatorsSeeAll:
    """The operators' pages show all workspaces, to people who may enter there."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith("/admin/") and admin.site.has_permission(request):
            check_once()
            with across("operators"):
                return self._get_response(request)
        return self._get_response(request)


class ChunkedBody:
    """Reads a body that came without a length, up to one byte over the limit; Django itself would see it empty.

    Only where the server ends such a body for us (`wsgi.input_terminated`); the length found is put in place of
    the missing one, so that whoever reads the body applies the one rule of size.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chunked = request.META.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
        if chunked and not request.META.get("CONTENT_LENGTH") and request.META.get("wsgi.input_terminated"):
            body = request.META["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
            request.META["CONTENT_LENGTH"] = str(len(body))
            request._stream = io.BytesIO(body)
        return self._get_response(request)


_PAGES = (
    (
        "/admin/",
        "default-src 'self'; img-src 'self' data: http: https:; style-src 'self' 'unsafe-inline';"
        " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
    ),
    (
        "/docs",
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline';"
        " object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
)
"""What pages for people may load: their own files; pictures of an S3 server in the admin; inline styles."""

_LEAST = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'"
"""What any other answer may load: its own style and icon."""


class ContentSecurity:
    """Sets Content-Security-Policy where the view has not: the least, and more for the pages that need it."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if "Content-Security-Policy" not in response.headers:
            path = request.path.removeprefix("/" + settings.API_PREFIX.rstrip("/"))
            policies = (policy for prefix, policy in _PAGES if path.startswith(prefix))
            response.headers["Content-Security-Policy"] = next(policies, _LEAST)
        return response
