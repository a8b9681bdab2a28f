"""The operations on endpoints. Each view translates a request, makes one domain call and translates the result."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from atelier.accounts.api import ApiView, json_answer
from atelier.accounts.models import Workspace
from atelier.accounts.throttling import Limit
from atelier.core.http.bodies import Nothing
from atelier.core.http.paging import PAGED, Place, take_page
from webhooks.api import bodies, operations
from webhooks.api.answers import (
    WebhookDeliveries,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEndpoints,
    WebhookEndpointWithSecret,
    WebhookReplayed,
    WebhookSecret,
)
from webhooks.api.parameters import checked_delivery, checked_endpoint, delivery_query, endpoint_query
from webhooks.selectors import get_endpoint, list_deliveries, list_endpoints
from webhooks.services import endpoints, replaying
from webhooks.services.vault import default_secret

ENDPOINT_LIMIT = Limit("webhook-endpoints", capacity=30, amount=30, period=60)
"""Making and changing endpoints: their host names are looked up."""


class WebhookView(ApiView):
    """What the views here share."""

    needs = {"GET": "webhooks:read", "POST": "webhooks:write", "PATCH": "webhooks:write", "DELETE": "webhooks:write"}

    http_method_names = ["get", "head", "post", "patch", "delete"]

    def whom(self, endpoint: str) -> dict[str, str]:
        """The arguments that say which endpoint of whose is meant, and who acts."""
        caller = self.caller
        return {
            "workspace_id": caller.workspace.id,
            "endpoint_id": checked_endpoint(endpoint),
            "actor": caller.actor,
        }


class EndpointListView(WebhookView):
    """GET and POST /webhook-endpoints."""

    parameters = {"GET": PAGED}

    def limits(self, workspace: Workspace | None) -> list[Limit]:
        return [ENDPOINT_LIMIT] if self.request.method == "POST" else super().limits(workspace)

    @operations.list_all
    def get(self, request: Request) -> HttpResponse:
        asked, rows = endpoint_query(request.query_params), list_endpoints(self.caller.workspace.id)
        if asked.place is not None:
            rows = asked.place.next_oldest_first(rows)
        page = take_page(rows, asked.limit, lambda row: Place.of(row).encode())
        shown = [WebhookEndpoint.of(row) for row in page.rows]
        return json_answer(WebhookEndpoints(endpoints=shown, next_cursor=page.next_cursor))

    @operations.create
    def post(self, request: Request) -> HttpResponse:
        asked = bodies.WebhookEndpointRequest.parse(request.data)
        endpoint, keys = endpoints.create_endpoint(
            workspace=self.caller.workspace, actor=self.caller.actor, **dict(asked)
        )
        here = f"{settings.ATELIER_PUBLIC_URL}/{settings.API_PREFIX}webhook-endpoints/{endpoint.id}"
        return json_answer(WebhookEndpointWithSecret.of(endpoint, secret=keys.secret), 201, {"Location": here})


class EndpointView(WebhookView):
    """GET, PATCH and DELETE /webhook-endpoints/{endpoint_id}."""

    def limits(self, workspace: Workspace | None) -> list[Limit]:
        return [ENDPOINT_LIMIT] if self.request.method == "PATCH" else super().limits(workspace)

    @operations.read
    def get(self, request: Request, endpoint_id: str) -> HttpResponse:
        whom = self.whom(endpoint_id)
        return json_answer(WebhookEndpoint.of(get_endpoint(whom["workspace_id"], whom["endpoint_id"])))

    @operations.update
    def patch(self, request: Request, endpoint_id: str) -> HttpResponse:
        changes = bodies.WebhookEndpointChanges.parse(request.data).model_dump(exclude_unset=True)
        return json_answer(WebhookEndpoint.of(endpoints.update_endpoint(**self.whom(endpoint_id), changes=changes)))

    @operations.delete
    def delete(self, request: Request, endpoint_id: str) -> HttpResponse:
        endpoints.delete_endpoint(**self.whom(endpoint_id))
        return HttpResponse(status=204)


class RotateView(WebhookView):
    """POST /webhook-endpoints/{endpoint_id}/rotate-secret."""

    @operations.rotate
    def post(self, request: Request, endpoint_id: str) -> HttpResponse:
        Nothing.parse(request.data)
        endpoint, keys = endpoints.rotate_secret(**self.whom(endpoint_id))
        return json_answer(WebhookEndpointWithSecret.of(endpoint, secret=keys.secret))


class TestView(WebhookView):
    """POST /webhook-endpoints/{endpoint_id}/test."""

    @operations.test
    def post(self, request: Request, endpoint_id: str) -> HttpResponse:
        Nothing.parse(request.data)
        return json_answer(WebhookDelivery.of(replaying.send_test(**self.whom(endpoint_id))), 202)


class DeliveryListView(WebhookView):
    """GET /webhook-endpoints/{endpoint_id}/deliveries."""

    parameters = {"GET": frozenset({"cursor", "limit", "status"})}

    @operations.deliveries
    def get(self, request: Request, endpoint_id: str) -> HttpResponse:
        asked, whom = delivery_query(request.query_params), self.whom(endpoint_id)
        endpoint = get_endpoint(whom["workspace_id"], whom["endpoint_id"])
        rows = list_deliveries(endpoint.workspace_id, endpoint.id)
        if asked.status is not None:
            rows = rows.filter(status=asked.status)
        if asked.place is not None:
            rows = asked.place.after(rows)
        page = take_page(rows, asked.limit, lambda row: Place.of(row).encode())
        shown = [WebhookDelivery.of(row) for row in page.rows]
        return json_answer(WebhookDeliveries(deliveries=shown, next_cursor=page.next_cursor))


class RedeliverView(WebhookView):
    """POST /webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/redeliver."""

    @operations.redeliver
    def post(self, request: Request, endpoint_id: str, delivery_id: str) -> HttpResponse:
        Nothing.parse(request.data)
        whom = self.whom(endpoint_id)
        delivery = replaying.redeliver(**whom, delivery_id=checked_delivery(delivery_id))
        return json_answer(WebhookDelivery.of(delivery), 202)


class ReplayView(WebhookView):
    """POST /webhook-endpoints/{endpoint_id}/replay."""

    @operations.replay
    def post(self, request: Request, endpoint_id: str) -> HttpResponse:
        asked = bodies.WebhookReplay.parse(request.data)
        sent = replaying.replay(
            **self.whom(endpoint_id), since=asked.since, until=asked.until, delivered=asked.include == "all"
        )
        return json_answer(WebhookReplayed(deliveries=sent), 202)


class DefaultSecretView(WebhookView):
    """GET /webhook-endpoints/default-secret."""

    needs = {"GET": "webhooks:write"}  # it shows a secret

    @operations.secret
    def get(self, request: Request) -> HttpResponse:
        return json_answer(WebhookSecret(secret=default_secret(self.caller.workspace.id)))
