"""The OpenAPI document as strict as the service of today is: what it leaves open for later releases, closed again."""

from __future__ import annotations

from typing import Any

from atelier.core.http.documentation import CODES, EXTENSIBLE

Document = dict[str, Any]


def close_answers(document: Document) -> Document:
    """Answers with no members and no words but those of this release, and problems with the codes of their place."""
    closed: Document = _close(document)
    return closed


def _close(node: Any) -> Any:
    if isinstance(node, list):
        return [_close(one) for one in node]
    if not isinstance(node, dict):
        return node
    found = {name: value if name == "example" else _close(value) for name, value in node.items()}
    if EXTENSIBLE in found:
        found["enum"] = found.pop(EXTENSIBLE)
    if "properties" in found and found.get("type") == "object":
        found.setdefault("additionalProperties", False)
    if CODES in found:
        codes = {"type": "object", "properties": {"code": {"enum": found.pop(CODES)}}}
        return {"allOf": [found, codes]}
    return found
