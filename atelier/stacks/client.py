"""A small client of Atelier's HTTP API, as the demo uses it: the standard library is enough."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

PREFIX = "/api/v1/atelier"
ANSWER_SECONDS, SILENCE_SECONDS = 30.0, 40.0


class Refused(Exception):
    """The API said no; the message is its problem document as a sentence."""


class Api:
    """Calls `base` with an API key. Every method raises Refused on an answer above 399."""

    def __init__(self, base: str, key: str) -> None:
        self._base, self._headers = base, {"Authorization": f"Bearer {key}"}

    def get(self, path: str) -> dict[str, Any]:
        """A resource."""
        return self._json("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a new request."""
        return self._json("POST", path, body)

    def download(self, url: str) -> bytes:
        """The bytes behind a signed link, which needs no key."""
        with _open(urllib.request.Request(url), ANSWER_SECONDS) as answer:
            return bytes(answer.read())

    def events(self, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Server-sent events as (type, content) until the server ends the stream or is silent for 40 s."""
        request = urllib.request.Request(
            self._base + PREFIX + path, headers={**self._headers, "Accept": "text/event-stream"}
        )
        with _open(request, SILENCE_SECONDS) as stream:
            yield from parse_events(line.decode().rstrip("\r\n") for line in stream)

    def _json(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        payload = None if body is None else json.dumps(body).encode()
        headers = self._headers | ({"Content-Type": "application/json"} if payload else {})
        request = urllib.request.Request(self._base + PREFIX + path, payload, headers, method=method)
        with _open(request, ANSWER_SECONDS) as answer:
            content: dict[str, Any] = json.load(answer)
            return content


def parse_events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Group the lines of an event stream (WHATWG HTML, section 9.2); comments and empty events are dropped."""
    kind, content = "message", ""
    for line in lines:
        name, _, value = line.partition(":")
        if line == "":
            if content:
                yield kind, json.loads(content)
            kind, content = "message", ""
        elif name == "event":
            kind = value.strip()
        elif name == "data":
            content += value.strip()


def describe_problem(status: int, body: bytes) -> str:
    """One or more sentences out of problem+json, or out of whatever else the server sent."""
    try:
        problem = json.loads(body)
        title, errors = f"{problem.get('title') or 'Refused'} ({problem.get('code', status)})", problem.get("errors")
        if errors:
            return "\n".join([f"{title}:", *(f"  {error.get('pointer')}: {error.get('message')}" for error in errors)])
        return f"{title}: {problem.get('detail', '')}".rstrip(": ")
    except (ValueError, AttributeError):
        return f"The server answered {status} without saying why."


def _open(request: urllib.request.Request, seconds: float) -> http.client.HTTPResponse:
    # No proxy: the server is on this machine whatever the environment says about the rest of the world.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        answer: http.client.HTTPResponse = opener.open(request, timeout=seconds)
        return answer
    except urllib.error.HTTPError as error:
        raise Refused(describe_problem(error.code, error.read())) from None
    except OSError as error:
        raise Refused(f"{request.host} does not answer: {error}") from None
