"""A caller of the API for one workspace."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http.response import HttpResponseBase
from django.test import Client

from atelier.accounts.models import Workspace
from atelier.accounts.services import create_api_key

BASE = "/api/v1/atelier"
SMALL = {"prompt": "a red apple", "dimensions": {"width": 64, "height": 64}}


@dataclass(frozen=True)
class Caller:
    """Sends requests with the workspace's key; `key` "" sends none."""

    workspace: Workspace
    key: str

    @classmethod
    def of(cls, workspace: Workspace) -> Caller:
        return cls(workspace, create_api_key(workspace=workspace, name="test")[1])

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponseBase:
        """Any request below the API's base; bytes are sent as they are, anything else as JSON."""
        named = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        kind = named.pop("Content-Type", "application/json" if content else "")
        client = Client(raise_request_exception=False)
        return client.generic(method, BASE + path, content, kind, headers=named)

    def get(self, path: str, **headers: str) -> HttpResponseBase:
        return self.call("GET", path, **headers)

    def post(self, body: Any = None, path: str = "/generate", **headers: str) -> HttpResponseBase:
        """POST /generate: one small picture unless `body` says otherwise."""
        return self.call("POST", path, SMALL if body is None else body, **headers)

    def generate(self, **asked: Any) -> str:
        """The id of an accepted request."""
        answer = self.post(SMALL | asked)
        assert answer.status_code == 202, answer.content
        return answer.json()["generationId"]


def code(answer: HttpResponseBase, status: int) -> str:
    """The code of a problem document with that status."""
    assert answer.status_code == status, (answer.status_code, answer.content)
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["requestId"] == answer.headers["X-Request-Id"]
    return problem["code"]
