"""The resource `generation`: the classes of its JSON, in answers and in OpenAPI. `/projects` is only its URL."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.conf import settings
from pydantic import ConfigDict, Field

from atelier.core.http.bodies import Answer
from atelier.core.http.times import Time
from atelier.core.http.values import OneOf
from generation.models import Generation as Row
from generation.pipeline import lifecycle
from generation.pipeline.progress import STAGE_SPAN
from generation.pipeline.spec import FORMATS, MAX_SEED

STAGES = tuple(STAGE_SPAN)
RESERVED = "Reserved: null in this version, an object in a later one."
ID_PATTERN = "^gen_[a-z2-7]{20}$"

Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Uri = Annotated[str, Field(json_schema_extra={"format": "uri"})]
GenerationId = Annotated[str, Field(json_schema_extra={"pattern": ID_PATTERN})]
Status = Annotated[str, OneOf(lifecycle.PUBLIC_STATUSES, closed=True)]
StageName = Annotated[str, OneOf(STAGES)]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]


class Links(Answer):
    """Where to go from here; null where the status allows no such step."""

    self_: Annotated[Uri, Field(alias="self")]
    events: Uri
    cancel: Uri | None
    retry: Uri | None


class Image(Answer):
    id: Annotated[str, Field(json_schema_extra={"pattern": "^img_"})]
    url: Annotated[Uri, Field(description="Works for anyone until `expiresAt`.")]
    width: Positive
    height: Positive
    format: Annotated[str, OneOf(FORMATS)]
    size_bytes: Positive
    sha256: Annotated[str, Field(json_schema_extra={"pattern": "^[0-9a-f]{64}$"})]
    seed: Seed
    expires_at: Annotated[Time, Field(description="When `url` ends. Ask again for a new one until the retention ends.")]
    safety: Annotated[dict[str, Any] | None, Field(description=RESERVED)] = None
    quality: Annotated[dict[str, Any] | None, Field(description=RESERVED)] = None


class Progress(Answer):
    stage: StageName | None
    step: Count
    steps: Count
    percent: Annotated[int, Field(ge=0, le=100)]
    queue_position: Positive | None
    eta_seconds: Positive | None


class GenerationMetadata(Answer):
    """What was used and what the stages learned. Stages may add members."""

    model_config = ConfigDict(extra="allow")

    model: str
    model_revision: str
    seed: Seed
    inference_steps: Positive
    cache_hit: Annotated[bool | None, Field(description="Whether the model was loaded already.")]
    load_ms: Count | None
    attempts: Count
    stage_ms: Annotated[
        dict[str, Count],
        Field(
            description="Milliseconds of each finished stage.",
            json_schema_extra={"propertyNames": {"enum": list[Any](STAGES)}},
        ),
    ]


class GenerationError(Answer):
    code: str
    message: str


class Generation(Answer):
    """A generation. A kind may add members of its own."""

    generation_id: GenerationId
    kind: Annotated[str, Field(description="What was asked for; the list can be filtered by it.")]
    status: Status
    is_terminal: bool
    created_at: Time
    started_at: Time | None
    completed_at: Time | None
    request: Annotated[
        dict[str, Any],
        # The title names the class in generated clients: theirs for "request of Generation" would be the body's again.
        Field(title="SentRequest", description="The request with its defaults; it can be sent again as it is."),
    ]
    progress: Progress
    images: list[Image]
    metadata: GenerationMetadata
    credits_held: Annotated[Count, Field(description="Set aside when it was accepted.")]
    credits_used: Annotated[Count, Field(description="Charged for what was delivered; 0 until then.")]
    processing_time_ms: Count | None
    error: GenerationError | None
    retry_of: GenerationId | None
    links: Links


class GenerationAccepted(Answer):
    """A generation that was just queued."""

    generation_id: GenerationId
    status: Status
    is_terminal: bool
    estimated_time_seconds: Positive
    queue_position: Positive
    credits_held: Count
    credits_used: Count
    images: Annotated[list[Image], Field(max_length=0)]
    links: Links


class GenerationPrice(Answer):
    """What it would cost: nothing was stored."""

    credits: Positive
    balance: int
    affordable: bool
    estimated_time_seconds: Positive
    model: str


EventType = Literal["queued", "stage", "step", "image", "terminal"]


def location(generation_id: str) -> str:
    """The absolute URL of a generation."""
    return f"{settings.ATELIER_PUBLIC_URL}/{settings.API_PREFIX}projects/{generation_id}"


def links_of(generation: Row) -> Links:
    """The links that the status of the row allows."""
    here = location(generation.id)
    return Links(
        self_=here,
        events=f"{here}/events",
        cancel=None if generation.is_terminal else here,
        retry=f"{here}/retry" if generation.status in lifecycle.RETRYABLE else None,
    )
