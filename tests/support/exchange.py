"""One HTTP exchange with a server of this machine, header by header."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any

from atelier.stacks.ports import HOST

BASE = "/api/v1/atelier"


@dataclass(frozen=True)
class Answered:
    """What came back. `headers` finds names in any case."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(port: int, path: str, key: str = "", *, method: str = "GET", body: Any = None, **headers: str) -> Answered:
    """Send a request and read the answer; `Accept_Language="x"` is a header. `body` is sent as JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named |= {"Authorization": f"Bearer {key}"} if key else {}
    content = None if body is None else json.dumps(body)
    if content is not None:
        named.setdefault("Content-Type", "application/json")
    exchange = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        exchange.request(method, path, content, named)
        answer = exchange.getresponse()
        return Answered(answer.status, answer.headers, answer.read())
    finally:
        exchange.close()
