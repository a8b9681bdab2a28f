"""The OpenAPI document tells of every operation that the router serves, every code, every stage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from atelier.core.errors import AtelierError
from atelier.core.http.documentation import documented_errors
from atelier.site import openapi
from generation.api import views
from generation.pipeline.progress import STAGE_SPAN
from generation.pipeline.registry import BY_NAME, UPLOAD

DOCUMENT = openapi.build_openapi()
INTERNAL = {
    "conflict",
    "stage_too_slow",
    "invalid_amount",
    "file_conflict",
    "asset_conflict",
    "asset_expired",
    "grant_key_reused",
    "refund_too_large",
    "adjustment_not_approved",
    "adjustment_decided",
    "second_person_needed",
    "reason_missing",
    "invalid_rate_card",
    "balance_too_large",
}
"""Errors that no request can meet: bases, and what only other processes and operators' pages raise."""


def served(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(method, path) of every REST view below API_PREFIX."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        path = prefix + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from served(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and path.startswith(settings.API_PREFIX):
            view = getattr(pattern.callback, "cls", None)
            methods = getattr(view, "http_method_names", [])
            yield from ((method, f"/{path}") for method in methods if method != "head" and hasattr(view, method))


def test_the_router_and_the_document_name_the_same_operations() -> None:
    documented = {(method, path) for path, operations in DOCUMENT["paths"].items() for method in operations}
    assert documented == set(served())
    assert len(documented) >= 12


def test_every_operation_has_a_name_of_its_own_words_and_its_refusals() -> None:
    operations = [operation for group in DOCUMENT["paths"].values() for operation in group.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    for operation in operations:
        assert operation["summary"] and operation["description"] and operation["tags"]
        assert {"400", "500", "503"} <= set(operation["responses"])
        for status, response in operation["responses"].items():
            assert response["description"], (operation["operationId"], status)
            assert "X-Request-Id" in response["headers"]
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"]


def test_limited_operations_document_their_rate_headers() -> None:
    for path, method in (("generate", "post"), ("projects/{generation_id}", "get")):
        responses = DOCUMENT["paths"][f"/{settings.API_PREFIX}{path}"][method]["responses"]
        for status in ("200", "401", "429"):
            assert {"RateLimit", "RateLimit-Policy"} <= set(responses[status]["headers"])
        assert "Retry-After" in responses["429"]["headers"]


def test_every_reference_leads_somewhere() -> None:
    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert set(re.findall(r"#/components/schemas/\w+", openapi.openapi_bytes().decode())) <= known


@pytest.mark.parametrize("name", sorted(DOCUMENT["components"]["schemas"]))
def test_every_component_is_a_valid_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][name])


def test_every_error_that_a_client_may_see_is_documented() -> None:
    assert views  # everything that serves is imported
    codes = {error.code for error in (*documented_errors(), *openapi.OUTSIDE)}
    undocumented = {error.code for error in _all_errors() if not error.__module__.startswith("tests.")} - codes
    assert undocumented <= INTERNAL, undocumented - INTERNAL


def _all_errors(base: type[AtelierError] = AtelierError) -> Iterator[type[AtelierError]]:
    for error in base.__subclasses__():
        yield error
        yield from _all_errors(error)


def test_codes_are_stable_words_and_mean_one_status_each() -> None:
    entries = openapi.list_codes()
    assert len({entry["code"] for entry in entries}) == len(entries)
    for entry in entries:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", entry["code"])
        assert entry["title"]


def test_every_stage_has_its_part_of_the_progress_and_they_follow_each_other() -> None:
    assert list(STAGE_SPAN) == [*BY_NAME, UPLOAD]
    spans = list(STAGE_SPAN.values())
    assert spans[0][0] == 0 and spans[-1][1] == 100
    assert all(before[1] == after[0] for before, after in zip(spans, spans[1:], strict=False))
