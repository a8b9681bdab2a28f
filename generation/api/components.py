"""Components of the OpenAPI document that no operation names by itself."""

from __future__ import annotations

from typing import Any

from atelier.core.http.documentation import json_schema
from generation.resource import GenerationPrice

COMPONENTS: dict[str, dict[str, Any]] = {
    "GenerationPrice": json_schema(GenerationPrice, request=False),
}
"""One of two answers to the same request."""
