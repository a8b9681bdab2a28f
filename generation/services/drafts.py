"""A generation to be: everything that can be decided before any lock is taken."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from atelier.accounts.models import Workspace
from atelier.accounts.throttling import Limit
from atelier.core.errors import Conflict
from atelier.core.ids import new_id
from generation.kinds import find_kind
from generation.kinds.kind import Kind
from generation.kinds.submission import SubmissionBody
from generation.models import Generation
from generation.pipeline import lifecycle
from generation.pipeline.spec import Spec
from generation.selectors import get_generation
from generation.services.admission import admit, admit_spec
from generation.services.webhooks import reseal_for_retry, seal_for


class NotRetryable(Conflict):
    code = "not_retryable"
    title = "Only failed, cancelled or expired generations can be tried again"


@dataclass(frozen=True, slots=True)
class Draft:
    """A row that is not written yet, the limits it counts against, and how many seconds it may take in all: its times
    are given by the database."""

    workspace: Workspace
    generation: Generation
    spec: Spec
    limits: list[Limit]
    lifetime: float


def draft_generation(*, workspace: Workspace, actor: str, kind: Kind, body: SubmissionBody) -> Draft:
    """What a request becomes. Raises what `admit` raises."""
    admitted = admit(workspace, kind, body)
    generation = _row(workspace, actor, admitted.spec, body.to_request(), admitted.credits)
    generation.webhook = seal_for(generation.id, body.webhook)
    return Draft(workspace, generation, admitted.spec, limits_of(workspace, kind), body.deadline_seconds)


def draft_retry(*, workspace: Workspace, actor: str, generation_id: str) -> Draft:
    """The same spec, seed included, as a new generation at the price of today.

    It is admitted like a new request: raises `GenerationNotFound`, `NotRetryable`, and what `admit_spec` raises.
    """
    source = get_generation(workspace.id, generation_id)
    kind = find_kind(source.kind)
    if source.status not in lifecycle.RETRYABLE:
        raise NotRetryable(f"It is {source.status}.", generationStatus=source.status)
    if kind is None:
        raise NotRetryable(f"This version does not serve its kind, {source.kind!r}.", generationStatus=source.status)
    admitted = admit_spec(workspace, kind, dataclasses.replace(source.plan_spec, generation_id=new_id("gen")))
    spec = admitted.spec
    copy = _row(workspace, actor, spec, source.request, admitted.credits)
    copy.retry_of_id = source.id
    copy.webhook = reseal_for_retry(source.webhook, source.id, copy.id)
    lifetime = (source.deadline_at - source.created_at).total_seconds()
    return Draft(workspace, copy, spec, limits_of(workspace, kind), lifetime)


def limits_of(workspace: Workspace, *kinds: Kind) -> list[Limit]:
    """The rates of these kinds' endpoints, and the tier's jobs an hour with its burst."""
    hourly = workspace.limits.jobs_per_hour
    jobs = [] if hourly is None else [Limit("jobs", workspace.limits.burst, hourly, 3600)]
    return [*dict.fromkeys(kind.limit for kind in kinds), *jobs]


def _row(workspace: Workspace, actor: str, spec: Spec, request: dict[str, Any], credits: int) -> Generation:
    return Generation(
        id=spec.generation_id,
        workspace_id=workspace.id,
        actor=actor,
        kind=spec.kind,
        queue=workspace.limits.queue,
        model=spec.model,
        request=request,
        spec=spec.to_json(),
        credits_held=credits,
    )
