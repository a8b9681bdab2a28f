"""The URL that was probably meant: without a slash at its end, with the right beginning, or well spelt."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

ALIKE = 0.8
LONGEST = 200
"""Longer paths are compared with nothing."""
_ID = re.compile(r"<[^>]*>")
_SERVED = ("GET", "POST", "PATCH", "DELETE")


def nearest_route(method: str, path: str) -> str | None:
    """`POST /api/v1/atelier/generate` for a path near it; None where nothing is near. Names no id of the path."""
    parts = [part for part in path[:LONGEST].split("/") if part]
    if not parts or len(path) > LONGEST:
        return None
    routes = _routes()
    for start in range(len(parts)):  # a wrong beginning: the end of the path decides
        for template, methods in routes.items():
            if _fits(parts[start:], template.split("/")):
                return _told(method, template, methods)
    close = difflib.get_close_matches("/".join(parts), routes, n=1, cutoff=ALIKE)
    close = close or difflib.get_close_matches(settings.API_PREFIX + parts[-1], routes, n=1, cutoff=ALIKE)
    return _told(method, close[0], routes[close[0]]) if close else None


def _fits(parts: list[str], template: list[str]) -> bool:
    """Whether the parts are the template's, or what stands behind the API's prefix in it; an id is any part."""
    prefix = settings.API_PREFIX.strip("/").split("/")
    names = template[len(prefix) :] if template[: len(prefix)] == prefix else template
    return any(
        len(parts) == len(wanted)
        and not wanted[0].startswith("{")
        and all(name.startswith("{") or name == part for name, part in zip(wanted, parts, strict=True))
        for wanted in (template, names)
    )


def _told(method: str, template: str, methods: tuple[str, ...]) -> str:
    return f"{method if method in methods else methods[0]} /{template}"


@lru_cache(maxsize=1)
def _routes() -> dict[str, tuple[str, ...]]:
    """The API's paths without a leading slash, ids as `{id}`, with their methods."""
    found = {}
    for template, pattern in _walk("", get_resolver().url_patterns):
        view = getattr(pattern.callback, "cls", None)
        methods = tuple(name for name in _SERVED if view is not None and hasattr(view, name.lower()))
        if methods and template.startswith(settings.API_PREFIX):
            found[template] = methods
    return found


def _walk(before: str, patterns: list[Any]) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        here = before + _ID.sub("{id}", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(here, pattern.url_patterns)
        else:
            yield here, pattern
