"""A collection of requests made from the OpenAPI document: Postman's format 2.1, which Bruno and Insomnia read too."""

from __future__ import annotations

import json
import re
from typing import Any

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
Document = dict[str, Any]


def build_collection(document: Document, base_url: str) -> dict[str, Any]:
    """One folder a tag and one request an operation. `baseUrl`, `apiKey` and the ids of paths are variables."""
    folders: dict[str, list[Any]] = {}
    names: dict[str, str] = {}
    for path, group in document["paths"].items():
        for method, operation in group.items():
            folders.setdefault(operation["tags"][0], []).append(_item(method, path, operation))
            names |= {one["name"]: _example(one) for one in _parameters(operation, "path")}
    variables = {"baseUrl": base_url, "apiKey": ""} | names
    return {
        "info": {"name": document["info"]["title"], "schema": SCHEMA},
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{apiKey}}", "type": "string"}]},
        "variable": [{"key": key, "value": value} for key, value in variables.items()],
        "item": [{"name": tag, "item": items} for tag, items in folders.items()],
    }


def _item(method: str, path: str, operation: Document) -> dict[str, Any]:
    raw = "{{baseUrl}}" + re.sub(r"{(\w+)}", r"{{\1}}", path)
    request: dict[str, Any] = {
        "method": method.upper(),
        "description": operation["description"],
        "header": [_field(one) for one in _parameters(operation, "header")],
        "url": {
            "raw": raw,
            "host": ["{{baseUrl}}"],
            "path": raw.split("/")[1:],
            "query": [_field(one) for one in _parameters(operation, "query")],
        },
    }
    if not operation["security"]:
        request["auth"] = {"type": "noauth"}
    if "requestBody" in operation:
        example = operation["requestBody"]["content"]["application/json"].get("example", {})
        request["body"] = {
            "mode": "raw",
            "raw": json.dumps(example, indent=2, ensure_ascii=False),
            "options": {"raw": {"language": "json"}},
        }
    return {"name": operation["summary"], "request": request}


def _parameters(operation: Document, place: str) -> list[Document]:
    return [one for one in operation.get("parameters", ()) if one["in"] == place]


def _field(parameter: Document) -> dict[str, Any]:
    """Switched off: every header and query parameter may be left out."""
    return {
        "key": parameter["name"],
        "value": _example(parameter),
        "description": parameter.get("description", ""),
        "disabled": not parameter.get("required", False),
    }


def _example(parameter: Document) -> str:
    schema = parameter["schema"]
    found = schema.get("example", schema.get("default", ""))
    return found if isinstance(found, str) else json.dumps(found)
