"""Log-ins of people: which address a wrong password counts against, and what somebody reads who guessed too often."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from atelier.core.http.origins import client_address


def login_address(request: HttpRequest) -> str | None:
    """The caller's address; of IPv6 its network of 64 bits, the least that one customer gets (RFC 6177)."""
    address = client_address(request)
    if isinstance(address, IPv6Address):
        address = ip_network((address, 64), strict=False).network_address
    return None if address is None else str(address)


def answer_locked_out(request: HttpRequest, credentials: dict[str, Any], **_: Any) -> HttpResponse:
    """The same for a right and a wrong password: guessing has ended, and tells nothing."""
    wait = round(settings.AXES_COOLOFF_TIME.total_seconds())
    text = f"Too many wrong passwords came from your network. Try again in {wait // 60} minutes.\n"
    return HttpResponse(text, status=429, content_type="text/plain; charset=utf-8", headers={"Retry-After": str(wait)})
