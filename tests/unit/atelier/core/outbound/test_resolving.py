"""`localhost` is this machine whatever a name server says, and is reached only where operators allow it."""

from __future__ import annotations

import pytest

from atelier.core.outbound.addresses import AddressRefused, Policy
from atelier.core.outbound.resolving import Resolver, checked_addresses

NOBODY = "127.0.0.1:1"
"""No name server answers there, so a look-up of any other name fails."""


def test_localhost_needs_no_name_server_where_its_network_is_allowed() -> None:
    policy = Policy.of(networks=["127.0.0.0/8"])
    assert checked_addresses("localhost", policy, Resolver((NOBODY,))) == ["127.0.0.1"]


def test_localhost_is_refused_like_any_inner_address() -> None:
    with pytest.raises(AddressRefused, match=r"127\.0\.0\.1, which is not a public address"):
        checked_addresses("localhost", Policy(), Resolver((NOBODY,)))
