"""Answering accepted work: the 202, the same bytes again under an Idempotency-Key, and `Prefer: wait`."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from atelier.accounts.api import json_answer, tightest
from atelier.accounts.models import Workspace
from atelier.accounts.throttling import Limit, read_allowances
from atelier.core.http.answers import to_json
from atelier.core.http.problems import problem_response
from billing.services.transfers import InsufficientCredits
from generation.api.parameters import wait_seconds
from generation.api.representation import describe_accepted, describe_generation, location
from generation.api.watching import wait_for_end
from generation.selectors import get_generation
from generation.services.estimates import get_next_position, get_outlook
from generation.services.idempotency import Answer, Key, find_answer, keep_answer
from generation.services.submission import GENERATE_LIMIT, Accepted, Render, limits_of

Submit = Callable[[Render, Key | None], Answer]


def submission_limits(workspace: Workspace | None) -> list[Limit]:
    """What POST /generate and retries are limited by."""
    return [GENERATE_LIMIT] if workspace is None else limits_of(workspace)


def accept(workspace: Workspace, request: Request, endpoint: str, text: str | None, submit: Submit) -> HttpResponse:
    """Submit, once where `text` is an Idempotency-Key, and answer.

    The key belongs to the acceptance: a repeat that asks to wait waits again.
    """
    key = None if text is None else Key.of(workspace.id, endpoint, text, request._request.body)
    try:
        answer = submit(_renderer(workspace), key)
    except InsufficientCredits as error:
        if key is None:
            raise
        answer = _keep_refusal(workspace, request._request, key, error)
    return _answer(workspace, answer, wait_seconds(request.headers))


def _renderer(workspace: Workspace) -> Render:
    """What is read for the answer is read here, before any lock is taken."""
    outlook = get_outlook()
    position = get_next_position(workspace.id, workspace.limits.lane)

    def render(accepted: Accepted) -> Answer:
        headers = {"Content-Type": "application/json", "Location": location(accepted.generation.id)}
        body = to_json(describe_accepted(accepted, outlook, position))
        return Answer(202, body, headers | tightest(accepted.allowances))

    return render


def _keep_refusal(workspace: Workspace, request: HttpRequest, key: Key, error: InsufficientCredits) -> Answer:
    """A 402 stays a 402 under its key, also when there are credits later: a new key is a new decision."""
    problem = problem_response(request, error)
    headers = dict(problem.headers) | tightest(read_allowances(workspace.id, submission_limits(workspace)))
    answer = Answer(402, problem.content.decode(), headers)
    if keep_answer(key, answer):
        return answer
    return find_answer(key) or answer


def _answer(workspace: Workspace, answer: Answer, seconds: int) -> HttpResponse:
    if answer.status == 202 and seconds:
        generation_id = json.loads(answer.body)["generationId"]
        waited = wait_for_end(generation_id, seconds)
        if waited is not None:
            answer.headers["Preference-Applied"] = f"wait={seconds}"
        if waited:
            resource = describe_generation(get_generation(workspace.id, generation_id))
            return json_answer(resource, headers=answer.headers)
    headers = {"Cache-Control": "private, no-store"} | answer.headers
    return HttpResponse(answer.body, status=answer.status, headers=headers)
