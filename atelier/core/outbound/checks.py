"""Whether an address that a client gives may be called at all, in words for that client."""

from __future__ import annotations

import threading

from django.db import connection

from atelier.core.errors import AtelierError, InvalidRequest
from atelier.core.outbound.addresses import AddressRefused, parse_target
from atelier.core.outbound.resolving import NameUnresolved, checked_addresses, outbound_policy, outbound_resolver

DOOR_SECONDS, DOOR_LOOKUPS = 2.0, 4
_lookups = threading.BoundedSemaphore(DOOR_LOOKUPS)


class AddressNotAllowed(InvalidRequest):
    """The URL may not be called: not https on port 443, no host name, or a name that leads to an address that is
    not public."""

    code = "address_not_allowed"
    title = "Webhooks are not sent to this address"

    def __init__(self, message: str, pointer: str = "/url") -> None:
        super().__init__(message, errors=[{"pointer": pointer, "message": message}])


class LookupsBusy(AtelierError):
    """As many host names are being looked up as this process has threads for: name servers answer slowly."""

    code = "lookups_busy"
    status = 503
    title = "Too many host names are being looked up"


def check_url(url: str, pointer: str = "/url") -> None:
    """Raises `AddressNotAllowed` unless every address of the URL's host may be called now. It is checked again at
    every send.

    It waits for a stranger's name server: at most DOOR_SECONDS, in at most DOOR_LOOKUPS threads of this process
    (`LookupsBusy`), and without a connection of the database's pool. Not inside a transaction.
    """
    policy = outbound_policy()
    try:
        target = parse_target(url, policy)
    except AddressRefused as refused:
        raise AddressNotAllowed(str(refused), pointer) from None
    if not _lookups.acquire(blocking=False):
        raise LookupsBusy("Try again in a moment.", headers={"Retry-After": "2"})
    try:
        if not connection.in_atomic_block:
            connection.close()
        checked_addresses(target.host, policy, outbound_resolver(), DOOR_SECONDS)
    except (AddressRefused, NameUnresolved) as refused:
        raise AddressNotAllowed(str(refused), pointer) from None
    finally:
        _lookups.release()
