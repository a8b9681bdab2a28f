"""The body of POST /generate: it checks what it documents, and what was stored can be sent again."""

from __future__ import annotations

import unicodedata

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.core.errors import InvalidRequest
from atelier.core.http.documentation import json_schema
from generation.kinds import image
from generation.kinds.image.body import GenerationRequest

SCHEMA = json_schema(GenerationRequest, request=True)
FIELDS = sorted(SCHEMA["properties"])
SCALARS = st.none() | st.booleans() | st.integers(-10, 2**33) | st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.sampled_from(["png", "high", "off", "standard", "x", "", " "]) | st.text(max_size=5)
ANYTHING = SCALARS | WORDS | st.fixed_dictionaries({"width": SCALARS, "height": SCALARS}) | st.just({})
LOCAL = GenerationRequest.model_json_schema()  # the same with references to its own parts
VALIDATOR = jsonschema.Draft202012Validator(LOCAL)
SECRET = "whsec_" + "QUFB" * 8


@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=4), st.booleans())
def test_what_is_accepted_fits_the_documented_schema_and_the_reverse(body: dict[str, object], prompted: bool) -> None:
    body = {"prompt": "an apple"} | body if prompted else body
    try:
        GenerationRequest.parse(body)
        accepted = True
    except InvalidRequest:
        accepted = False
    # A schema cannot say which characters are visible; everything else it says.
    assert accepted == VALIDATOR.is_valid(body) or not _visible(body.get("prompt"))


def _visible(text: object) -> bool:
    return isinstance(text, str) and any(
        unicodedata.category(letter)[0] != "Z" and unicodedata.category(letter) not in ("Cc", "Cf") for letter in text
    )


def test_the_document_names_each_member_with_its_meaning_and_default() -> None:
    properties = SCHEMA["properties"]
    assert SCHEMA["required"] == ["prompt"]
    assert SCHEMA["additionalProperties"] is False
    for name in FIELDS:
        assert "title" not in properties[name]
        # A default that is an object is told in words: the code that openapi-generator writes for Go does not compile.
        assert name in ("prompt", "dimensions") or "default" in properties[name]
        assert "description" in properties[name] or "$ref" in str(properties[name])


def test_the_stored_request_is_complete_and_can_be_sent_again() -> None:
    stored = GenerationRequest.parse({"prompt": "x", "guidanceScale": 7}).to_request()
    assert set(stored) == set(FIELDS)
    assert GenerationRequest.parse(image.KIND.read_request(stored)).to_request() == stored


def test_the_secret_of_a_webhook_is_neither_stored_nor_shown() -> None:
    body = GenerationRequest.parse({"prompt": "x", "webhook": {"url": "https://a.example/", "secret": SECRET}})
    assert body.webhook is not None and body.webhook.secret == SECRET
    assert body.to_request()["webhook"] == {"url": "https://a.example/", "events": []}
    shown = json_schema(GenerationRequest, request=False)["$defs"]["GenerationWebhook"]
    assert list(shown["properties"]) == ["url", "events"]


@pytest.mark.parametrize(
    ("webhook", "place", "message"),
    [
        (5, "", "It must be an object with url, and no member but url, secret, events."),
        ({"url": "https://a.example", "colour": 1}, "", "It must be an object with url, and no member but"),
        ({"url": 5}, "/url", "It must be a string."),
        ({"url": "ftp://a.example"}, "/url", "The URL must begin with https://."),
        ({"url": "https://a.example", "secret": "abc"}, "/secret", "A secret is whsec_"),
        ({"url": "https://a.example", "secret": None}, "/secret", "A secret is whsec_"),
        ({"url": "https://a.example", "events": "all"}, "/events", "It must be a list of event names."),
        ({"url": "https://a.example", "events": ["generation.melted"]}, "/events/0", "There is no such event."),
    ],
)
def test_a_wrong_webhook_is_told_at_its_place(webhook: object, place: str, message: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        GenerationRequest.parse({"prompt": "x", "webhook": webhook})
    (error,) = refused.value.extra["errors"]
    assert error["pointer"] == f"/webhook{place}"
    assert error["message"].startswith(message)


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert GenerationRequest.parse({"prompt": "x", "count": 2.0}).count == 2


@pytest.mark.parametrize("prompt", ["a", "\U0001f34e", "\u200da\u200d", "x" * 2000, "\U0001f34e" * 2000])
def test_a_prompt_is_counted_in_characters(prompt: str) -> None:
    assert GenerationRequest.parse({"prompt": prompt}).prompt == prompt
