"""Pieces of JSON Schema (draft 2020-12) that the components of the OpenAPI document are made of."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

COUNT: Schema = {"type": "integer", "minimum": 0}
POSITIVE: Schema = {"type": "integer", "minimum": 1}
TEXT: Schema = {"type": "string"}
URI: Schema = {"type": "string", "format": "uri"}
TIME: Schema = {"type": "string", "format": "date-time"}


def nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def closed(description: str = "", /, **properties: Schema) -> Schema:
    """An object with exactly these members, all of them always there."""
    described = {"description": description} if description else {}
    return {
        "type": "object", "properties": properties, "required": list(properties), "additionalProperties": False,
    } | described  # fmt: skip


def listed(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}
