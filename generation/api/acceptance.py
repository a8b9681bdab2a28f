"""The HTTP side of accepting work: the Idempotency-Key, a kept 402, and `Prefer: wait`."""

from __future__ import annotations

import json

from django.http import HttpResponse
from rest_framework.request import Request

from atelier.accounts.api import json_answer
from atelier.accounts.models import Workspace
from atelier.accounts.throttling import Limit, read_allowances, tightest
from atelier.core.http.problems import problem_response
from billing.services.transfers import InsufficientCredits
from generation.api.parameters import idempotency_key, wait_seconds
from generation.api.representation import describe_generation
from generation.api.watching import has_left, wait_for_end
from generation.selectors import get_generation
from generation.services.idempotency import Answer, Key, find_answer, store_answer


def read_key(workspace: Workspace, request: Request, endpoint: str) -> Key | None:
    """The Idempotency-Key of a request, for this endpoint and this body. Raises `InvalidParameter`."""
    text = idempotency_key(request.headers)
    return None if text is None else Key.of(workspace.id, endpoint, text, request._request.body)


def keep_refusal(
    workspace: Workspace, request: Request, key: Key | None, limits: list[Limit], error: InsufficientCredits
) -> Answer:
    """A 402 stays a 402 under its key, also when there are credits later: a new key is a new decision."""
    if key is None:
        raise error
    problem = problem_response(request._request, error)
    headers = dict(problem.headers) | tightest(read_allowances(workspace.id, limits))
    answer = Answer(402, problem.content.decode(), headers)
    if store_answer(key, answer):
        return answer
    return find_answer(key) or answer


def respond(workspace: Workspace, request: Request, answer: Answer) -> HttpResponse:
    """The answer, or the finished resource where the client waits for it.

    The key belongs to the acceptance: a repeat that asks to wait waits again.
    """
    seconds = wait_seconds(request.headers) if answer.status == 202 else 0
    if seconds:
        generation_id = json.loads(answer.body)["generationId"]
        waited = wait_for_end(generation_id, seconds, has_left(request.META))
        if waited is not None:
            answer.headers["Preference-Applied"] = f"wait={seconds}"
        if waited:
            resource = describe_generation(get_generation(workspace.id, generation_id))
            return json_answer(resource, headers=answer.headers)
    headers = {"Cache-Control": "private, no-store"} | answer.headers
    return HttpResponse(answer.body, status=answer.status, headers=headers)
