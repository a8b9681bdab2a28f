"""The only place where an error becomes HTTP, inside REST framework (`to_problem`) and outside of it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import (
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.views import defaults
from psycopg.errors import DeadlockDetected
from rest_framework import exceptions as rest

from atelier.core.db.database import DISCONNECTED
from atelier.core.errors import AtelierError, InvalidRequest, NotFound
from atelier.core.http import problems
from atelier.core.http.pointers import escape_token
from atelier.core.http.problems import problem_response
from atelier.core.http.routes import nearest_route

log = logging.getLogger(__name__)
RETRY_SECONDS = "2"
PEOPLES_PAGES = "/admin/"
"""Below this path errors are Django's HTML pages."""


def to_problem(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """REST framework's exception handler: every error has an answer, an unexpected one is logged as well."""
    request = context["request"]._request
    return problem_response(request, translate(error, context["view"].allowed_methods))


def translate(error: BaseException | None, methods: Sequence[str] = ()) -> AtelierError:
    """The stated fact behind any exception; what nobody foresaw becomes `internal_error` without its text.

    `methods` are those of the URL.
    """
    if isinstance(error, AtelierError):
        return error
    if isinstance(error, rest.MethodNotAllowed):
        return problems.MethodNotAllowed(f"This URL serves {', '.join(methods) or 'other methods'}; see `Allow`.")
    if isinstance(error, DISCONNECTED):
        log_lost(error)
        return problems.DatabaseUnavailable("Try again in a moment.", headers={"Retry-After": RETRY_SECONDS})
    for kind, translation in _TRANSLATIONS.items():
        if isinstance(error, kind):
            return translation(error)
    log.error("unexpected error", exc_info=error, extra={"code": AtelierError.code})
    return AtelierError("The request id names it in the logs.")


def log_lost(error: BaseException) -> None:
    """Why the client reads "database unavailable"; a deadlock is a fault of ours, and is named."""
    if isinstance(error.__cause__, DeadlockDetected):
        log.error("deadlock: %s", error, extra={"code": "deadlock"})
    else:
        log.warning("database unavailable (%s): %s", type(error.__cause__ or error).__name__, error)


def _invalid(error: rest.ValidationError) -> AtelierError:
    return InvalidRequest("The request is not valid.", errors=list(_flatten(error.detail, "")))


def _flatten(detail: Any, pointer: str) -> list[dict[str, str]]:
    """REST framework's nested details as a list of {pointer, message}."""
    if isinstance(detail, dict):
        return [
            entry for name, value in detail.items() for entry in _flatten(value, f"{pointer}/{escape_token(str(name))}")
        ]
    if isinstance(detail, list):
        return [entry for value in detail for entry in _flatten(value, pointer)]
    return [{"pointer": pointer, "message": str(detail)}]


def _suspicion(error: SuspiciousOperation) -> str:
    return "It has more than 1,000 parameters." if isinstance(error, TooManyFieldsSent) else ""


_TRANSLATIONS: dict[type[Exception], Any] = {
    rest.ValidationError: _invalid,
    rest.ParseError: lambda error: problems.MalformedJson(str(error.detail)),
    rest.UnsupportedMediaType: lambda error: problems.UnsupportedMediaType("Send application/json in UTF-8."),
    rest.NotAcceptable: lambda error: problems.NotAcceptable("This operation answers application/json."),
    rest.NotFound: lambda error: NotFound(),
    rest.PermissionDenied: lambda error: problems.Forbidden(str(error.detail)),
    PermissionDenied: lambda error: problems.Forbidden(),
    Http404: lambda error: NotFound(),
    RequestDataTooBig: lambda error: problems.BodyTooLarge("The body may have 1,000,000 bytes."),
    DisallowedHost: lambda error: problems.InvalidHost("Ask the operator to add it to ATELIER_ALLOWED_HOSTS."),
    SuspiciousOperation: lambda error: problems.BadRequest(_suspicion(error)),
}


def unknown_path(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404: an unknown URL."""
    if request.path.startswith(PEOPLES_PAGES):
        return defaults.page_not_found(request, exception)
    there = nearest_route(str(request.method), request.path)
    advice = f"Do you mean {there}? " if there else ""
    return problem_response(request, problems.UnknownPath(f"{advice}GET /docs lists what there is."))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: a foreign host name, a body that is too large, anything suspicious."""
    known = isinstance(exception, SuspiciousOperation)
    return problem_response(request, translate(exception) if known else problems.BadRequest())


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    if request.path.startswith(PEOPLES_PAGES):
        return defaults.permission_denied(request, exception)
    return problem_response(request, problems.Forbidden())


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500. Django logs the exception that is being handled itself."""
    error = sys.exc_info()[1]
    if isinstance(error, DISCONNECTED):
        log_lost(error)
        unavailable = problems.DatabaseUnavailable("Try again in a moment.", headers={"Retry-After": RETRY_SECONDS})
        return problem_response(request, unavailable)
    if request.path.startswith(PEOPLES_PAGES):
        return defaults.server_error(request)
    return problem_response(request, AtelierError("The request id names it in the logs."))
