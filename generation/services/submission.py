"""Accepting, cancelling and retrying generations. No broker here: the API lives while the broker is dead."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from atelier.accounts.models import Workspace
from atelier.accounts.throttling import Allowance, Limit, RateLimited, take_tokens
from atelier.audit.services import record
from atelier.core.crashpoints import crashpoint
from atelier.core.db.database import Now, insert_row, notify
from atelier.core.db.deadlines import budget
from atelier.core.db.statements import together
from atelier.core.errors import Conflict
from atelier.core.ids import new_id
from atelier.messaging.outbox.services import emit
from billing.services.holds import place_hold
from generation.models import Generation
from generation.pipeline import lifecycle
from generation.pipeline.request import GenerationRequest
from generation.pipeline.spec import GenerationSpec
from generation.selectors import GenerationNotFound, get_generation
from generation.services.admission import admit, check_model, price_of
from generation.services.completion import end_generation, lock_generation
from generation.services.events import DISPATCH_CHANNEL, add_event
from generation.services.hooks import keep_hook, move_hook, shown_hook
from generation.services.idempotency import Answer, Key, find_answer, keep_answer

GENERATE_LIMIT = Limit("generate", capacity=10, amount=10, period=60)


class AlreadyTerminal(Conflict):
    code = "already_terminal"
    title = "The generation has already ended"


class AnotherInProgress(Conflict):
    code = "request_in_progress"
    title = "The same request is being answered"


class NotRetryable(Conflict):
    code = "not_retryable"
    title = "Only failed, cancelled or expired generations can be tried again"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A generation that was just queued, and what is left of the caller's limits."""

    generation: Generation
    allowances: list[Allowance]


Render = Callable[[Accepted], Answer]
"""Turns what was accepted into the answer; runs inside the transaction, so that it can be stored under a key."""


class _KeyTaken(Exception):
    """Another request with the same key was first."""


def submit_generation(
    *, workspace: Workspace, actor: str, request: GenerationRequest, render: Render, key: Key | None = None
) -> Answer:
    """Accept a request: tokens, hold, generation, event, audit and the stored answer, all or nothing.

    Raises what `admit` raises, `RateLimited`, `InsufficientCredits`, `IdempotencyKeyReused`. With a key, a
    repeat gets the first answer again and costs nothing.
    """

    def make() -> _Draft:
        admitted = admit(workspace, request)
        asked = dataclasses.asdict(request) | {"webhook": shown_hook(request.webhook)}
        generation = _new_generation(workspace, actor, admitted.spec, asked, admitted.credits)
        generation.webhook = keep_hook(generation.id, request.webhook)
        return _Draft(generation, request.deadline_seconds)

    return _accept_once(workspace, make, render, key)


def retry_generation(
    *, workspace: Workspace, generation_id: str, actor: str, render: Render, key: Key | None = None
) -> Answer:
    """The same spec, seed included, as a new generation with a new hold, at the price of today.

    Raises `NotRetryable`, and what `submit_generation` raises.
    """

    def make() -> _Draft:
        source = get_generation(workspace.id, generation_id)
        if source.status not in lifecycle.RETRYABLE:
            raise NotRetryable(f"It is {source.status}.", generationStatus=source.status)
        check_model(source.model)
        spec = dataclasses.replace(source.plan_spec, generation_id=new_id("gen"))
        copy = _new_generation(workspace, actor, spec, source.request, price_of(spec))
        copy.retry_of_id = source.id
        copy.webhook = move_hook(source.webhook, source.id, copy.id)
        return _Draft(copy, (source.deadline_at - source.created_at).total_seconds())

    return _accept_once(workspace, make, render, key)


def _accept_once(workspace: Workspace, make: Callable[[], _Draft], render: Render, key: Key | None) -> Answer:
    earlier = find_answer(key) if key else None
    if earlier is not None:
        return earlier
    draft = make()
    try:
        with transaction.atomic():
            allowances = take_tokens(workspace.id, limits_of(workspace))
            answer = render(Accepted(draft.generation, allowances))
            if key is not None and not keep_answer(key, answer):
                raise _KeyTaken
            _insert(workspace, draft)
    except _KeyTaken:
        return _first_answer(key)
    except RateLimited:  # the last token may have gone to a copy of this very request
        first = find_answer(key) if key else None
        if first is None:
            raise
        return first
    crashpoint("submit.after_commit")
    return answer


def _first_answer(key: Key | None) -> Answer:
    answer = find_answer(key) if key else None
    if answer is None:
        raise AnotherInProgress("A request with this Idempotency-Key is being answered.", headers={"Retry-After": "1"})
    return answer


def limits_of(workspace: Workspace) -> list[Limit]:
    """The endpoint's rate, and the tier's jobs an hour with its burst."""
    hourly = workspace.limits.jobs_per_hour
    jobs = [] if hourly is None else [Limit("jobs", workspace.limits.burst, hourly, 3600)]
    return [GENERATE_LIMIT, *jobs]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A generation to be, and how many seconds it may take in all: its times are given by the database."""

    generation: Generation
    lifetime: float


def _new_generation(
    workspace: Workspace,
    actor: str,
    spec: GenerationSpec,
    asked: dict[str, Any],
    credits: int,
) -> Generation:
    return Generation(
        id=spec.generation_id, workspace_id=workspace.id, actor=actor, lane=workspace.limits.lane, model=spec.model,
        request=asked, spec=spec.to_json(), credits_held=credits,
    )  # fmt: skip


def _insert(workspace: Workspace, draft: _Draft) -> None:
    generation = draft.generation
    with budget("credit"):
        place_hold(
            workspace_id=workspace.id, amount=generation.credits_held, reference=generation.id, actor=generation.actor
        )  # fmt: skip
    times = {"created_at": 0.0, "target_at": workspace.limits.target_wait_seconds, "deadline_at": draft.lifetime}
    with budget("enqueue"), together(last=True):
        _write(generation, times)
        crashpoint("submit.before_commit")


def _write(generation: Generation, times: dict[str, float]) -> None:
    credits = generation.credits_held
    insert_row(generation, times)
    add_event(generation.id, "queued", {"creditsHeld": credits})
    emit("generation.queued", subject=generation.id, lane=generation.lane, dedupe_key=f"{generation.id}:queued")
    notify(DISPATCH_CHANNEL)
    record(
        workspace_id=generation.workspace_id, actor=generation.actor, action="generation.queued",
        subject=generation.id, facts={"credits": credits},
    )  # fmt: skip


def cancel_generation(*, workspace_id: str, generation_id: str, actor: str) -> Generation:
    """Cancel: at once while nobody works on it, else at the worker's next beat. Raises `AlreadyTerminal`."""
    with transaction.atomic():
        generation = lock_generation(generation_id)
        if generation is None or generation.workspace_id != workspace_id:
            raise GenerationNotFound
        if generation.is_terminal:
            ended = f"It is {generation.status}; there is nothing to cancel."
            raise AlreadyTerminal(ended, generationStatus=generation.status)
        if generation.status == lifecycle.RUNNING and generation.lease_expires_at is not None:
            _request_cancel(generation, actor)
        else:
            end_generation(generation, lifecycle.CANCELLED, actor=actor)
    return get_generation(workspace_id, generation_id)


def _request_cancel(generation: Generation, actor: str) -> None:
    asked = Generation.objects.filter(id=generation.id, cancel_requested_at=None).update(cancel_requested_at=Now())
    if asked:
        record(
            workspace_id=generation.workspace_id, actor=actor, action="generation.cancel_requested",
            subject=generation.id,
        )  # fmt: skip
