"""Components of the OpenAPI document that operations name only beside others: prices, resources, and their choices."""

from __future__ import annotations

from typing import Any

from atelier.core.http.bodies import Answer
from atelier.core.http.documentation import json_schema, ref
from generation.kinds import KINDS
from generation.kinds.kind import Kind
from generation.resource import GenerationAccepted, GenerationPrice

ANSWERS = sorted({kind.answer for kind in KINDS.values()}, key=lambda answer: (-len(answer.mro()), answer.__name__))
"""The resources of all kinds, those that add members before the one that they extend."""
RESOURCE: dict[str, Any] = (
    ref(ANSWERS[0].__name__) if len(ANSWERS) == 1 else {"anyOf": [ref(answer.__name__) for answer in ANSWERS]}
)
"""A generation of whatever kind. Any of: the resource of a kind is one of the plain resource, too."""
RETRIED = "GenerationRetried"
"""The component of what a retry answers."""


def submitted(kind: Kind) -> str:
    """The component of what POST of a kind answers: whether with 200 or 202, because many generated clients read every
    success by the schema of the first. The members that each alternative requires tell them apart."""
    return f"{kind.answer.__name__}Submitted"


def _choices() -> dict[str, dict[str, Any]]:
    accepted, price = ref(GenerationAccepted.__name__), ref(GenerationPrice.__name__)
    found = {submitted(kind): {"oneOf": [accepted, ref(kind.answer.__name__), price]} for kind in KINDS.values()}
    return found | {RETRIED: {"oneOf": [accepted, RESOURCE]}}


CHOICES = _choices()
"""Components that are one of several others."""


def _components() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    models: list[type[Answer]] = [GenerationAccepted, GenerationPrice, *ANSWERS]
    for model in models:
        schema = json_schema(model, request=False)
        found |= schema.pop("$defs", {}) | {model.__name__: schema}
    return found | CHOICES


COMPONENTS = _components()
