"""Each operation as the OpenAPI document tells it: parameters, answers, and every code it may refuse with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiParameter

from atelier.accounts.refusals import COMMON
from atelier.core.db.deadlines import CreditTooSlow, EnqueueTooSlow
from atelier.core.errors import InvalidRequest
from atelier.core.http.bodies import Nothing
from atelier.core.http.documentation import WITH_BODY, Ok, Problems, operation, ref
from atelier.core.http.parameters import page_parameters, query_parameter
from atelier.core.http.problems import InvalidParameter, UnsupportedField
from billing.selectors import NoRateCard
from billing.services.transfers import InsufficientCredits, LedgerMismatch
from generation.api.answers import Account, Event, GenerationPage, Models, Styles
from generation.api.components import RESOURCE, RETRIED, submitted
from generation.api.parameters import DEFAULT_LIMIT, MAX_LIMIT, MAX_WAIT_SECONDS
from generation.api.watching import TooManyWatchers
from generation.kinds import KINDS
from generation.kinds.choices import UnknownModelError, UnknownStyleError
from generation.kinds.kind import Kind
from generation.pipeline.lifecycle import PUBLIC_STATUSES
from generation.selectors import GenerationNotFound
from generation.services.acceptance import AnotherInProgress
from generation.services.admission import (
    ModelUnavailable,
    PromptNotUnderstood,
    SizeNotAllowed,
)
from generation.services.cancellation import AlreadyTerminal
from generation.services.drafts import NotRetryable
from generation.services.idempotency import IdempotencyKeyReused

GENERATIONS, OFFERS = "Generations", "What there is"

SUBMISSION: Problems = (
    *COMMON,
    *WITH_BODY,
    InvalidRequest,
    InvalidParameter,
    InsufficientCredits,
    LedgerMismatch,
    IdempotencyKeyReused,
    AnotherInProgress,
    CreditTooSlow,
    EnqueueTooSlow,
)
ADMISSION: Problems = (
    NoRateCard,
    UnknownModelError,
    SizeNotAllowed,
    PromptNotUnderstood,
    ModelUnavailable,
)
PLANNING: Problems = (UnsupportedField, UnknownStyleError)

ID = OpenApiParameter(
    "generation_id",
    {"type": "string", "example": "gen_abcdefghijklmnopqrst"},
    OpenApiParameter.PATH,
    description="As returned in `generationId`.",
)
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
    OpenApiParameter.HEADER,
    description="Kept for 7 days: the same key and body get the first answer again, byte for byte, a 402 too. "
    "Bodies with the same members and values are the same, whatever their order and blanks. "
    "X-Request-Id, Server-Timing and Date belong to the exchange and not to the answer.",
)
PREFER = OpenApiParameter(
    "Prefer",
    {"type": "string", "example": "wait=30"},
    OpenApiParameter.HEADER,
    description=f"`wait=N`, at most {MAX_WAIT_SECONDS}: answer 200 with the finished resource when it is done within "
    "N seconds, else 202. Under an Idempotency-Key the 202 is what is kept; a repeat may wait again.",
)


DRY_RUN = query_parameter("dryRun", {"type": "boolean", "default": False}, "Check and price it; store nothing.")
ACCEPTED = "Accepted: it is in the queue and its credits are held."


def submit(kind: Kind) -> Callable[[Any], Any]:
    """POST of a kind, as its row describes it."""
    return operation(
        kind.operation,
        kind.title,
        kind.description,
        tag=GENERATIONS,
        body=kind.body,
        parameters=[DRY_RUN, KEY, PREFER],
        ok=[
            Ok(200, ref(submitted(kind)), "The price of a dry run, or the finished resource."),
            Ok(202, ref(submitted(kind)), ACCEPTED, ("Location",)),
        ],
        errors=(*SUBMISSION, *ADMISSION, *PLANNING),
    )


retry = operation(
    "retryProject",
    "Try again",
    "The same request, seed included, as a new generation with a new hold. Only failed, cancelled and expired ones. "
    "It is admitted like a new one, by the limits and prices of now.",
    tag=GENERATIONS,
    body=Nothing,
    parameters=[ID, KEY, PREFER],
    ok=[
        Ok(200, ref(RETRIED), "The finished resource after `Prefer: wait`."),
        Ok(202, ref(RETRIED), ACCEPTED, ("Location",)),
    ],
    errors=(*SUBMISSION, *ADMISSION, GenerationNotFound, NotRetryable),
)

list_projects = operation(
    "listProjects",
    "List generations",
    "Newest first. `nextCursor` is the place behind the last one shown: new generations shift nothing.",
    tag=GENERATIONS,
    ok=[Ok(200, GenerationPage, "A page.")],
    errors=(*COMMON, InvalidParameter),
    parameters=[
        *page_parameters(DEFAULT_LIMIT, MAX_LIMIT),
        query_parameter("status", {"type": "string", "enum": list(PUBLIC_STATUSES)}, "Only these."),
        query_parameter("kind", {"type": "string", "enum": list(KINDS)}, "Only these."),
        query_parameter("createdAfter", {"type": "string", "format": "date-time"}, "Only later ones."),
        query_parameter("createdBefore", {"type": "string", "format": "date-time"}, "Only earlier ones."),
    ],
)

get_project = operation(
    "getProject",
    "Read a generation",
    "An unknown id and another workspace's id give the same 404.",
    tag=GENERATIONS,
    parameters=[ID],
    ok=[Ok(200, RESOURCE, "The resource.")],
    errors=(*COMMON, GenerationNotFound),
)

cancel = operation(
    "cancelProject",
    "Cancel a generation",
    "At once while it waits; while it is drawn the worker stops at its next step. Nothing is charged.",
    tag=GENERATIONS,
    parameters=[ID],
    ok=[Ok(202, RESOURCE, "It is cancelled, or will be in a moment.")],
    errors=(*COMMON, GenerationNotFound, AlreadyTerminal),
)

events = operation(
    "watchProject",
    "Watch a generation",
    "Server-sent events: `queued`, `stage`, `step`, `image`, `terminal`, each with an `id` and JSON `data`. A comment "
    "every 15 s keeps the connection; it ends after `terminal`. `Last-Event-ID` resumes behind that event.",
    tag=GENERATIONS,
    parameters=[
        ID,
        OpenApiParameter(
            "Last-Event-ID",
            {"type": "string", "pattern": "^[0-9]{0,18}$"},
            OpenApiParameter.HEADER,
            description="The last id seen.",
        ),
    ],
    ok=[
        Ok(200, Event, "The events; the schema is that of one.", media_type="text/event-stream"),
        Ok(204, None, "It has ended and there is nothing after Last-Event-ID: do not connect again."),
    ],
    errors=(*COMMON, InvalidParameter, GenerationNotFound, TooManyWatchers),
)

list_models = operation(
    "listModels",
    "List models",
    "The catalogue of this installation.",
    tag=OFFERS,
    ok=[Ok(200, Models, "The models.")],
    errors=COMMON,
)

list_styles = operation(
    "listStyles",
    "List styles",
    "Style presets: words that join the prompt.",
    tag=OFFERS,
    ok=[Ok(200, Styles, "The styles.")],
    errors=COMMON,
)

get_account = operation(
    "getAccount",
    "Read the account",
    "Balance, limits, and usage of today and this month (UTC).",
    tag=OFFERS,
    ok=[Ok(200, Account, "The account.")],
    errors=COMMON,
)
