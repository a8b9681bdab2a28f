"""What was wrong with a value, in a sentence: one table from pydantic's error types.

A sentence may name the bounds of the member's JSON Schema, so that it tells both when one is crossed.
"""

from __future__ import annotations

from typing import Any

from pydantic_core import ErrorDetails

LENGTH = "It must have {minLength:,} to {maxLength:,} characters; it has {length:,}."
RANGE = "It must be within {minimum}..{maximum}."
ITEMS = "It must be a list of {minItems} to {maxItems}."

SENTENCES = {
    "missing": "It is required.",
    "string_type": "It must be a string.",
    "string_too_short": LENGTH,
    "string_too_long": LENGTH,
    "int_type": "It must be a whole number.",
    "int_from_float": "It must be a whole number.",
    "float_type": "It must be a number.",
    "greater_than_equal": RANGE,
    "less_than_equal": RANGE,
    "bool_type": "It must be true or false.",
    "literal_error": "It must be one of: {words}.",
    "dict_type": "It must be an object.",
    "model_type": "It must be an object.",
    "list_type": "It must be a list.",
    "too_short": ITEMS,
    "too_long": ITEMS,
}
"""Types: pydantic's list of validation errors. A type that is not here keeps pydantic's own words."""


def describe_error(detail: ErrorDetails, schema: dict[str, Any]) -> str:
    """The sentence for one error of a body with this JSON Schema."""
    sentence = SENTENCES.get(detail["type"])
    if sentence is None:
        return detail["msg"]
    bounds = {"minLength": 0, "minItems": 0} | _find(schema, detail["loc"])
    given = detail.get("input")
    length = len(given) if isinstance(given, str | list | dict) else 0
    return sentence.format_map(bounds | {"length": length, "words": ", ".join(map(str, bounds.get("enum", ())))})


def _find(schema: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    """The part of a JSON Schema that speaks of the value at `path`."""
    part = _plain(schema, schema)
    for step in path:
        inside = part.get("items", {}) if isinstance(step, int) else part.get("properties", {}).get(step, {})
        part = _plain(schema, inside)
    return part


def _plain(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """A part without its reference and without its alternative null."""
    if "$ref" in part:
        return _plain(schema, schema["$defs"][part["$ref"].rpartition("/")[2]])
    options = [option for option in part.get("anyOf", []) if option.get("type") != "null"]
    return _plain(schema, options[0]) if options else part
