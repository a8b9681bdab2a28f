"""Sends a fixed list of requests to a real server and writes down the answers, so that two versions can be compared."""

from __future__ import annotations

import difflib
import http.client
import json
import re
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.placeholders import Placeholders

PREFIX = "/api/v1/atelier"
ANSWER_SECONDS = 30
LEFT_OUT = frozenset({"date", "server", "connection"})
"""Headers of the server, not of the service."""
USUAL = (
    "Content-Length: <length>",
    "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy: same-origin",
    "Referrer-Policy: same-origin",
    "X-Content-Type-Options: nosniff",
    "X-Frame-Options: DENY",
    "X-Request-Id: <request-id>",
)
"""Headers of nearly every answer: the recording says where one is not there, instead of where it is."""

Said = dict[str, Any]
"""One answer as it stands in the recording: name, request, status, headers, body."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. A path that begins with ~ is below the API's prefix; `{name}` in it or in a header is a known value.

    `who` names the caller, "" is nobody. `keep` says which members of the answer become known values: name=member.
    `limited`: the rate limits are on.
    """

    name: str
    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    who: str = "owner"
    keep: str = ""
    limited: bool = False

    @property
    def line(self) -> str:
        """The request line as the table has it."""
        return f"{self.method} {self.path[:200]}" + (f" as {self.who}" if self.who != "owner" else "")


class Recorder:
    """Sends requests for callers that are known by name. `callers` has the headers that each of them sends."""

    def __init__(
        self, port: int, callers: dict[str, dict[str, str]], known: dict[str, str], limit: Callable[[bool], None]
    ) -> None:
        self._port, self._callers, self._known, self._limit = port, callers, known, limit
        self._placeholders = Placeholders()

    def record(self, asks: Iterable[Ask]) -> list[Said]:
        """The answers, in order."""
        return [self._ask(ask) for ask in asks]

    def _ask(self, ask: Ask) -> Said:
        self._limit(ask.limited)
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_SECONDS)) as connection:
            connection.request(ask.method, self._fill(ask.path).replace("~", PREFIX, 1), ask.body, self._headers(ask))
            answer = connection.getresponse()
            content, whole = _read(answer)
        self._keep(ask.keep, content)
        said = {"name": ask.name, "request": ask.line, "status": answer.status}
        return said | self._describe(answer, content) | ({} if whole else {"cut off": True})

    def _headers(self, ask: Ask) -> dict[str, str]:
        kind = {"Content-Type": "application/json"} if ask.body else {}
        merged = self._callers.get(ask.who, {}) | kind | ask.headers
        return {name: self._fill(value) for name, value in merged.items() if value}

    def _fill(self, text: str) -> str:
        return re.sub(r"\{([a-z_]+)\}", lambda found: self._known[found[1]], text)

    def _keep(self, wanted: str, content: bytes) -> None:
        for pair in wanted.split():
            name, _, path = pair.partition("=")
            value: Any = json.loads(content)
            for step in path.split("."):
                value = value[int(step)] if isinstance(value, list) else value[step]
            self._known[name] = str(value).partition("/files/")[2] or str(value)

    def _describe(self, answer: http.client.HTTPResponse, content: bytes) -> Said:
        """Headers and body with placeholders; the id of this very request is told from all others."""
        own = answer.getheader("X-Request-Id") or "-"
        body = _digest(content) if _is_openapi(content) else content.decode("utf-8", "backslashreplace")
        headers = [self._replace(f"{name}: {value}", own) for name, value in _headers_of(answer, content)]
        unusual = [header for header in headers if header not in USUAL]
        missing = [f"no {header}" for header in USUAL if header not in headers]
        return {"headers": [*unusual, *missing], "body": self._replace(body, own)}

    def _replace(self, text: str, own: str) -> str:
        return self._placeholders.replace(text.replace(own, "<request-id>"))


def _headers_of(answer: http.client.HTTPResponse, content: bytes) -> list[tuple[str, str]]:
    """What the service said, by name. Of the length only whether it is that of the body: ids of people grow."""
    told = sorted((name, value) for name, value in answer.getheaders() if name.lower() not in LEFT_OUT)
    right = "Content-Length", str(len(content))
    length = [name for name, value in told if (name, value) == right or (name == right[0] and not content)]
    masked = dict.fromkeys(length, "<length>") | {"Etag": "<etag>"}
    return [(name, masked.get(name, value)) for name, value in told]


def _read(answer: http.client.HTTPResponse) -> tuple[bytes, bool]:
    """The body, and whether it is whole: a server that fails in the middle of an answer hangs up."""
    try:
        return answer.read(), True
    except http.client.IncompleteRead as broken:
        return broken.partial, False


def _is_openapi(content: bytes) -> bool:
    return content.startswith(b'{"openapi"')


def _digest(content: bytes) -> str:
    """Of the OpenAPI document only what it describes: it has tests of its own."""
    paths = {path: sorted(operations) for path, operations in json.loads(content)["paths"].items()}
    return json.dumps({"paths": paths})


def save(answers: list[Said], file: Path) -> None:
    """Write the recording, one member a line."""
    file.write_text(json.dumps(answers, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load(file: Path) -> list[Said]:
    return json.loads(file.read_text(encoding="utf-8"))


def compare(recorded: list[Said], answers: list[Said]) -> list[str]:
    """What differs, request by request, each as a text for people. Empty: nothing does."""
    before, now = ({said["name"]: said for said in listed} for listed in (recorded, answers))
    order = [*now, *(name for name in before if name not in now)]
    return [_difference(name, before.get(name), now.get(name)) for name in order if before.get(name) != now.get(name)]


def _difference(name: str, before: Said | None, now: Said | None) -> str:
    request = (now or before or {}).get("request")
    changes = difflib.unified_diff(_lines(before), _lines(now), "recorded", "now", lineterm="", n=2)
    return "\n".join([f"== {name}: {request}", *changes])


def _lines(said: Said | None) -> list[str]:
    """The answer in lines that are short enough to be compared by eye."""
    if said is None:
        return []
    shown = [f"{member}: {said[member]}" for member in ("request", "status", "cut off") if member in said]
    return [*shown, *said["headers"], *re.sub(r"([,{]) ?(?=\")|\r?\n", r"\1\n", said["body"]).split("\n")]
