"""Which addresses of the outside we may call: the syntax of a URL, and the networks an IP address may not be in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

import idna

MAX_URL = 2048
Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

REFUSED_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "168.63.129.16/32",  # looks public; answers as the platform inside one cloud
    )
)
GLOBAL_V6 = IPv6Network("2000::/3")
"""What IANA gives out for the public network. What embeds IPv4 addresses lies outside, or is refused below."""
REFUSED_V6 = tuple(IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class AddressRefused(Exception):
    """The address may not be called; the message says why, in a sentence for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What operators allow beyond public https on port 443."""

    networks: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset({443})
    http: bool = False

    @classmethod
    def of(cls, *, networks: Iterable[str] = (), ports: Iterable[int] = (443,), http: bool = False) -> Policy:
        """From texts. Raises ValueError for what is no network."""
        return cls(tuple(ip_network(text) for text in networks), frozenset(ports), http)


@dataclass(frozen=True, slots=True)
class Target:
    """A URL in parts. `host` is a name in ASCII (A-labels), never an IP address; `path` has the query."""

    scheme: str
    host: str
    port: int
    path: str


def parse_target(url: str, policy: Policy) -> Target:
    """The parts of a URL that may be called as far as its text tells. Raises `AddressRefused`."""
    if not 0 < len(url) <= MAX_URL:
        raise AddressRefused(f"The URL must have 1 to {MAX_URL:,} characters.")
    if re.search(r"[\x00-\x20\x7f\\]", url):
        raise AddressRefused("The URL must not have blanks, control characters or backslashes.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("This is not a URL.") from None
    if parts.scheme not in (("https", "http") if policy.http else ("https",)):
        raise AddressRefused("The URL must begin with https://.")
    if "@" in parts.netloc or parts.fragment:
        raise AddressRefused("The URL must not have a user, a password or a fragment.")
    host = _checked_host(parts.netloc.rpartition(":")[0] if port is not None else parts.netloc.rstrip(":"))
    port = port or {"https": 443, "http": 80}[parts.scheme]
    if port not in policy.ports:
        raise AddressRefused(f"Port {port} is not allowed; use {', '.join(map(str, sorted(policy.ports)))}.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise AddressRefused("Percent-encode what is not ASCII in the path of the URL.")
    return Target(parts.scheme, host, port, path)


def _checked_host(text: str) -> str:
    """A domain name as A-labels. IP addresses are refused in every notation: a name can be looked up and judged."""
    if "[" in text or ":" in text:
        raise AddressRefused("Give a host name, not an IP address.")
    try:
        host = idna.encode(text, uts46=True).decode().lower()
    except idna.IDNAError:
        raise AddressRefused("The URL has no valid host name.") from None
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1] or labels[-2 if len(labels) > 1 else -1]):
        raise AddressRefused("Give a host name, not an IP address.")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise AddressRefused("The URL has no valid host name.")
    return host


def check_address(address: str, policy: Policy) -> None:
    """Raises `AddressRefused` unless the IP address is public, or in a network that operators allow."""
    ip: Address = ip_address(address)
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if any(ip.version == network.version and ip in network for network in policy.networks):
        return
    if not _is_public(ip):
        raise AddressRefused(f"The host name leads to {ip}, which is not a public address.")


def _is_public(ip: Address) -> bool:
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in REFUSED_V4)
    return ip.scope_id is None and ip in GLOBAL_V6 and not any(ip in network for network in REFUSED_V6)
