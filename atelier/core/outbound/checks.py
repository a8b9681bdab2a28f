"""Whether an address that a client gives may be called at all, in words for that client."""

from __future__ import annotations

from atelier.core.errors import InvalidRequest
from atelier.core.outbound.addresses import AddressRefused, parse_target
from atelier.core.outbound.resolving import NameUnresolved, checked_addresses, outbound_policy, outbound_resolver


class AddressNotAllowed(InvalidRequest):
    """The URL may not be called: not https on port 443, no host name, or a name that leads to an address that is
    not public."""

    code = "address_not_allowed"
    title = "Webhooks are not sent to this address"

    def __init__(self, message: str, pointer: str = "/url") -> None:
        super().__init__(message, errors=[{"pointer": pointer, "message": message}])


def check_url(url: str, pointer: str = "/url") -> None:
    """Raises `AddressNotAllowed` unless every address of the URL's host may be called now. It is checked again at
    every send."""
    policy = outbound_policy()
    try:
        target = parse_target(url, policy)
        checked_addresses(target.host, policy, outbound_resolver())
    except (AddressRefused, NameUnresolved) as refused:
        raise AddressNotAllowed(str(refused), pointer) from None
