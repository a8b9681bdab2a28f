"""The one parser of request bodies: strict JSON within limits, so that odd input is refused cheaply and early."""

from __future__ import annotations

import json
from typing import IO, Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser

from atelier.core.db.deadlines import budget
from atelier.core.http.numbers import read_decimal
from atelier.core.http.problems import BodyTooLarge, MalformedJson

MAX_DEPTH = 32
MAX_KEYS = 1_000
MAX_VALUES = 10_000
"""Members and elements of the whole document: a megabyte of `[],[],[]` is not worth walking through."""

MAX_COMMAS = 20_000
"""Counted before anything is parsed, those in texts included: no request that can be accepted has half as many."""


class StrictJsonParser(BaseParser):
    """One JSON object, RFC 8259 and nothing beyond it: no duplicate keys, no NaN, no lone surrogates, no NUL."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """The body as a dict. Raises `BodyTooLarge`, `MalformedJson`, UnsupportedMediaType (a foreign charset)."""
        request = (parser_context or {})["request"]._request
        if request.content_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(media_type or "")
        body = read_body(request)  # a client that sends slowly does not spend the stage's time
        with budget("schema"):
            return parse_object(body)


def read_body(request: HttpRequest) -> bytes:
    """The raw body; refused by its announced length before a byte of it is read. Raises `BodyTooLarge`."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if int(announced if announced.isdecimal() else 0) > limit:
        raise BodyTooLarge(f"The body may have {limit:,} bytes; this one has {announced}.", limit=limit)
    return request.body


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`. Raises `MalformedJson` with what was wrong."""
    if body.count(b",") > MAX_COMMAS:
        raise MalformedJson("It has too many values.")
    try:
        value = json.loads(
            body.decode(), object_pairs_hook=_Members(), parse_constant=_no_constant, parse_float=read_decimal
        )
    except RecursionError:
        raise MalformedJson(f"It is nested more than {MAX_DEPTH} deep.") from None
    except ValueError as error:  # covers wrong UTF-8, wrong JSON and numbers with thousands of digits
        raise MalformedJson(_explain(error)) from None
    if not isinstance(value, dict):
        raise MalformedJson("The document must be an object: {...}.")
    if b"\\u" in body or body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _walk(value)
    return value


class _Members:
    """Builds objects and counts their members over the whole document."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self._count += len(pairs)
        if self._count > MAX_KEYS:
            raise ValueError(f"It has more than {MAX_KEYS:,} keys.")
        members = dict(pairs)
        if len(members) != len(pairs):
            raise ValueError("An object has the same key twice.")
        return members


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number.")


def _explain(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno}, column {error.colno}."
    if isinstance(error, UnicodeDecodeError):
        return f"Byte {error.start} is not UTF-8."
    text = str(error)
    return "A number has too many digits." if "integer string conversion" in text else text


def _walk(document: Any) -> None:
    """Refuse depth, size and forbidden characters, level by level: no recursion on what a stranger sent."""
    level, depth, seen = [document], 0, 0
    while level:
        depth += 1
        seen += len(level)
        if depth > MAX_DEPTH and any(isinstance(value, (dict, list)) for value in level):
            raise MalformedJson(f"It is nested more than {MAX_DEPTH} deep.")
        if seen > MAX_VALUES:
            raise MalformedJson(f"It has more than {MAX_VALUES:,} values.")
        level = [child for value in level for child in _children(value)]


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, str):
        _check_text(value)
    return value if isinstance(value, list) else []


def _check_text(text: str) -> None:
    if "\0" in text:
        raise MalformedJson("A text has the character NUL.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise MalformedJson("A text has half of a surrogate pair.")
