"""Components of the OpenAPI document that operations name only beside others: the price, and each kind's resource."""

from __future__ import annotations

from typing import Any

from atelier.core.http.bodies import Answer
from atelier.core.http.documentation import json_schema, ref
from generation.kinds import KINDS
from generation.resource import GenerationPrice

ANSWERS = list(dict.fromkeys(kind.answer for kind in KINDS.values()))
RESOURCE: dict[str, Any] = (
    ref(ANSWERS[0].__name__) if len(ANSWERS) == 1 else {"oneOf": [ref(answer.__name__) for answer in ANSWERS]}
)
"""A generation of whatever kind."""


def _components() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    models: list[type[Answer]] = [GenerationPrice, *ANSWERS]
    for model in models:
        schema = json_schema(model, request=False)
        found |= schema.pop("$defs", {}) | {model.__name__: schema}
    return found


COMPONENTS = _components()
