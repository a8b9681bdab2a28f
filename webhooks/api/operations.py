"""Each operation as the OpenAPI document tells it: parameters, answers, and every code it may refuse with."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter

from atelier.accounts.refusals import COMMON
from atelier.core.errors import InvalidRequest
from atelier.core.http.bodies import Nothing
from atelier.core.http.documentation import WITH_BODY, Ok, Problems, operation
from atelier.core.http.paging import DEFAULT_LIMIT, MAX_LIMIT
from atelier.core.http.parameters import page_parameters, query_parameter
from atelier.core.http.problems import InvalidParameter
from atelier.core.outbound.checks import AddressNotAllowed, LookupsBusy
from webhooks.api import answers, bodies
from webhooks.models import STATUSES
from webhooks.selectors import DeliveryNotFound, EndpointNotFound
from webhooks.services.endpoints import EndpointDisabled, TooManyEndpoints

WEBHOOKS = "Webhooks"
ONE: Problems = (*COMMON, EndpointNotFound)
BODY: Problems = (*WITH_BODY, InvalidRequest)

ID = OpenApiParameter(
    "endpoint_id",
    {"type": "string", "example": "whk_abcdefghijklmnopqrst"},
    OpenApiParameter.PATH,
    description="As returned in `id`.",
)
DELIVERY_ID = OpenApiParameter(
    "delivery_id",
    {"type": "string", "example": "dlv_abcdefghijklmnopqrst"},
    OpenApiParameter.PATH,
    description="As returned in `id` of a delivery.",
)


create = operation(
    "createWebhookEndpoint",
    "Create a webhook endpoint",
    "The URL and every address behind its name are checked now and at every send. `secret` is shown once.",
    tag=WEBHOOKS,
    body=bodies.WebhookEndpointRequest,
    errors=(*COMMON, *BODY, AddressNotAllowed, LookupsBusy, TooManyEndpoints),
    ok=[Ok(201, answers.WebhookEndpointWithSecret, "Created.", ("Location",))],
)

list_all = operation(
    "listWebhookEndpoints",
    "List webhook endpoints",
    "Oldest first.",
    tag=WEBHOOKS,
    parameters=page_parameters(DEFAULT_LIMIT, MAX_LIMIT),
    ok=[Ok(200, answers.WebhookEndpoints, "A page.")],
    errors=(*COMMON, InvalidParameter),
)

read = operation(
    "getWebhookEndpoint",
    "Read a webhook endpoint",
    "Its state too: active, or disabled with the reason.",
    tag=WEBHOOKS,
    parameters=[ID],
    ok=[Ok(200, answers.WebhookEndpoint, "The endpoint.")],
    errors=ONE,
)

update = operation(
    "updateWebhookEndpoint",
    "Change a webhook endpoint",
    "Only the members that are sent change.",
    tag=WEBHOOKS,
    parameters=[ID],
    body=bodies.WebhookEndpointChanges,
    errors=(*ONE, *BODY, AddressNotAllowed, LookupsBusy),
    ok=[Ok(200, answers.WebhookEndpoint, "As it is now.")],
)

delete = operation(
    "deleteWebhookEndpoint",
    "Delete a webhook endpoint",
    "Nothing more is sent there, waiting deliveries neither.",
    tag=WEBHOOKS,
    parameters=[ID],
    ok=[Ok(204, None, "It is gone.")],
    errors=ONE,
)

rotate = operation(
    "rotateWebhookSecret",
    "Rotate the secret",
    "The new secret is shown once. For 24 hours every request is signed with both, so no event is missed.",
    tag=WEBHOOKS,
    parameters=[ID],
    body=Nothing,
    errors=(*ONE, *BODY),
    ok=[Ok(200, answers.WebhookEndpointWithSecret, "The new secret.")],
)

test = operation(
    "testWebhookEndpoint",
    "Send a test event",
    "A real, signed `webhook.test` event to this endpoint alone.",
    tag=WEBHOOKS,
    parameters=[ID],
    body=Nothing,
    errors=(*ONE, *BODY, EndpointDisabled),
    ok=[Ok(202, answers.WebhookDelivery, "It is on its way; read the deliveries to see what came of it.")],
)

deliveries = operation(
    "listWebhookDeliveries",
    "List deliveries",
    "Newest first, each with its attempts.",
    tag=WEBHOOKS,
    parameters=[
        ID,
        *page_parameters(DEFAULT_LIMIT, MAX_LIMIT),
        query_parameter("status", {"type": "string", "enum": list(STATUSES)}, "Only these."),
    ],
    ok=[Ok(200, answers.WebhookDeliveries, "A page.")],
    errors=(*ONE, InvalidParameter),
)

redeliver = operation(
    "redeliverWebhook",
    "Send a delivery again",
    "The same id and a fresh timestamp, with a new round of retries.",
    tag=WEBHOOKS,
    parameters=[ID, DELIVERY_ID],
    body=Nothing,
    ok=[Ok(202, answers.WebhookDelivery, "It is on its way.")],
    errors=(*ONE, *BODY, DeliveryNotFound, EndpointDisabled),
)

replay = operation(
    "replayWebhooks",
    "Replay a time range",
    "Sends what happened from `from` until `until` and this endpoint has not taken, with the same ids; at most 10,000 "
    "events a call, oldest first.",
    tag=WEBHOOKS,
    parameters=[ID],
    body=bodies.WebhookReplay,
    ok=[Ok(202, answers.WebhookReplayed, "How many are on their way.")],
    errors=(*ONE, *BODY, EndpointDisabled),
)

secret = operation(
    "getWebhookDefaultSecret",
    "Read the default secret",
    "What signs one-generation webhooks that bring no secret of their own. Derived from the installation's key.",
    tag=WEBHOOKS,
    ok=[Ok(200, answers.WebhookSecret, "The secret.")],
    errors=COMMON,
)
