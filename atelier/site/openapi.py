"""The OpenAPI document: made once a process from the routes and the apps' components."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.urls import include, path

from atelier.access.api.operations import ACCESS
from atelier.core.errors import AtelierError
from atelier.core.http.documentation import EXTENSIBLE, Problem, documented_errors, json_schema
from atelier.core.http.problems import BadRequest, MethodNotAllowed, UnknownPath
from atelier.site.examples import add_examples, read_examples
from atelier.site.payloads import describe_webhooks, payload_components
from billing.api.operations import BOOKS
from generation.api import operations
from generation.api.components import COMPONENTS
from storage.api.ranges import RangeUnsatisfiable
from storage.blobs import BlobMissing, StorageUnavailable
from storage.links import LinkExpired, LinkInvalid
from webhooks.api.operations import WEBHOOKS

OUTSIDE: tuple[type[AtelierError], ...] = (
    UnknownPath,
    MethodNotAllowed,
    BadRequest,
    LinkInvalid,
    LinkExpired,
    BlobMissing,
    RangeUnsatisfiable,
    StorageUnavailable,
)
"""Errors of no operation: unknown URLs and methods, and the links to pictures."""


EVENTS = "Events"
TAGS = {
    operations.GENERATIONS: "From a prompt to delivered pictures.",
    operations.OFFERS: "Models, styles, and what the account allows.",
    BOOKS: "The ledger: what was granted, held, paid and given back.",
    WEBHOOKS: "Where events are sent, and what became of each.",
    EVENTS: "What is sent to them.",
    ACCESS: "API keys and members.",
    "Service": "Whether the service works, and this document.",
}


@lru_cache(maxsize=1)
def openapi_bytes() -> bytes:
    """The document as JSON."""
    return json.dumps(build_openapi(), ensure_ascii=False, separators=(",", ":")).encode()


def build_openapi() -> dict[str, Any]:
    """The document. It covers what is mounted below API_PREFIX, nothing else."""
    # Imported late: the routes serve this document, so they cannot be needed to import this module.
    from drf_spectacular.generators import SchemaGenerator

    routes = import_module(settings.ROOT_URLCONF).api
    return SchemaGenerator(patterns=[path(settings.API_PREFIX, include(routes))]).get_schema(request=None, public=True)


def list_codes() -> list[dict[str, Any]]:
    """Every error code that an operation documents: code, status, title, meaning. In the order of status and code."""
    import_module(settings.ROOT_URLCONF)
    errors: dict[str, type[AtelierError]] = {error.code: error for error in (*documented_errors(), *OUTSIDE)}
    return [
        {"code": error.code, "status": error.status, "title": error.title, "meaning": _meaning(error)}
        for error in sorted(errors.values(), key=lambda error: (error.status, error.code))
    ]


def _meaning(error: type[AtelierError]) -> str:
    return " ".join((error.__doc__ or "").split()) if "__doc__" in vars(error) else ""


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Spectacular's hook: adds what no view tells of, and that a body which is documented is required."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    problem = json_schema(Problem, request=False)
    schemas.update(COMPONENTS | payload_components() | problem.pop("$defs") | {"Problem": problem})
    result["webhooks"] = describe_webhooks(EVENTS, read_examples()["webhooks"])
    problem["properties"]["code"][EXTENSIBLE] = sorted({code["code"] for code in list_codes()})
    result["servers"] = [{"url": "/"}]  # the server that serves this document, by whatever name it was asked
    result["tags"] = [{"name": name, "description": description} for name, description in TAGS.items()]
    for group in result["paths"].values():
        for operation in group.values():
            operation.setdefault("security", [])  # said aloud: open to all
            body = operation.get("requestBody")
            if body and "Nothing" not in json.dumps(body):
                body["required"] = True
    add_examples(result)
    return result
