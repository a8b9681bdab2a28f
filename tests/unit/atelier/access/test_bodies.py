"""What may stand in the body of a key, and what is said of the rest."""

from __future__ import annotations

import pytest

from atelier.access.api.bodies import ApiKeyRequest
from atelier.core.errors import InvalidRequest

NETWORK = "It must be a network such as 192.0.2.0/24, without bits behind the prefix."


def refused(**members: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as refusal:
        ApiKeyRequest.parse({"name": "shop"} | members)
    return [(error["pointer"], error["message"]) for error in refusal.value.extra["errors"]]


def test_a_key_without_wishes_may_everything_from_everywhere_for_ever() -> None:
    key = ApiKeyRequest.parse({"name": "shop"})
    assert (key.scopes, key.networks, key.expires_at) == (["*"], [], None)


def test_networks_are_kept_as_the_networks_they_are() -> None:
    assert ApiKeyRequest.parse({"name": "a", "networks": ["192.0.2.7", "2001:DB8::/32"]}).networks == [
        "192.0.2.7/32",
        "2001:db8::/32",
    ]


@pytest.mark.parametrize("network", ["192.0.2.1/24", "fe80::1%eth0", "shop.example", "", 5, None])
def test_what_is_no_network_is_named_with_its_place(network: object) -> None:
    assert refused(networks=["192.0.2.0/24", network]) == [("/networks/1", NETWORK)]


def test_the_same_network_written_twice_is_there_twice() -> None:
    assert refused(networks=["192.0.2.7", "192.0.2.7/32"]) == [("/networks", "It has the same item twice.")]


def test_every_unknown_scope_is_named() -> None:
    assert [pointer for pointer, _ in refused(scopes=["x", "keys:read", "y"])] == ["/scopes/0", "/scopes/2"]
    assert refused(scopes=[])[0][1].startswith("It must be a list of 1 to ")


def test_a_key_cannot_end_at_null() -> None:
    assert refused(expiresAt=None)[0][0] == "/expiresAt"
