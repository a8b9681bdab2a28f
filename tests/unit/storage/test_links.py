"""Signed links: an honest one opens, a changed, expired or foreign one never does."""

from __future__ import annotations

import string
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from storage import links
from storage.keys import InvalidKey

NOW = 1_800_000_000.0
KEY = links.derive_key("a secret of this installation")
CLAIM = links.Claim(
    method="GET",
    key="assets/wsp_a/gen_b/0-" + "ab" * 32 + ".png",
    expires_at=int(NOW) + 900,
    filename="gen_b-1.png",
    content_type="image/png",
)
TOKEN = links.sign(CLAIM, KEY)


def opens(token: str, *, now: float = NOW, method: str = "GET", keys: tuple[bytes, ...] = (KEY,)) -> links.Claim:
    return links.verify(token, method=method, keys=keys, now=now)


def refused(token: str) -> bool:
    try:
        opens(token)
    except links.LinkInvalid:
        return True
    return False


def test_an_honest_link_gives_back_its_claim() -> None:
    assert opens(TOKEN) == CLAIM


def test_a_token_needs_no_escaping_in_a_url_and_ends_in_the_file_name() -> None:
    assert set(TOKEN) <= set(string.ascii_letters + string.digits + "-_./")
    assert TOKEN.rsplit("/", 1)[1] == "gen_b-1.png"
    assert len(TOKEN) < 500


def test_every_character_replaced_by_every_other_is_refused() -> None:
    """Exhaustive over ASCII, so that the spare bits of base64 cannot hide."""
    for position, kept in enumerate(TOKEN):
        for other in map(chr, range(128)):
            if other != kept:
                assert refused(TOKEN[:position] + other + TOKEN[position + 1 :]), (position, other)


def test_every_character_removed_doubled_or_swapped_is_refused() -> None:
    for position in range(len(TOKEN)):
        before, kept, after = TOKEN[:position], TOKEN[position], TOKEN[position + 1 :]
        assert refused(before + after) or before + after == TOKEN
        assert refused(before + kept + kept + after)
        if after and after[0] != kept:
            assert refused(before + after[0] + kept + after[1:])


@given(st.text(max_size=3), st.integers(0, len(TOKEN)), st.integers(0, len(TOKEN)))
def test_any_slice_replaced_by_any_text_is_refused(text: str, start: int, end: int) -> None:
    changed = TOKEN[:start] + text + TOKEN[end:]
    assume(changed != TOKEN)
    assert refused(changed)


@given(st.text(max_size=300))
def test_text_that_nobody_signed_is_refused(text: str) -> None:
    assert refused(text)


@pytest.mark.parametrize(
    "other",
    [
        replace(CLAIM, method="PUT"),
        replace(CLAIM, key=CLAIM.key.replace("wsp_a", "wsp_b")),
        replace(CLAIM, expires_at=CLAIM.expires_at + 1),
        replace(CLAIM, filename="gen_b-2.png"),
        replace(CLAIM, content_type="text/html"),
    ],
)
def test_the_signature_of_one_claim_does_not_fit_another(other: links.Claim) -> None:
    (payload, _), (_, signature) = (links.sign(claim, KEY).split("/")[0].split(".") for claim in (other, CLAIM))
    assert refused(f"{payload}.{signature}/{other.filename}")


def test_a_link_is_honoured_until_its_expiry_and_the_skew_of_clocks_and_no_longer() -> None:
    assert opens(TOKEN, now=CLAIM.expires_at)
    assert opens(TOKEN, now=CLAIM.expires_at + links.CLOCK_SKEW_SECONDS)
    with pytest.raises(links.LinkExpired):
        opens(TOKEN, now=CLAIM.expires_at + links.CLOCK_SKEW_SECONDS + 0.001)


def test_a_signer_whose_clock_runs_far_ahead_makes_no_lasting_link() -> None:
    latest = int(NOW) + links.MAX_SECONDS + links.CLOCK_SKEW_SECONDS
    assert opens(links.sign(replace(CLAIM, expires_at=latest), KEY))
    with pytest.raises(links.LinkInvalid):
        opens(links.sign(replace(CLAIM, expires_at=latest + 1), KEY))


def test_a_link_for_one_method_does_not_open_another() -> None:
    with pytest.raises(links.LinkInvalid):
        opens(TOKEN, method="PUT")


def test_links_live_on_while_a_secret_is_replaced() -> None:
    new = links.derive_key("the next secret")
    assert opens(TOKEN, keys=(new, KEY)) == CLAIM
    with pytest.raises(links.LinkInvalid):
        opens(TOKEN, keys=(new,))


def test_the_key_is_not_the_secret_itself() -> None:
    assert links.derive_key("secret") != b"secret"
    assert len(links.derive_key("secret")) == 32


@pytest.mark.parametrize(
    "filename", ["", "a/b", "..", ".png", 'a"b', "a b", "a\r\nb", "é.png", "a" * 101, "a\\b", "a;b"]
)
def test_a_file_name_that_could_break_a_header_or_a_path_is_not_signed(filename: str) -> None:
    with pytest.raises(ValueError, match="file name"):
        links.sign(replace(CLAIM, filename=filename), KEY)


@pytest.mark.parametrize("content_type", ["", "image", "image/png\r\nX: y", "image/png; charset=x", "a b/c", "/png"])
def test_a_content_type_that_could_break_a_header_is_not_signed(content_type: str) -> None:
    with pytest.raises(ValueError, match="content type"):
        links.sign(replace(CLAIM, content_type=content_type), KEY)


def test_a_key_that_is_none_is_not_signed() -> None:
    with pytest.raises(InvalidKey):
        links.sign(replace(CLAIM, key="../secret"), KEY)


@pytest.mark.parametrize("seconds", [0, -1, links.MAX_SECONDS + 1])
def test_a_life_outside_the_limits_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match="seconds"):
        links.check_seconds(seconds)
