"""The operations on generations. Each view translates a request, makes one domain call and translates the result."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from atelier.accounts.api import READS, ApiView, json_answer
from atelier.accounts.models import Workspace
from atelier.accounts.throttling import Limit
from atelier.core.db.deadlines import budget
from atelier.core.http.bodies import Nothing
from atelier.core.http.negotiation import AnyAccept
from atelier.core.http.streams import stream_answer
from billing.services.transfers import InsufficientCredits
from generation.api import operations
from generation.api.acceptance import keep_refusal, read_key, respond
from generation.api.answers import GenerationPage
from generation.api.offers import describe_price
from generation.api.pages import read_page
from generation.api.parameters import checked_id, dry_run, last_event_id, list_query
from generation.api.representation import describe_generation, describe_generations
from generation.api.watching import EventStream
from generation.kinds import KINDS
from generation.kinds.kind import Kind
from generation.selectors import get_generation, list_events
from generation.services.acceptance import retry_generation, submit_generation
from generation.services.cancellation import cancel_generation
from generation.services.drafts import limits_of
from generation.services.idempotency import Answer, Key

PROJECT_LIMIT = Limit("projects", capacity=60, amount=60, period=60)


class AcceptingView(ApiView):
    """What accepts work of some kinds. Its tokens are taken in the transaction that accepts."""

    counts_itself = True
    kinds: tuple[Kind, ...] = ()

    def limits(self, workspace: Workspace | None) -> list[Limit]:
        return [self.kinds[0].limit] if workspace is None else limits_of(workspace, *self.kinds)

    def answer(self, request: Request, key: Key | None, work: Callable[[], Answer]) -> HttpResponse:
        """The answer of `work`. A 402 is kept under its key once it was paid for with a token; so is a repeat."""
        workspace = self.caller.workspace
        try:
            answer = work()
        except InsufficientCredits as error:
            self.charge(self.kinds[0].limit)
            answer = keep_refusal(workspace, request, key, self.limits(workspace), error)
        if answer.repeated:
            self.charge(READS)
        return respond(workspace, request, answer)


class SubmissionView(AcceptingView):
    """POST of one kind."""

    parameters = {"POST": frozenset({"dryRun"})}

    def submit(self, request: Request) -> HttpResponse:
        workspace, kind, members = self.caller.workspace, self.kinds[0], request.data
        key = read_key(workspace, request, kind.endpoint)
        with budget("schema"):
            body = kind.body.parse(members)
        if dry_run(request.query_params):
            self.charge(READS)
            return json_answer(describe_price(workspace, kind, body))
        work = partial(submit_generation, workspace=workspace, actor=self.caller.actor, kind=kind, body=body, key=key)
        return self.answer(request, key, work)


def submission_view(kind: Kind) -> type[SubmissionView]:
    """The view of a kind, documented as its row says."""

    class View(SubmissionView):
        kinds = (kind,)
        needs = {"POST": kind.permission}

        @operations.submit(kind)
        def post(self, request: Request) -> HttpResponse:
            return self.submit(request)

    View.__name__ = f"{kind.body.__name__}View"
    return View


class RetryView(AcceptingView):
    """POST /projects/{generation_id}/retry."""

    kinds = tuple(KINDS.values())
    needs = {"POST": "generations:write"}

    @operations.retry
    def post(self, request: Request, generation_id: str) -> HttpResponse:
        Nothing.parse(request.data)
        workspace, source = self.caller.workspace, checked_id(generation_id)
        key = read_key(workspace, request, f"POST /projects/{source}/retry")
        work = partial(retry_generation, workspace=workspace, generation_id=source, actor=self.caller.actor, key=key)
        return self.answer(request, key, work)


class ProjectListView(ApiView):
    """GET /projects."""

    needs = {"GET": "generations:read"}

    parameters = {"GET": frozenset({"cursor", "limit", "status", "kind", "createdAfter", "createdBefore"})}

    @operations.list_projects
    def get(self, request: Request) -> HttpResponse:
        page = read_page(self.caller.workspace.id, list_query(request.query_params))
        return json_answer(GenerationPage(projects=describe_generations(page.rows), next_cursor=page.next_cursor))


class ProjectView(ApiView):
    """GET and DELETE /projects/{generation_id}."""

    needs = {"GET": "generations:read", "DELETE": "generations:write"}

    def limits(self, workspace: Workspace | None) -> list[Limit]:
        return super().limits(workspace) if self.request.method == "DELETE" else [PROJECT_LIMIT]

    @operations.get_project
    def get(self, request: Request, generation_id: str) -> HttpResponse:
        generation = get_generation(self.caller.workspace.id, checked_id(generation_id))
        return json_answer(describe_generation(generation))

    @operations.cancel
    def delete(self, request: Request, generation_id: str) -> HttpResponse:
        generation = cancel_generation(
            workspace_id=self.caller.workspace.id, generation_id=checked_id(generation_id), actor=self.caller.actor
        )
        return json_answer(describe_generation(generation), 202)


class EventsView(ApiView):
    """GET /projects/{generation_id}/events."""

    needs = {"GET": "generations:read"}

    content_negotiation_class = AnyAccept

    @operations.events
    def get(self, request: Request, generation_id: str) -> HttpResponseBase:
        generation = get_generation(self.caller.workspace.id, checked_id(generation_id))
        after = last_event_id(request.headers)
        if generation.is_terminal and not list_events(generation.id, after):
            return HttpResponse(status=204)  # tells an EventSource not to connect again
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        if request.method == "HEAD":
            return HttpResponse(headers=headers)
        return stream_answer(EventStream(generation.id, after), headers)
