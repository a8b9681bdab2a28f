"""What the answers look like, as JSON Schema (draft 2020-12) components of the OpenAPI document."""

from __future__ import annotations

from atelier.core.http.documentation import ref
from atelier.core.http.schemas import COUNT, POSITIVE, TEXT, TIME, URI, Schema, closed, listed, nullable
from generation.api import fields
from generation.api.representation import STAGE_SPAN
from generation.pipeline.lifecycle import PUBLIC_STATUSES
from generation.pipeline.spec import FORMATS, GENERATION_TYPES, MAX_SEED

SEED: Schema = {"type": "integer", "minimum": 0, "maximum": MAX_SEED}
STATUS: Schema = {"type": "string", "enum": list(PUBLIC_STATUSES)}
GENERATION_ID: Schema = {"type": "string", "pattern": "^gen_[a-z2-7]{20}$"}


LINKS = closed(
    "Where to go from here; null where the status allows no such step.",
    self=URI,
    events=URI,
    cancel=nullable(URI),
    retry=nullable(URI),
)

IMAGE = closed(
    id={"type": "string", "pattern": "^img_"},
    url=URI | {"description": "Works for anyone until `expiresAt`."},
    width=POSITIVE,
    height=POSITIVE,
    format={"type": "string", "enum": list(FORMATS)},
    sizeBytes=POSITIVE,
    sha256={"type": "string", "pattern": "^[0-9a-f]{64}$"},
    seed=SEED,
    expiresAt=TIME | {"description": "When `url` ends. Ask again for a new one until the retention ends."},
    safety={"type": "null", "description": "Reserved: always null in this version."},
    quality={"type": "null", "description": "Reserved: always null in this version."},
)

METADATA: Schema = {
    "type": "object",
    "description": "What was used and what the stages learned. Stages may add members.",
    "properties": {
        "model": TEXT,
        "modelRevision": TEXT,
        "seed": SEED,
        "inferenceSteps": POSITIVE,
        "attempts": COUNT,
        "stageMs": {
            "type": "object",
            "description": "Milliseconds of each finished stage.",
            "propertyNames": {"enum": list(STAGE_SPAN)},
            "additionalProperties": COUNT,
        },
        "cacheHit": nullable({"type": "boolean"}) | {"description": "Whether the model was loaded already."},
        "loadMs": nullable(COUNT),
        "note": TEXT,
    },
    "required": ["model", "modelRevision", "seed", "inferenceSteps", "attempts", "stageMs", "cacheHit", "loadMs"],
}

PROGRESS = closed(
    stage=nullable({"type": "string", "enum": list(STAGE_SPAN)}),
    step=COUNT,
    steps=COUNT,
    percent={"type": "integer", "minimum": 0, "maximum": 100},
    queuePosition=nullable(POSITIVE),
    etaSeconds=nullable(POSITIVE),
)

ECHO: Schema = {
    "type": "object",
    "description": "The request with its defaults; it can be sent again as it is.",
    "properties": fields.SCHEMA["properties"],
    "required": list(fields.FIELDS),
    "additionalProperties": False,
}

GENERATION = closed(
    generationId=GENERATION_ID,
    status=STATUS,
    isTerminal={"type": "boolean"},
    createdAt=TIME,
    startedAt=nullable(TIME),
    completedAt=nullable(TIME),
    request=ref("GenerationEcho"),
    progress=ref("Progress"),
    images=listed(ref("Image")),
    metadata=ref("GenerationMetadata"),
    creditsHeld=COUNT | {"description": "Set aside when it was accepted."},
    creditsUsed=COUNT | {"description": "Charged for what was delivered; 0 until then."},
    processingTimeMs=nullable(COUNT),
    error=nullable(ref("GenerationError")),
    retryOf=nullable(GENERATION_ID),
    links=ref("Links"),
)

ACCEPTED = closed(
    generationId=GENERATION_ID,
    status=STATUS,
    isTerminal={"type": "boolean"},
    estimatedTimeSeconds=POSITIVE,
    queuePosition=POSITIVE,
    creditsHeld=COUNT,
    creditsUsed=COUNT,
    images={"type": "array", "maxItems": 0},
    links=ref("Links"),
)

