"""The strict parser, body by body."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.core.http.parsers import MAX_DEPTH, MAX_KEYS, parse_object
from atelier.core.http.problems import MalformedJson

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def nested(depth: int) -> bytes:
    """An object that is `depth` containers deep, itself included."""
    return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


@given(st.dictionaries(TEXT, VALUES, max_size=5), st.booleans())
def test_every_plain_object_is_read_as_it_is(document: dict[str, object], escaped: bool) -> None:
    assert parse_object(json.dumps(document, ensure_ascii=escaped).encode()) == document


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        assert isinstance(parse_object(body), dict)
    except MalformedJson as refused:
        assert refused.detail


def test_the_limits_are_met_exactly() -> None:
    assert parse_object(nested(MAX_DEPTH))
    with pytest.raises(MalformedJson, match="deep"):
        parse_object(nested(MAX_DEPTH + 1))
    keys = {str(number): 1 for number in range(MAX_KEYS)}
    assert parse_object(json.dumps(keys).encode()) == keys
    with pytest.raises(MalformedJson, match="keys"):
        parse_object(json.dumps(keys | {"one more": 1}).encode())


def test_keys_are_counted_over_all_objects() -> None:
    with pytest.raises(MalformedJson, match="keys"):
        parse_object(json.dumps({"a": [{"b": 1}] * MAX_KEYS}).encode())


@pytest.mark.parametrize("text", [r'"\ud83c"', r'"\udf4e\ud83c"', r'["a", {"b": "\u0000"}]', r'{"\ud800": 1}'])
def test_characters_that_no_database_keeps_are_refused_wherever_they_are(text: str) -> None:
    with pytest.raises(MalformedJson, match="surrogate|NUL"):
        parse_object(b'{"a": ' + text.encode() + b"}")


def test_an_escaped_pair_is_a_character() -> None:
    assert parse_object(rb'{"a": "\ud83c\udf4e"}') == {"a": "\U0001f34e"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":' + b"[" * 450_000 + b"]" * 450_000 + b"}",
        b'{"a":' + b'{"a":' * 160_000 + b"1" + b"}" * 160_001,
        b'{"a":[' + b"[]," * 330_000 + b"[]]}",
        b'{"a":[' + b"1," * 490_000 + b'"\\u0061"]}',
        b"{" + b",".join(b'"%d":1' % number for number in range(100_000)) + b"}",
        b'{"a":"' + rb"\u0041" * 160_000 + b'"}',
    ],
    ids=["arrays", "objects", "siblings", "numbers", "keys", "escapes"],
)
@pytest.mark.timeout(20)  # linear work takes milliseconds, quadratic work would take hours
def test_the_worst_megabyte_is_dealt_with(body: bytes) -> None:
    assert 900_000 < len(body) <= 1_400_000
    with contextlib.suppress(MalformedJson):
        parse_object(body)
