"""Accepting work: key, tokens, hold, rows and answer in one transaction. No broker here: the API lives without it."""

from __future__ import annotations

from django.db import transaction

from atelier.accounts.models import Workspace
from atelier.accounts.throttling import Allowance, RateLimited, take_tokens, tightest
from atelier.audit.services import record
from atelier.core.crashpoints import crashpoint
from atelier.core.db.database import insert_row, notify
from atelier.core.db.deadlines import budget
from atelier.core.db.statements import together
from atelier.core.errors import Conflict
from atelier.core.http.answers import to_json
from atelier.messaging.outbox.services import emit
from billing.services.holds import place_hold
from billing.services.transfers import InsufficientCredits
from generation.kinds.kind import Kind
from generation.kinds.submission import SubmissionBody
from generation.models import Generation
from generation.pipeline import lifecycle
from generation.resource import GenerationAccepted, links_of, location
from generation.services.drafts import Draft, draft_generation, draft_retry
from generation.services.estimates import get_next_position, get_outlook
from generation.services.events import DISPATCH_CHANNEL, add_event
from generation.services.idempotency import Answer, Key, find_answer, store_answer


class AnotherInProgress(Conflict):
    code = "request_in_progress"
    title = "The same request is being answered"


class _KeyTaken(Exception):
    """Another request with the same key was first."""


def submit_generation(
    *, workspace: Workspace, actor: str, kind: Kind, body: SubmissionBody, key: Key | None = None
) -> Answer:
    """Accept a request, or give the first answer again where `key` was used before: that costs nothing.

    Raises what `admit` raises, `RateLimited`, `InsufficientCredits`, `IdempotencyKeyReused`, `AnotherInProgress`.
    """
    return find_answer(key) or accept(draft_generation(workspace=workspace, actor=actor, kind=kind, body=body), key)


def retry_generation(*, workspace: Workspace, actor: str, generation_id: str, key: Key | None = None) -> Answer:
    """The same spec, seed included, as a new generation with a new hold, at the price of today.

    Raises `NotRetryable`, and what `submit_generation` raises.
    """
    return find_answer(key) or accept(draft_retry(workspace=workspace, actor=actor, generation_id=generation_id), key)


def accept(draft: Draft, key: Key | None = None) -> Answer:
    """Tokens, hold, generation, event, audit and the stored answer, all or nothing; the answer (202)."""
    outlook = get_outlook()  # what is read for the answer is read before any lock is taken
    position = get_next_position(draft.workspace.id, draft.generation.queue)
    seconds = outlook.total_seconds(draft.spec, position)
    try:
        with transaction.atomic():
            allowances = take_tokens(draft.workspace.id, draft.limits)
            _hold(draft.generation)
            answer = _render(draft.generation, seconds, position, allowances)
            if key is not None and not store_answer(key, answer):
                raise _KeyTaken
            _write(draft)
    except _KeyTaken:
        return _first_answer(key)
    except (RateLimited, InsufficientCredits):  # the last of them may have gone to a copy of this very request
        first = find_answer(key)
        if first is None:
            raise
        return first
    crashpoint("submit.after_commit")
    return answer


def _first_answer(key: Key | None) -> Answer:
    answer = find_answer(key)
    if answer is None:
        raise AnotherInProgress("A request with this Idempotency-Key is being answered.", headers={"Retry-After": "1"})
    return answer


def _render(generation: Generation, seconds: int, position: int, allowances: list[Allowance]) -> Answer:
    accepted = GenerationAccepted(
        generation_id=generation.id,
        status=lifecycle.public_status(generation.status),
        is_terminal=False,
        estimated_time_seconds=seconds,
        queue_position=position,
        credits_held=generation.credits_held,
        credits_used=0,
        images=[],
        links=links_of(generation),
    )
    headers = {"Content-Type": "application/json", "Location": location(generation.id)}
    return Answer(202, to_json(accepted.model_dump(by_alias=True)), headers | tightest(allowances))


def _hold(generation: Generation) -> None:
    with budget("credit"):
        place_hold(
            workspace_id=generation.workspace_id,
            amount=generation.credits_held,
            reference=generation.id,
            actor=generation.actor,
        )


def _write(draft: Draft) -> None:
    """Everything that is left, in one message with the COMMIT."""
    generation, credits = draft.generation, draft.generation.credits_held
    seconds = {
        "created_at": 0.0,
        "target_at": float(draft.workspace.limits.target_wait_seconds),
        "deadline_at": draft.lifetime,
    }
    with budget("enqueue"), together(last=True):
        insert_row(generation, seconds)
        add_event(generation.id, "queued", {"creditsHeld": credits})
        emit("generation.queued", subject=generation.id, queue=generation.queue, dedupe_key=f"{generation.id}:queued")
        notify(DISPATCH_CHANNEL)
        record(
            workspace_id=generation.workspace_id,
            actor=generation.actor,
            action="generation.queued",
            subject=generation.id,
            facts={"credits": credits},
        )
        crashpoint("submit.before_commit")
