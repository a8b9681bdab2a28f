"""What generators of clients and people who read the OpenAPI document rely on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from atelier.core.http.bodies import Answer, Body
from atelier.messaging.events import CLIENT_EVENTS
from atelier.site import openapi
from atelier.site.payloads import PAYLOADS
from tests.support.document import close_answers
from webhooks.events import TEST

DOCUMENT = openapi.build_openapi()
CLOSED = close_answers(openapi.build_openapi())
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS = {
    operation["operationId"]: operation for group in DOCUMENT["paths"].values() for operation in group.values()
}


def parts(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the document and where it stands."""
    if isinstance(node, dict):
        yield place, node
        for name, value in node.items():
            if name not in ("example", "examples", "default"):
                yield from parts(value, f"{place}/{name}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from parts(value, f"{place}/{index}")


def check(schema: dict[str, Any], value: Any) -> None:
    """jsonschema.ValidationError where an example is not what the document says, unknown members included."""
    jsonschema.Draft202012Validator({**schema, "components": CLOSED["components"]}).validate(value)


def test_null_is_only_ever_an_alternative() -> None:
    bare = [place for place, part in parts(DOCUMENT) if part.get("type") == "null"]
    assert bare and all(re.search(r"/anyOf/\d+$", place) for place in bare)


def test_every_array_says_what_is_in_it() -> None:
    arrays = [(place, part) for place, part in parts(DOCUMENT) if part.get("type") == "array"]
    assert arrays and [place for place, part in arrays if "items" not in part] == []


def test_integers_that_32_bits_do_not_hold_say_so() -> None:
    integers = [(place, part) for place, part in parts(DOCUMENT["components"]) if part.get("type") == "integer"]
    wide = [place for place, part in integers if part.get("maximum", 2**31) >= 2**31 and part.get("format") != "int64"]
    assert integers and wide == []
    assert SCHEMAS["Image"]["properties"]["seed"]["format"] == "int64"


def test_answers_are_open_and_bodies_closed() -> None:
    answers, bodies = ({one.__name__ for one in _below(base)} for base in (Answer, Body))
    for name, schema in SCHEMAS.items():
        found = {place: part.get("additionalProperties") for place, part in parts(schema) if "properties" in part}
        if name in bodies:
            assert set(found.values()) == {False}, name
        elif name in answers:
            assert False not in found.values(), name
            lists = [place for place, part in parts(schema) if len(part.get("enum", ())) > 1]
            assert {place.rpartition("/")[2] for place in lists} <= {"status"}, name


def _below(base: type[Any]) -> Iterator[type[Any]]:
    for model in base.__subclasses__():
        yield model
        yield from _below(model)


def test_both_successes_of_a_submission_have_one_schema_whose_alternatives_exclude_each_other() -> None:
    for name in ("generate", "retryProject"):
        responses = OPERATIONS[name]["responses"]
        schemas = [responses[status]["content"]["application/json"]["schema"] for status in ("200", "202")]
        assert schemas[0] == schemas[1]
        alternatives = SCHEMAS[schemas[0]["$ref"].rpartition("/")[2]]["oneOf"]
        for status in ("200", "202"):
            example = responses[status]["content"]["application/json"]["example"]
            assert sum(_fits({**one, "components": DOCUMENT["components"]}, example) for one in alternatives) == 1


def _fits(schema: dict[str, Any], value: Any) -> bool:
    return bool(jsonschema.Draft202012Validator(schema).is_valid(value))


def test_every_event_has_its_payload_in_the_document() -> None:
    assert list(DOCUMENT["webhooks"]) == list(PAYLOADS)
    assert set(PAYLOADS) == {*CLIENT_EVENTS, TEST}
    for name, item in DOCUMENT["webhooks"].items():
        content = item["post"]["requestBody"]["content"]["application/json"]
        assert content["example"]["event"] == content["example"]["type"] == name
        check(content["schema"], content["example"])


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_has_examples_that_are_true(name: str) -> None:
    """A new operation gets its examples in atelier/site/examples.json."""
    operation = OPERATIONS[name]
    contents = [operation["requestBody"]["content"]["application/json"]] if "requestBody" in operation else []
    answers = [answer for status, answer in operation["responses"].items() if status < "300"]
    contents += [one for answer in answers for one in answer.get("content", {}).values()]
    for content in contents:
        assert "example" in content
        check(content["schema"], content["example"])
