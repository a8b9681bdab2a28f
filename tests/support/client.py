"""A client of the HTTP API for tests: shows every answer as it is, and remembers what was accepted."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

PREFIX = "/api/v1/atelier"
ANSWER_SECONDS = 30.0
POLL_SECONDS = 0.1

Json = dict[str, Any]
# No proxy: the servers are on this machine, whatever the environment says about the rest of the world.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. `status` 0: there was none, the connection broke or was silent."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0

    @property
    def json(self) -> Json:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The stable code of a problem document."""
        return self.json["code"]

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True)
class Event:
    """One server-sent event."""

    id: str
    type: str
    content: Json


def fetch(method: str, url: str, content: bytes | None = None, **headers: str) -> Answer:
    """One request; an answer above 399 is an answer like any other. `content_type` becomes Content-Type."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request, sent = urllib.request.Request(url, content, named, method=method), time.monotonic()
    try:
        with _OPENER.open(request, timeout=ANSWER_SECONDS) as answer:
            return Answer(answer.status, answer.read(), tuple(answer.headers.items()), time.monotonic() - sent)
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read(), tuple(error.headers.items()), time.monotonic() - sent)
    except OSError:
        return Answer(0, seconds=time.monotonic() - sent)


class Api:
    """Speaks for one workspace. `accepted` lists the ids that the service promised to bring to an end."""

    def __init__(self, base: str, key: str) -> None:
        self.base, self.key = base, key
        self.accepted: list[str] = []

    def call(self, method: str, path: str, body: Json | None = None, **headers: str) -> Answer:
        """A request below the API's prefix."""
        content = None if body is None else json.dumps(body).encode()
        named = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"} | headers
        answer = fetch(method, self.base + PREFIX + path, content, **named)
        if answer.status == 202 and method == "POST":
            self.accepted.append(answer.json["generationId"])
        return answer

    def post(self, body: Json | None = None, **headers: str) -> Answer:
        """POST /generate: one small picture of a red apple unless `body` says otherwise."""
        asked = {"prompt": "a red apple", "dimensions": {"width": 64, "height": 64}} | (body or {})
        return self.call("POST", "/generate", asked, **headers)

    def generate(self, **asked: Any) -> str:
        """The id of an accepted request."""
        answer = self.post(asked)
        assert answer.status == 202, answer
        return answer.json["generationId"]

    def generate_many(self, bodies: Sequence[Json], *, at_once: int = 8) -> list[str]:
        """The ids of many requests, sent by `at_once` threads."""
        with ThreadPoolExecutor(at_once) as threads:
            return list(threads.map(lambda body: self.generate(**body), bodies))

    def get(self, generation_id: str) -> Json:
        answer = self.call("GET", f"/projects/{generation_id}")
        assert answer.status == 200, answer
        return answer.json

    def cancel(self, generation_id: str) -> Answer:
        return self.call("DELETE", f"/projects/{generation_id}")

    def retry(self, generation_id: str, **headers: str) -> Answer:
        return self.call("POST", f"/projects/{generation_id}/retry", **headers)

    def wait(self, generation_id: str, seconds: float = 30.0) -> Json:
        """The finished resource."""
        until = time.monotonic() + seconds
        while True:
            seen = self.get(generation_id)
            if seen["isTerminal"]:
                return seen
            assert time.monotonic() < until, f"not finished after {seconds} s: {seen}"
            time.sleep(POLL_SECONDS)

    def wait_all(self, generation_ids: Sequence[str], seconds: float = 60.0) -> list[Json]:
        """All finished resources, within `seconds` for all of them together."""
        until = time.monotonic() + seconds
        return [self.wait(generation_id, max(1.0, until - time.monotonic())) for generation_id in generation_ids]

    def events(self, generation_id: str, after: str = "") -> Iterator[Event]:
        """The events of a generation until the server ends the stream."""
        headers = {"Authorization": f"Bearer {self.key}", "Accept": "text/event-stream"}
        headers |= {"Last-Event-ID": after} if after else {}
        request = urllib.request.Request(f"{self.base}{PREFIX}/projects/{generation_id}/events", headers=headers)
        with _OPENER.open(request, timeout=ANSWER_SECONDS) as stream:
            yield from _events(line.decode().rstrip("\n") for line in stream)


def _events(lines: Iterator[str]) -> Iterator[Event]:
    """Group the lines of a stream (WHATWG HTML, section 9.2); comments and events without content are dropped."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if line:
            fields[name] = value.strip()
        elif "data" in fields:
            yield Event(fields.pop("id"), fields.pop("event"), json.loads(fields.pop("data")))
        else:
            fields.clear()