PRICE = closed(
    credits=POSITIVE,
    balance={"type": "integer"},
    affordable={"type": "boolean"},
    estimatedTimeSeconds=POSITIVE,
    model=TEXT,
)

MODEL = closed(
    name=TEXT,
    title=TEXT,
    revision=TEXT,
    licence=TEXT,
    generationTypes=listed({"type": "string", "enum": list(GENERATION_TYPES)}),
    defaultFor=listed({"type": "string", "enum": list(GENERATION_TYPES)}),
    nativeSize=closed(width=POSITIVE, height=POSITIVE),
    note=TEXT,
    available={"type": "boolean", "description": "Some worker has said that it can load it."},
    knows={
        "type": ["object", "null"],
        "description": "What a small model can draw, by kind; null: it reads any words.",
        "additionalProperties": listed(TEXT),
    },
)

STYLE = closed(
    name=TEXT,
    title=TEXT,
    generationType={"type": "string", "enum": list(GENERATION_TYPES)},
    promptSuffix=TEXT,
    negativePrompt=TEXT,
)

ACCOUNT = closed(
    workspaceId=TEXT,
    name=TEXT,
    tier=TEXT,
    balance={"type": "integer", "description": "Credits that can be spent; below zero where a credit line allows it."},
    held=COUNT | {"description": "Credits set aside for accepted work."},
    creditLine=COUNT | {"description": "How far `balance` may go below zero."},
    limits=closed(
        queue=TEXT,
        runningAtOnce=POSITIVE,
        jobsPerHour=nullable(POSITIVE) | {"description": "null: unlimited"},
        burst=POSITIVE,
        targetWaitSeconds=POSITIVE,
        retentionDays=POSITIVE,
        creditsPerMonth=nullable(POSITIVE) | {"description": "null: unlimited"},
        largestSide=POSITIVE,
        rates={"type": "object", "additionalProperties": closed(requests=POSITIVE, seconds=POSITIVE)},
    ),
    usage=closed(today=closed(**dict.fromkeys(PUBLIC_STATUSES, COUNT)), creditsThisMonth=COUNT),
)

EVENT_TYPES = ("queued", "stage", "step", "image", "terminal")

EVENT: Schema = {
    "type": "object",
    "description": "One server-sent event.",
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9]+$", "description": "For Last-Event-ID."},
        "event": {"type": "string", "enum": list(EVENT_TYPES)},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": ref("EventContent"),
        },
    },
    "required": ["id", "event", "data"],
}

EVENT_CONTENT: Schema = {
    "type": "object",
    "properties": {
        "generationId": GENERATION_ID,
        "type": {"type": "string", "enum": list(EVENT_TYPES)},
        "createdAt": TIME,
        "creditsHeld": COUNT | {"description": "queued"},
        "stage": {"type": "string", "enum": list(STAGE_SPAN), "description": "stage, step"},
        "step": COUNT | {"description": "step"},
        "steps": COUNT | {"description": "step"},
        "index": COUNT | {"description": "image: which one, from 0"},
        "status": STATUS | {"description": "terminal"},
        "creditsUsed": COUNT | {"description": "terminal"},
        "code": TEXT | {"description": "terminal: the code of the error, where there is one"},
    },
    "required": ["generationId", "type", "createdAt"],
}

COMPONENTS: dict[str, Schema] = {
    "GenerationRequest": fields.SCHEMA,
    "GenerationEcho": ECHO,
    "Generation": GENERATION,
    "GenerationAccepted": ACCEPTED,
    "GenerationPrice": PRICE,
    # The price of a dry run, or the finished resource after `Prefer: wait`.
    "GenerationOrPrice": {"oneOf": [ref("Generation"), ref("GenerationPrice")]},
    "GenerationPage": closed(projects=listed(ref("Generation")), nextCursor=nullable(TEXT)),
    "GenerationMetadata": METADATA,
    "GenerationError": closed(code=TEXT, message=TEXT),
    "Progress": PROGRESS,
    "Image": IMAGE,
    "Links": LINKS,
    "Models": closed(models=listed(MODEL)),
    "Styles": closed(styles=listed(STYLE)),
    "Account": ACCOUNT,
    "Event": EVENT,
    "EventContent": EVENT_CONTENT,
    "Nothing": {"type": "object", "maxProperties": 0},
}
