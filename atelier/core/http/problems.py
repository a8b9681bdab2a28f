"""Problem documents (RFC 9457), and the errors that belong to HTTP itself and not to a domain."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path

from atelier.core.errors import AtelierError, InvalidRequest
from atelier.core.ids import new_id

MEDIA_TYPE = "application/problem+json"


class MalformedJson(InvalidRequest):
    """The body is not one JSON object in UTF-8, or it breaks a limit of depth, keys or characters."""

    code = "malformed_json"
    title = "The body is not a JSON object that can be accepted"


class UnknownField(InvalidRequest):
    """The body has a member that the operation does not know."""

    code = "unknown_field"
    title = "The request has a field that does not exist"


class UnsupportedField(InvalidRequest):
    """A documented member that this version does not serve yet."""

    code = "unsupported_field"
    title = "The request has a field that is not served yet"


class UnknownParameter(InvalidRequest):
    """The query has a parameter that the operation does not know: a typing error must not be ignored."""

    code = "unknown_parameter"
    title = "The query has a parameter that does not exist"


class InvalidParameter(InvalidRequest):
    """A query parameter or header breaks its rule; `errors` names it under `parameter`."""

    code = "invalid_parameter"
    title = "A parameter is not valid"

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}", errors=[{"pointer": "", "parameter": name, "message": message}])


class InvalidHost(AtelierError):
    """The Host header is not one of ATELIER_ALLOWED_HOSTS."""

    code = "invalid_host"
    status = 400
    title = "This host name is not served"


class BadRequest(AtelierError):
    """The request is broken in a way that no other code names."""

    code = "bad_request"
    status = 400
    title = "The request cannot be understood"
    advice = "Something in its line, headers or form is broken; compare it with the examples at GET /docs."


class Forbidden(AtelierError):
    """Known, but not allowed; for a session also: the CSRF token is missing."""

    code = "forbidden"
    status = 403
    title = "This is not allowed"
    advice = "A browser's session also needs the CSRF token; programs send an API key."


class MissingPermission(Forbidden):
    """The caller's role, or the scopes of the key, lack the permission that `permission` names."""

    code = "missing_permission"
    title = "A permission is missing"

    def __init__(self, permission: str) -> None:
        super().__init__(
            f"This needs the permission {permission!r}: ask an owner of the workspace.", permission=permission
        )


class UnknownPath(AtelierError):
    """No operation lives at this URL."""

    code = "unknown_path"
    status = 404
    title = "There is nothing at this URL"


class MethodNotAllowed(AtelierError):
    """The URL exists; `Allow` names its methods."""

    code = "method_not_allowed"
    status = 405
    title = "The URL does not serve this method"


class NotAcceptable(AtelierError):
    """The Accept header excludes everything that the operation can answer."""

    code = "not_acceptable"
    status = 406
    title = "No answer fits the Accept header"


class BodyTooLarge(AtelierError):
    """The body is over 1,000,000 bytes; refused before it is read in full."""

    code = "body_too_large"
    status = 413
    title = "The body is too large"


class UnsupportedMediaType(AtelierError):
    """The body is something else than application/json in UTF-8."""

    code = "unsupported_media_type"
    status = 415
    title = "The body has a type that is not served"


class DatabaseUnavailable(AtelierError):
    """PostgreSQL cannot be reached, or is restarting. Nothing was changed; try again."""

    code = "database_unavailable"
    status = 503
    title = "The database cannot be reached at the moment"


def type_uri(code: str) -> str:
    """Where a person can read what `code` means."""
    return f"{settings.ATELIER_PUBLIC_URL}/docs/errors#{code}"


def problem_document(request: HttpRequest, error: AtelierError) -> dict[str, Any]:
    """The members of the problem, in the order in which they are sent; `error.extra` may add, never replace."""
    listed = {"errors": error.extra["errors"]} if error.extra.get("errors") else {}
    document = {
        "type": type_uri(error.code),
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": escape_uri_path(request.path),
        "code": error.code,
        **listed,
        "requestId": request_id(request),
    }
    return document | {name: value for name, value in error.extra.items() if name not in document and name != "errors"}


def problem_response(request: HttpRequest, error: AtelierError) -> HttpResponse:
    """The error as an HTTP answer."""
    body = json.dumps(problem_document(request, error), ensure_ascii=False)
    headers = {"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store"} | error.headers
    return HttpResponse(body, status=error.status, headers=headers)


def request_id(request: HttpRequest) -> str:
    """The id that `RequestId` gave this request."""
    return getattr(request, "request_id", None) or new_id("req")
