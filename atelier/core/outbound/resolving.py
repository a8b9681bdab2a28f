"""Looking up host names: once a call, with a time limit, every answer checked before one is used."""

from __future__ import annotations

import time
from functools import lru_cache

import dns.exception
import dns.nameserver
import dns.rdatatype
import dns.resolver
from django.conf import settings

from atelier.core.outbound.addresses import Policy, check_address

LOOKUP_SECONDS = 3.0
CACHED_NAMES = 2000


class NameUnresolved(Exception):
    """The name has no address, or no name server answered in time."""


class Resolver:
    """A stub resolver of its own: `/etc/hosts` and search domains are not for names that strangers give.

    Answers are kept as long as their TTL says (dnspython's cache). `nameservers` are `address` or `address:port`
    (IPv4); without any those of the system are asked.
    """

    def __init__(self, nameservers: tuple[str, ...] = ()) -> None:
        self._resolver = dns.resolver.Resolver(configure=not nameservers)
        self._resolver.cache = dns.resolver.LRUCache(CACHED_NAMES)
        if nameservers:
            self._resolver.nameservers = [_nameserver(text) for text in nameservers]

    def resolve(self, host: str, seconds: float = LOOKUP_SECONDS) -> list[str]:
        """All addresses of a host, IPv4 first, within `seconds` in all. Raises `NameUnresolved`.

        `localhost` is this machine, whatever a name server says (RFC 6761, section 6.3).
        """
        if host == "localhost":
            return ["127.0.0.1"]
        found: list[str] = []
        until = time.monotonic() + seconds
        for kind in (dns.rdatatype.A, dns.rdatatype.AAAA):
            left = until - time.monotonic()
            if left <= 0:
                break
            try:
                found += [row.address for row in self._resolver.resolve(f"{host}.", kind, lifetime=left)]
            except dns.resolver.NXDOMAIN:
                break
            except dns.exception.DNSException:
                continue
        if not found:
            raise NameUnresolved(f"The host name {host} has no address that could be found.")
        return found


def _nameserver(text: str) -> dns.nameserver.Nameserver:
    address, _, port = text.partition(":")
    return dns.nameserver.Do53Nameserver(address, int(port or 53))


def checked_addresses(host: str, policy: Policy, resolver: Resolver, seconds: float = LOOKUP_SECONDS) -> list[str]:
    """The addresses of a host if every one of them may be called. Raises `AddressRefused`, `NameUnresolved`."""
    addresses = resolver.resolve(host, seconds)
    for address in addresses:
        check_address(address, policy)
    return addresses


def outbound_policy() -> Policy:
    """What the operators of this installation allow."""
    return _policy(
        tuple(settings.ATELIER_WEBHOOK_NETWORKS), tuple(settings.ATELIER_WEBHOOK_PORTS), settings.ATELIER_WEBHOOK_HTTP
    )


def outbound_resolver() -> Resolver:
    """The process's resolver."""
    return _resolver(tuple(settings.ATELIER_WEBHOOK_NAMESERVERS))


@lru_cache(maxsize=8)
def _policy(networks: tuple[str, ...], ports: tuple[str, ...], http: bool) -> Policy:
    return Policy.of(networks=networks, ports=map(int, ports), http=http)


@lru_cache(maxsize=8)
def _resolver(nameservers: tuple[str, ...]) -> Resolver:
    return Resolver(nameservers)
