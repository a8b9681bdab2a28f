"""The operations on generations. Each view translates a request, makes one domain call and translates the result."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from atelier.accounts.api import ApiView, json_answer, tightest
from atelier.accounts.models import Workspace
from atelier.accounts.throttling import Limit, take_tokens
from atelier.core.db.deadlines import budget
from atelier.core.outbound.checks import check_url
from generation.api import operations
from generation.api.acceptance import accept, submission_limits
from generation.api.fields import parse_request, refuse_members
from generation.api.offers import describe_price
from generation.api.pages import read_page
from generation.api.parameters import checked_id, dry_run, idempotency_key, last_event_id, list_query
from generation.api.representation import describe_generation, describe_generations
from generation.api.watching import EventStream
from generation.selectors import get_generation, list_events
from generation.services.submission import cancel_generation, retry_generation, submit_generation

PROJECT_LIMIT = Limit("projects", capacity=60, amount=60, period=60)


class GenerateView(ApiView):
    """POST /generate."""

    needs = {"POST": "generations:write"}

    parameters = {"POST": frozenset({"dryRun"})}

    def limits(self, workspace: Workspace | None) -> list[Limit]:
        return submission_limits(workspace)

    @operations.generate
    def post(self, request: Request) -> HttpResponse:
        caller, body, text = self.caller, request.data, idempotency_key(request.headers)
        with budget("schema"):
            asked = parse_request(body)
        if asked.webhook is not None:
            check_url(asked.webhook["url"], "/webhook/url")
        if dry_run(request.query_params):
            return json_answer(describe_price(caller.workspace, asked))
        return accept(
            caller.workspace, request, "POST /generate", text,
            lambda render, key: submit_generation(
                workspace=caller.workspace, actor=caller.actor, request=asked, render=render, key=key
            ),
        )  # fmt: skip


class RetryView(ApiView):
    """POST /projects/{generation_id}/retry."""

    needs = {"POST": "generations:write"}

    def limits(self, workspace: Workspace | None) -> list[Limit]:
        return submission_limits(workspace)

    @operations.retry
    def post(self, request: Request, generation_id: str) -> HttpResponse:
        refuse_members(request.data)
        caller, source = self.caller, checked_id(generation_id)
        return accept(
            caller.workspace, request, f"POST /projects/{source}/retry", idempotency_key(request.headers),
            lambda render, key: retry_generation(
                workspace=caller.workspace, generation_id=source, actor=caller.actor, render=render, key=key
            ),
        )  # fmt: skip


class ProjectListView(ApiView):
    """GET /projects."""

    needs = {"GET": "generations:read"}

    parameters = {"GET": frozenset({"cursor", "limit", "status", "kind", "createdAfter", "createdBefore"})}

    @operations.list_projects
    def get(self, request: Request) -> HttpResponse:
        page = read_page(self.caller.workspace.id, list_query(request.query_params))
        return json_answer({"projects": describe_generations(page.generations), "nextCursor": page.next_cursor})


class ProjectView(ApiView):
    """GET and DELETE /projects/{generation_id}."""

    needs = {"GET": "generations:read", "DELETE": "generations:write"}

    def limits(self, workspace: Workspace | None) -> list[Limit]:
        return [] if self.request.method == "DELETE" else [PROJECT_LIMIT]

    @operations.get_project
    def get(self, request: Request, generation_id: str) -> HttpResponse:
        workspace = self.caller.workspace
        allowances = take_tokens(workspace.id, [PROJECT_LIMIT])
        generation = get_generation(workspace.id, checked_id(generation_id))
        return json_answer(describe_generation(generation), headers=tightest(allowances))

    @operations.cancel
    def delete(self, request: Request, generation_id: str) -> HttpResponse:
        generation = cancel_generation(
            workspace_id=self.caller.workspace.id, generation_id=checked_id(generation_id), actor=self.caller.actor
        )
        return json_answer(describe_generation(generation), 202)


class AnyAccept(BaseContentNegotiation):
    """An event stream has one type, whatever a client says that it accepts."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


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
        return StreamingHttpResponse(EventStream(generation.id, after), headers=headers)
