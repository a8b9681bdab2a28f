"""Answers about generations in the plural, and about what there is to choose from."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from atelier.core.http.bodies import Answer
from atelier.core.http.documentation import json_schema
from atelier.core.http.times import Time
from atelier.core.http.values import OneOf
from generation.pipeline.lifecycle import PUBLIC_STATUSES
from generation.pipeline.spec import GENERATION_TYPES
from generation.resource import Count, EventType, Generation, GenerationId, Positive, StageName, Status

GenerationType = Annotated[str, OneOf(GENERATION_TYPES)]


class GenerationPage(Answer):
    projects: list[Generation]
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
    credits_held: Annotated[Count, Field(description="queued")] = 0
    stage: Annotated[StageName, Field(description="stage, step")] = ""
    step: Annotated[Count, Field(description="step")] = 0
    steps: Annotated[Count, Field(description="step")] = 0
    index: Annotated[Count, Field(description="image: which one, from 0")] = 0
    status: Annotated[Status, Field(description="terminal")] = ""
    credits_used: Annotated[Count, Field(description="terminal")] = 0
    code: Annotated[str, Field(description="terminal: the code of the error, where there is one")] = ""


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
