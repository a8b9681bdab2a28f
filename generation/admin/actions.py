"""What an operator may do to generations: cancel and retry, one by one, each in its own transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from atelier.accounts.selectors import get_workspace
from atelier.core.errors import AtelierError
from generation.models import Generation
from generation.services.acceptance import retry_generation
from generation.services.cancellation import cancel_generation
from generation.services.idempotency import Key

AT_ONCE = 100
"""Generations in one action: each is its own transaction, and the operator waits for all of them."""
SPOKEN = 5
"""Successes of one kind that are outcome one by one."""
ENDPOINT = "admin/retry"


def actor_of(request: HttpRequest) -> str:
    """How the audit trail names the operator."""
    return f"user:{request.user.pk}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one action: the message, and in `summary` the words that follow a number of them."""

    level: int
    words: SafeString
    summary: str = ""
    new_id: str | None = None


Act = Callable[[Generation, str], Outcome]
"""Does something to a generation for an actor (`user:<id>`)."""


def cancel(generation: Generation, actor: str) -> Outcome:
    """Cancel it: at once, or at its worker's next step."""
    try:
        now = cancel_generation(workspace_id=generation.workspace_id, generation_id=generation.id, actor=actor)
    except AtelierError as error:
        return _refused(generation, "cancelled", error)
    if now.is_terminal:
        words = format_html("{} is cancelled; its credits are released.", link_to(now.id))
        return Outcome(messages.SUCCESS, words, "generations are cancelled; their credits are released.")
    words = format_html("{} is asked to stop; its worker obeys at the next step.", link_to(now.id))
    return Outcome(messages.INFO, words, "generations are asked to stop; their workers obey at the next step.")


def retry(generation: Generation, actor: str, token: str = "") -> Outcome:
    """Queue the same spec again. `token` makes a double click one retry."""
    try:
        answer = retry_generation(
            workspace=get_workspace(generation.workspace_id),
            generation_id=generation.id,
            actor=actor,
            key=_key(generation, token),
        )
    except AtelierError as error:
        return _refused(generation, "retried", error)
    new_id: str = json.loads(answer.body)["generationId"]
    words = format_html("{} is queued again as {}.", link_to(generation.id), link_to(new_id))
    return Outcome(messages.SUCCESS, words, "generations are queued again.", new_id)


def each(request: HttpRequest, chosen: QuerySet[Generation], act: Act) -> None:
    """Run `act` on at most AT_ONCE generations; more are refused as a whole.

    Every refusal is outcome by itself; what worked is outcome by itself up to SPOKEN times, else by its number.
    """
    generations = list(chosen[: AT_ONCE + 1])
    if len(generations) > AT_ONCE:
        messages.error(request, f"Choose at most {AT_ONCE} generations at once; nothing was done.")
        return
    results = [act(generation, actor_of(request)) for generation in generations]
    counts = Counter(outcome.summary for outcome in results)
    for outcome in results:
        if not outcome.summary or counts[outcome.summary] <= SPOKEN:
            show(request, outcome)
    for outcome in {
        outcome.summary: outcome for outcome in results if outcome.summary and counts[outcome.summary] > SPOKEN
    }.values():
        messages.add_message(request, outcome.level, f"{counts[outcome.summary]} {outcome.summary}")


def show(request: HttpRequest, outcome: Outcome) -> None:
    """Show it on the next page."""
    messages.add_message(request, outcome.level, outcome.words)


def link_to(generation_id: str) -> SafeString:
    """The id as a link to its page."""
    url = reverse("admin:generation_generation_change", args=[generation_id])
    return format_html('<a href="{}">{}</a>', url, generation_id)


def _key(generation: Generation, token: str) -> Key | None:
    if not token:
        return None
    return Key.of(generation.workspace_id, ENDPOINT, f"{generation.id}:{token}"[:255], b"")


def _refused(generation: Generation, done: str, error: AtelierError) -> Outcome:
    words = format_html("{} was not {}: {}", link_to(generation.id), done, error.detail)
    return Outcome(messages.WARNING, words)
