"""Which addresses may be called: every spelling of the inside is refused, whatever Python thinks of it."""

from __future__ import annotations

import pytest

from atelier.core.outbound.addresses import AddressRefused, Policy, check_address, parse_target

PUBLIC = Policy()
INSIDE = (
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.1.2.3",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::169.254.169.254",
    "::ffff:169.254.169.254",
    "::ffff:10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:a9fe:a9fe::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
)
URLS = (
    "http://example.org/",
    "ftp://example.org/",
    "//example.org/",
    "https://",
    "https:///x",
    "",
    "x" * 3000,
    "https://example.org:22/",
    "https://example.org:5672/",
    "https://example.org:99999/",
    "https://example.org:x/",
    "https://user@example.org/",
    "https://user:pw@example.org/",
    "https://example.org@127.0.0.1/",
    "https://example.org#@127.0.0.1/",
    "https://example.org/#part",
    "https://example.org\\@127.0.0.1/",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0x7f000001/",
    "https://017700000001/",
    "https://127.1/",
    "https://127.0.0.1./",
    "https://0/",
    "https://0x/",
    "https://[::]/",
    "https://[::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[::ffff:127.0.0.1]/",
    "https://\u2460\u2461\u2466.0.0.1/",
    "https://\uff11\uff12\uff17.0.0.1/",
    "https://127\u30020\u30020\u30021/",
    "https://localhost./",
    "https://exa mple.org/",
    "https://example.org/\r\nX: y",
    "https://example.org/\x00",
    "https://-a.example/",
    "https://a..example/",
    "https://.example/",
    "https://exam%70le.org/",
    "https://example.org/\u00e4",
    "https://" + "a" * 64 + ".example/",
    "https://" + "a." * 130 + "example/",
    "https://999.999.999.999/",
)


@pytest.mark.parametrize("address", INSIDE)
def test_the_inside_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused, match="not a public address"):
        check_address(address, PUBLIC)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111"])
def test_the_public_network_is_not(address: str) -> None:
    check_address(address, PUBLIC)


@pytest.mark.parametrize("url", URLS, ids=lambda url: ascii(url)[:40])
def test_a_url_that_is_no_https_name_is_refused_with_a_reason(url: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        parse_target(url, PUBLIC)
    assert str(refused.value).endswith(".")


def test_a_url_is_taken_apart() -> None:
    target = parse_target("https://B\u00fccher.Example/a/b?c=d&e", PUBLIC)
    assert (target.scheme, target.host, target.port, target.path) == (
        "https",
        "xn--bcher-kva.example",
        443,
        "/a/b?c=d&e",
    )
    assert parse_target("https://example.org", PUBLIC).path == "/"


def test_operators_can_open_a_network_and_nothing_beside_it() -> None:
    policy = Policy.of(networks=["10.1.0.0/16", "fd00:1::/64"], ports=[443, 8443])
    for address in ("10.1.2.3", "::ffff:10.1.2.3", "fd00:1::5"):
        check_address(address, policy)
    for address in ("10.2.0.1", "fd00:2::1", "127.0.0.1"):
        with pytest.raises(AddressRefused):
            check_address(address, policy)
    assert parse_target("https://a.example:8443/", policy).port == 8443
    assert parse_target("http://a.example:8443/", Policy.of(ports=[8443], http=True)).scheme == "http"
