"""Where a request comes from."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address


def client_address(request: HttpRequest) -> Address | None:
    """The peer's address; behind our own proxy the last one that the proxy wrote. None where it is no address."""
    text = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER and request.META.get("HTTP_X_FORWARDED_FOR"):
        text = request.META["HTTP_X_FORWARDED_FOR"].rpartition(",")[2].strip()
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def is_within(address: Address | None, networks: list[str]) -> bool:
    """True when one of `networks` (CIDR) has the address. An address that is not known is in none."""
    return address is not None and any(address in ip_network(network) for network in networks)
