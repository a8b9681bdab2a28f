"""The base of every error a client may see."""

from __future__ import annotations

from typing import Any


class AtelierError(Exception):
    """Base of the service's errors, each with a stable code. Subclasses stand beside the code that raises them.

    `code` never changes once published, `status` is the HTTP status, `title` the same for every occurrence;
    `detail` says what was wrong this time and `extra` adds members to the problem document (RFC 9457, section 3.2).
    """

    code = "internal_error"
    status = 500
    title = "Something went wrong on our side"
    advice = ""
    """The default `detail`: what the client can do. A detail never repeats the title."""

    def __init__(self, detail: str = "", *, headers: dict[str, str] | None = None, **extra: Any) -> None:
        self.detail = detail or self.advice or self.title
        super().__init__(self.detail)
        self.headers = headers or {}
        self.extra = extra


class InvalidRequest(AtelierError):
    """`errors` lists what is wrong as {pointer, message}; a pointer follows RFC 6901."""

    code = "invalid_request"
    status = 400
    title = "The request is not valid"


class NotFound(AtelierError):
    """The same answer for an unknown id and for another workspace's id."""

    code = "not_found"
    status = 404
    title = "There is no such resource"
    advice = "Look at the id and at the workspace of your key: another workspace's resources are not shown."


class Conflict(AtelierError):
    code = "conflict"
    status = 409
    title = "The request does not fit the state of the resource"
