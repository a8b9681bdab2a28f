"""The operations on endpoints. Each view translates a request, makes one domain call and translates the result."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse
from rest_framework.request import Request

from atelier.accounts.api import ApiView, json_answer
from atelier.core.http.bodies import check_body
from webhooks.api import operations
from webhooks.api.fields import REPLAY, UPDATE, parse_endpoint
from webhooks.api.parameters import checked_delivery, checked_endpoint, cursor_of, delivery_query
from webhooks.api.representation import describe_delivery, describe_endpoint, describe_with_secret
from webhooks.selectors import get_endpoint, list_deliveries, list_endpoints
from webhooks.services import endpoints, replaying
from webhooks.services.vault import default_secret


class WebhookView(ApiView):
    """What the views here share."""

    needs = {"GET": "webhooks:read", "POST": "webhooks:write", "PATCH": "webhooks:write", "DELETE": "webhooks:write"}

    http_method_names = ["get", "head", "post", "patch", "delete"]

    def whom(self, endpoint: str) -> dict[str, str]:
        """The arguments that say which endpoint of whose is meant, and who acts."""
        caller = self.caller
        return {
            "workspace_id": caller.workspace.id, "endpoint_id": checked_endpoint(endpoint), "actor": caller.actor,
        }  # fmt: skip


class EndpointListView(WebhookView):
    """GET and POST /webhook-endpoints."""

    @operations.list_all
    def get(self, request: Request) -> HttpResponse:
        listed = list_endpoints(self.caller.workspace.id)
        return json_answer({"endpoints": [describe_endpoint(endpoint) for endpoint in listed]})

    @operations.create
    def post(self, request: Request) -> HttpResponse:
        endpoint, keys = endpoints.create_endpoint(
            workspace=self.caller.workspace, actor=self.caller.actor, wanted=parse_endpoint(request.data)
        )
        here = f"{settings.ATELIER_PUBLIC_URL}/{settings.API_PREFIX}webhook-endpoints/{endpoint.id}"
        return json_answer(describe_with_secret(endpoint, keys), 201, {"Location": here})


class EndpointView(WebhookView):
    """GET, PATCH and DELETE /webhook-endpoints/{endpoint_id}."""

    @operations.read
    def get(self, request: Request, endpoint_id: str) -> HttpResponse:
        whom = self.whom(endpoint_id)
        return json_answer(describe_endpoint(get_endpoint(whom["workspace_id"], whom["endpoint_id"])))

    @operations.update
    def patch(self, request: Request, endpoint_id: str) -> HttpResponse:
        changes = check_body(request.data, UPDATE)
        return json_answer(describe_endpoint(endpoints.update_endpoint(**self.whom(endpoint_id), changes=changes)))

    @operations.delete
    def delete(self, request: Request, endpoint_id: str) -> HttpResponse:
        endpoints.delete_endpoint(**self.whom(endpoint_id))
        return HttpResponse(status=204)


class RotateView(WebhookView):
    """POST /webhook-endpoints/{endpoint_id}/rotate-secret."""

    @operations.rotate
    def post(self, request: Request, endpoint_id: str) -> HttpResponse:
        check_body(request.data, {})
        return json_answer(describe_with_secret(*endpoints.rotate_secret(**self.whom(endpoint_id))))


class TestView(WebhookView):
    """POST /webhook-endpoints/{endpoint_id}/test."""

    @operations.test
    def post(self, request: Request, endpoint_id: str) -> HttpResponse:
        check_body(request.data, {})
        return json_answer(describe_delivery(replaying.send_test(**self.whom(endpoint_id))), 202)


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
        if asked.after is not None:
            at, last = asked.after
            rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last))
        page = list(rows[: asked.limit + 1])
        shown = page[: asked.limit]
        cursor = cursor_of(shown[-1]) if len(page) > asked.limit else None
        return json_answer({"deliveries": [describe_delivery(one) for one in shown], "nextCursor": cursor})


class RedeliverView(WebhookView):
    """POST /webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/redeliver."""

    @operations.redeliver
    def post(self, request: Request, endpoint_id: str, delivery_id: str) -> HttpResponse:
        check_body(request.data, {})
        whom = self.whom(endpoint_id)
        return json_answer(
            describe_delivery(replaying.redeliver(**whom, delivery_id=checked_delivery(delivery_id))), 202
        )


class ReplayView(WebhookView):
    """POST /webhook-endpoints/{endpoint_id}/replay."""

    @operations.replay
    def post(self, request: Request, endpoint_id: str) -> HttpResponse:
        asked = check_body(request.data, REPLAY, ("from", "until"))
        sent = replaying.replay(
            **self.whom(endpoint_id), since=asked["from"], until=asked["until"],
            delivered=asked.get("include") == "all",
        )  # fmt: skip
        return json_answer({"deliveries": sent}, 202)


class DefaultSecretView(WebhookView):
    """GET /webhook-endpoints/default-secret."""

    needs = {"GET": "webhooks:write"}  # it shows a secret

    @operations.secret
    def get(self, request: Request) -> HttpResponse:
        return json_answer({"secret": default_secret(self.caller.workspace.id)})
