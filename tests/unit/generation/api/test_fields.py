"""The table of fields: it checks what it documents, and documents the defaults that the domain has."""

from __future__ import annotations

import dataclasses
import unicodedata

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.core.errors import InvalidRequest
from generation.api.fields import FIELDS, SCHEMA, describe_request, parse_request
from generation.pipeline.request import GenerationRequest

SCALARS = st.none() | st.booleans() | st.integers(-10, 2**33) | st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.sampled_from(["png", "high", "off", "standard", "x", "", " "]) | st.text(max_size=5)
ANYTHING = SCALARS | WORDS | st.fixed_dictionaries({"width": SCALARS, "height": SCALARS}) | st.just({})
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), ANYTHING, max_size=4), st.booleans())
def test_what_is_accepted_fits_the_documented_schema_and_the_reverse(body: dict[str, object], prompted: bool) -> None:
    body = {"prompt": "an apple"} | body if prompted else body
    try:
        parse_request(body)
        accepted = True
    except InvalidRequest:
        accepted = False
    # A schema cannot say which characters are visible; everything else it says.
    assert accepted == VALIDATOR.is_valid(body) or not _visible(body.get("prompt"))


def _visible(text: object) -> bool:
    return isinstance(text, str) and any(
        unicodedata.category(letter)[0] != "Z" and unicodedata.category(letter) not in ("Cc", "Cf") for letter in text
    )


def test_documented_defaults_are_the_domains() -> None:
    request = parse_request({"prompt": "x"})
    assert request == GenerationRequest("x")
    described = describe_request(dataclasses.asdict(request))
    assert {name: field.default for name, field in FIELDS.items() if name != "prompt"} == {
        name: value for name, value in described.items() if name != "prompt"
    }


def test_every_attribute_of_a_request_is_shown() -> None:
    described = describe_request(dataclasses.asdict(GenerationRequest("x")))
    assert set(described) == set(FIELDS)
    assert len(described) == len(dataclasses.fields(GenerationRequest)) - 1  # width and height are one field


def test_null_is_the_same_as_nothing_where_nothing_is_the_default() -> None:
    assert parse_request({"prompt": "x", "seed": None, "model": None}) == GenerationRequest("x")
    with pytest.raises(InvalidRequest):
        parse_request({"prompt": "x", "count": None})


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert parse_request({"prompt": "x", "count": 2.0}).count == 2


@pytest.mark.parametrize("prompt", ["a", "\U0001f34e", "\u200da\u200d", "x" * 2000, "\U0001f34e" * 2000])
def test_a_prompt_is_counted_in_characters(prompt: str) -> None:
    assert parse_request({"prompt": prompt}).prompt == prompt
