"""Which media type an answer has: what the view offers, compared with `Accept` (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.utils.mediatypes import media_type_matches, order_by_precedence

JSON, CSV = "application/json", "text/csv"


class Negotiation(DefaultContentNegotiation):
    """A view names what it can answer in `offers`, the usual type first; JSON where it names nothing.

    Without a preference, and an empty `Accept` is none, the usual type is given. Errors are always problem documents.
    """

    def select_renderer(
        self, request: Request, renderers: Sequence[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """(the renderer, the media type of the answer). Raises NotAcceptable."""
        offers = getattr((request.parser_context or {}).get("view"), "offers", (JSON,))
        for group in order_by_precedence(_wanted(request.headers.get("Accept", ""))):
            for offer in offers:
                if any(media_type_matches(offer, wanted) for wanted in group):
                    return renderers[0], offer
        raise NotAcceptable


class AnyAccept(DefaultContentNegotiation):
    """The resource has one type, whatever a client says that it accepts: an event stream, a file."""

    def select_renderer(
        self, request: Request, renderers: Sequence[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        return renderers[0], str(renderers[0].media_type)


def _wanted(header: str) -> list[str]:
    short = header[: Negotiation.max_accept_header_length]
    named = [word.strip() for word in short.split(",")[: Negotiation.max_accept_tokens] if word.strip()]
    return named or ["*/*"]
