"""A key as text: random, self-checking, and never stored as it is."""

from __future__ import annotations

import hashlib
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atelier.accounts.keys import ALPHABET, make_key, parse_key

MARKS = st.sampled_from(string.ascii_letters + string.digits + "_- \n\0é١")


def test_a_key_has_the_published_form() -> None:
    text = make_key().text
    prefix, live, lookup, secret = text.split("_")
    assert (prefix, live, len(lookup), len(secret)) == ("atl", "live", 8, 38)
    assert set(lookup + secret) <= set(ALPHABET)


def test_two_keys_are_never_the_same() -> None:
    assert len({make_key().text for _ in range(500)}) == len({make_key().lookup for _ in range(500)}) == 500


def test_a_made_key_is_read_back() -> None:
    key = make_key()
    assert parse_key(key.text) == key


def test_what_is_stored_is_the_sha256_of_the_whole_key() -> None:
    key = make_key()
    assert key.digest == hashlib.sha256(key.text.encode()).hexdigest()
    assert key.text not in repr(key.digest)


@settings(max_examples=300, deadline=None)
@given(position=st.integers(0, 54), mark=MARKS)
def test_one_wrong_character_anywhere_is_noticed(position: int, mark: str) -> None:
    text = make_key().text
    broken = text[:position] + mark + text[position + 1 :]
    assert (parse_key(broken) is None) == (broken != text)


@settings(max_examples=100, deadline=None)
@given(position=st.integers(9, 53))
def test_two_swapped_characters_are_noticed(position: int) -> None:
    text = make_key().text
    swapped = text[:position] + text[position + 1] + text[position] + text[position + 2 :]
    assert (parse_key(swapped) is None) == (swapped != text)


@pytest.mark.parametrize(
    "text", ["", "atl_live_", "Bearer x", "atl_live_" + "a" * 47, "\ud800", "atl_test_12345678_" + "a" * 38]
)
def test_anything_else_is_no_key(text: str) -> None:
    assert parse_key(text) is None


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    assert parse_key(text) is None
