"""Presigned S3 links with a chosen time of signing: signed at the same moment, the same link is the same URL.

botocore signs with the current time; its table of signers and the event `choose-signer` let one of our own do it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from botocore.auth import AUTH_TYPE_MAPS, SIGV4_TIMESTAMP, S3SigV4QueryAuth
from botocore.exceptions import NoCredentialsError

_SIGNER = "atelier-window"
_at: ContextVar[datetime | None] = ContextVar("signed_at", default=None)


@contextmanager
def signed_at(moment: datetime | None) -> Iterator[None]:
    """Links made inside the block are signed as of `moment` (UTC); None: as of now."""
    token = _at.set(moment)
    try:
        yield
    finally:
        _at.reset(token)


class WindowedQueryAuth(S3SigV4QueryAuth):
    """Signature Version 4 in the query (AWS, "Authenticating Requests: Using Query Parameters")."""

    def add_auth(self, request: Any) -> None:
        moment = _at.get()
        if moment is None:
            return super().add_auth(request)
        if self.credentials is None:
            raise NoCredentialsError
        request.context["timestamp"] = moment.strftime(SIGV4_TIMESTAMP)
        self._modify_request_before_signing(request)
        text = self.string_to_sign(request, self.canonical_request(request))
        self._inject_signature_to_request(request, self.signature(text, request))
        return None


def sign_links_by_window(client: Any) -> None:
    """Let links of this client be signed by `WindowedQueryAuth`."""
    AUTH_TYPE_MAPS[f"{_SIGNER}-query"] = WindowedQueryAuth
    client.meta.events.register("choose-signer.s3.GetObject", _choose)


def _choose(signing_name: str, context: dict[str, Any], **kwargs: Any) -> str | None:
    """Only links: a GET that is sent at once is signed as always."""
    return _SIGNER if _at.get() is not None else None
