"""What an operator may do to generations: cancel and retry, one by one, each in its own transaction."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from atelier.accounts.selectors import get_workspace
from atelier.core.errors import AtelierError
from generation.models import Generation
from generation.services.idempotency import Answer, Key
from generation.services.submission import Accepted, cancel_generation, retry_generation

AT_ONCE = 100
"""Generations in one action: each is its own transaction, and the operator waits for all of them."""
ENDPOINT = "admin/retry"


def actor_of(request: HttpRequest) -> str:
    """How the audit trail names the operator."""
    return f"user:{request.user.pk}"


def cancel(request: HttpRequest, generation: Generation) -> None:
    """Cancel it and tell the operator what came of it."""
    try:
        now = cancel_generation(
            workspace_id=generation.workspace_id, generation_id=generation.id, actor=actor_of(request)
        )
    except AtelierError as error:
        return _refused(request, generation, "cancelled", error)
    if now.is_terminal:
        messages.success(request, format_html("{} is cancelled; its credits are released.", link_to(now.id)))
    else:
        messages.info(request, format_html("{} is asked to stop; its worker obeys at the next step.", link_to(now.id)))


def retry(request: HttpRequest, generation: Generation, token: str = "") -> str | None:
    """Queue the same spec again. The new id, or None when it was refused. `token` makes a double click one retry."""
    try:
        answer = retry_generation(
            workspace=get_workspace(generation.workspace_id), generation_id=generation.id, actor=actor_of(request),
            render=_render, key=_key(generation, token),
        )  # fmt: skip
    except AtelierError as error:
        _refused(request, generation, "retried", error)
        return None
    new_id: str = json.loads(answer.body)["generationId"]
    messages.success(request, format_html("{} is queued again as {}.", link_to(generation.id), link_to(new_id)))
    return new_id


def each(request: HttpRequest, chosen: QuerySet[Generation], act: Callable[[HttpRequest, Generation], object]) -> None:
    """Run `act` on at most AT_ONCE generations; more are refused as a whole."""
    generations = list(chosen[: AT_ONCE + 1])
    if len(generations) > AT_ONCE:
        messages.error(request, f"Choose at most {AT_ONCE} generations at once; nothing was done.")
        return
    for generation in generations:
        act(request, generation)


def link_to(generation_id: str) -> SafeString:
    """The id as a link to its page."""
    url = reverse("admin:generation_generation_change", args=[generation_id])
    return format_html('<a href="{}">{}</a>', url, generation_id)


def _render(accepted: Accepted) -> Answer:
    return Answer(202, json.dumps({"generationId": accepted.generation.id}))


def _key(generation: Generation, token: str) -> Key | None:
    if not token:
        return None
    return Key.of(generation.workspace_id, ENDPOINT, f"{generation.id}:{token}"[:255], b"")


def _refused(request: HttpRequest, generation: Generation, done: str, error: AtelierError) -> None:
    messages.warning(request, format_html("{} was not {}: {}", link_to(generation.id), done, error.detail))
