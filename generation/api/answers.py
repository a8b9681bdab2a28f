"""Answers about generations in the plural, and about what there is to choose from."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, SerializeAsAny

from atelier.core.http.bodies import Answer
from atelier.core.http.documentation import json_schema
from atelier.core.http.times import Time
from atelier.core.http.values import NOT_SENT, NotNull, OneOf
from generation.pipeline.lifecycle import PUBLIC_STATUSES
from generation.pipeline.spec import GENERATION_TYPES
from generation.resource import Count, EventType, Generation, GenerationId, Positive, StageName, Status

GenerationType = Annotated[str, OneOf(GENERATION_TYPES)]


class GenerationPage(Answer):
    projects: list[SerializeAsAny[Generation]]
    next_cursor: str | None


class Size(Answer):
    width: Positive
    height: Positive


class Model(Answer):
    name: str
    title: str
    revision: str
    licence: str
    generation_types: list[GenerationType]
    default_for: list[GenerationType]
    native_size: Size
    note: str
    available: Annotated[bool, Field(description="Some worker has said that it can load it.")]
    knows: Annotated[
        dict[str, list[str]] | None,
        Field(description="What a small model can draw, by kind; null: it reads any words."),
    ]


class Models(Answer):
    models: list[Model]


class Style(Answer):
    name: str
    title: str
    generation_type: GenerationType
    prompt_suffix: str
    negative_prompt: str


class Styles(Answer):
    styles: list[Style]


class Rate(Answer):
    requests: Positive
    seconds: Positive


class AccountLimits(Answer):
    queue: str
    running_at_once: Positive
    jobs_per_hour: Annotated[Positive | None, Field(description="null: unlimited")]
    burst: Positive
    target_wait_seconds: Positive
    retention_days: Positive
    credits_per_month: Annotated[Positive | None, Field(description="null: unlimited")]
    largest_side: Positive
    rates: dict[str, Rate]


class AccountUsage(Answer):
    today: Annotated[
        dict[str, Count],
        Field(json_schema_extra={"propertyNames": {"enum": list[Any](PUBLIC_STATUSES)}}),
    ]
    credits_this_month: Count


class Account(Answer):
    workspace_id: str
    name: str
    tier: str
    balance: Annotated[int, Field(description="Credits that can be spent; below zero where a credit line allows it.")]
    held: Annotated[Count, Field(description="Credits set aside for accepted work.")]
    credit_line: Annotated[Count, Field(description="How far `balance` may go below zero.")]
    limits: AccountLimits
    usage: AccountUsage


class EventContent(Answer):
    """The JSON in `data` of a server-sent event; which members it has depends on its type."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    generation_id: GenerationId
    type: EventType
    created_at: Time
    credits_held: Annotated[Count | None, NotNull(), Field(description="queued")] = NOT_SENT
    stage: Annotated[StageName | None, NotNull(), Field(description="stage, step")] = NOT_SENT
    step: Annotated[Count | None, NotNull(), Field(description="step")] = NOT_SENT
    steps: Annotated[Count | None, NotNull(), Field(description="step")] = NOT_SENT
    index: Annotated[Count | None, NotNull(), Field(description="image: which one, from 0")] = NOT_SENT
    status: Annotated[Status | None, NotNull(), Field(description="terminal")] = NOT_SENT
    credits_used: Annotated[Count | None, NotNull(), Field(description="terminal")] = NOT_SENT
    code: Annotated[str | None, NotNull(), Field(description="terminal: the code of the error, where there is one")] = (
        NOT_SENT
    )


class Event(Answer):
    """One server-sent event."""

    id: Annotated[str, Field(pattern="^[0-9]+$", description="For Last-Event-ID.")]
    event: EventType
    data: Annotated[
        str,
        Field(
            json_schema_extra={
                "contentMediaType": "application/json",
                "contentSchema": json_schema(EventContent, request=False),
            }
        ),
    ]
