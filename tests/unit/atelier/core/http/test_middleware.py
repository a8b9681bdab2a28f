"""Chunked bodies and security policies, without a server."""

from __future__ import annotations

import io

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from atelier.core.http.middleware import ChunkedBody, ContentSecurity


def read(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.META.get('CONTENT_LENGTH')}:".encode() + request.read())


def send(body: bytes, **meta: object) -> bytes:
    request = RequestFactory().post("/", content_type="application/json")
    del request.META["CONTENT_LENGTH"]
    request.META |= {"wsgi.input": io.BytesIO(body), "HTTP_TRANSFER_ENCODING": "chunked"} | meta
    return ChunkedBody(read)(request).content


def test_a_chunked_body_gets_its_length() -> None:
    assert send(b"{}", **{"wsgi.input_terminated": True}) == b"2:{}"


def test_no_more_is_read_than_shows_that_it_is_too_long() -> None:
    stream = io.BytesIO(b"x" * 3_000_000)
    assert send(b"", **{"wsgi.input": stream, "wsgi.input_terminated": True}).startswith(b"1000001:")
    assert stream.tell() == 1_000_001


def test_a_server_that_does_not_end_the_body_is_not_waited_for() -> None:
    assert send(b"{}").startswith(b"None:")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/v1/atelier/generate", "default-src 'none'"),
        ("/", "default-src 'none'; style-src 'self'; img-src 'self'"),
        ("/docs", "default-src 'self'"),
        ("/api/v1/atelier/docs", "default-src 'self'"),
        ("/admin/", "default-src 'self'; img-src"),
    ],
)
def test_only_pages_for_people_may_load_anything(path: str, expected: str) -> None:
    answer = ContentSecurity(lambda _: HttpResponse())(RequestFactory().get(path))
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith(expected)
    assert "frame-ancestors 'none'" in policy and "script-src" not in policy


def test_a_views_own_policy_stays() -> None:
    own = {"Content-Security-Policy": "sandbox"}
    answer = ContentSecurity(lambda _: HttpResponse(headers=own))(RequestFactory().get("/"))
    assert answer.headers["Content-Security-Policy"] == "sandbox"
