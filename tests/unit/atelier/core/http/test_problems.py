"""From an exception to a problem document."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import DisallowedHost, PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.test import RequestFactory
from psycopg.errors import DeadlockDetected
from rest_framework import exceptions as rest

from atelier.core.errors import AtelierError, InvalidRequest
from atelier.core.http.exception_handler import translate
from atelier.core.http.problems import problem_response


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (rest.ParseError("x"), 400, "malformed_json"),
        (rest.ValidationError({"a": ["b"]}), 400, "invalid_request"),
        (rest.UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
        (rest.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (rest.NotAcceptable(), 406, "not_acceptable"),
        (rest.NotFound(), 404, "not_found"),
        (rest.PermissionDenied("CSRF Failed"), 403, "forbidden"),
        (PermissionDenied("x"), 403, "forbidden"),
        (Http404("x"), 404, "not_found"),
        (RequestDataTooBig("x"), 413, "body_too_large"),
        (DisallowedHost("x"), 400, "invalid_host"),
        (OperationalError("server closed the connection"), 503, "database_unavailable"),
        (InterfaceError("connection already closed"), 503, "database_unavailable"),
        (ValueError("secret"), 500, "internal_error"),
        (AtelierError("secret"), 500, "internal_error"),
    ],
)
def test_every_exception_has_its_code(error: Exception, status: int, code: str) -> None:
    found = translate(error)
    assert (found.status, found.code) == (status, code)


def test_the_text_of_an_unexpected_error_stays_inside() -> None:
    assert "secret" not in translate(ValueError("secret")).detail


def test_nested_details_become_pointers() -> None:
    errors = translate(rest.ValidationError({"a/b": {"c": ["wrong", "very"]}, "d": ["no"]})).extra["errors"]
    assert errors == [
        {"pointer": "/a~1b/c", "message": "wrong"},
        {"pointer": "/a~1b/c", "message": "very"},
        {"pointer": "/d", "message": "no"},
    ]


def test_a_problem_has_all_its_members_in_order_and_extras_replace_none() -> None:
    request = RequestFactory().get("/a/\u2603")
    request.request_id = "req_x"
    error = InvalidRequest("No.", errors=[{"pointer": "/a", "message": "b"}], limit=3, status=7, code="mine")
    answer = problem_response(request, error)
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(answer.content)
    assert list(problem) == [
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "code",
        "errors",
        "requestId",
        "limit",
    ]
    assert (problem["status"], problem["code"], problem["requestId"]) == (400, "invalid_request", "req_x")
    assert problem["instance"] == "/a/%E2%98%83"
    assert problem["type"].endswith("/docs/errors#invalid_request")


def test_headers_of_an_error_are_headers_of_the_answer() -> None:
    answer = problem_response(RequestFactory().get("/"), AtelierError(headers={"Retry-After": "5"}))
    assert answer.headers["Retry-After"] == "5"
    assert "errors" not in json.loads(answer.content)


def test_a_deadlock_is_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    error = OperationalError("deadlock detected")
    error.__cause__ = DeadlockDetected("deadlock detected")
    assert translate(error).code == "database_unavailable"
    translate(OperationalError("server closed the connection"))
    assert [(record.levelname, record.message.split(":")[0]) for record in caplog.records] == [
        ("ERROR", "deadlock"),
        ("WARNING", "database unavailable (OperationalError)"),
    ]
