"""A second kind that lives in the tests: a card with a picture a word, each of another size, and a title of its own."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from pydantic import Field

from atelier.accounts.throttling import Limit
from atelier.core.http.values import WHOLE
from generation import resource
from generation.kinds.choices import choose_model
from generation.kinds.kind import Kind, price_of_shots
from generation.kinds.submission import SubmissionBody
from generation.pipeline.catalog import Catalog
from generation.pipeline.pricing import RateCard
from generation.pipeline.spec import MAX_SEED, Shot, Spec


class CardRequest(SubmissionBody):
    """A card."""

    title: Annotated[str, Field(min_length=1, max_length=40)]
    words: Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], Field(min_length=1, max_length=4)]
    seed: Annotated[int, Field(ge=0, le=MAX_SEED), WHOLE] | None = None


class CardImage(resource.Image):
    """A picture of a card."""

    role: str


class Card(resource.Generation):
    """A generation with what a card adds."""

    title: str
    images: list[CardImage]  # type: ignore[assignment]  # narrower, and nobody writes into it


def plan(body: CardRequest, catalog: Catalog, generation_id: str) -> Spec:
    """A shot a word; picture k is k steps of 8 pixels wider than the first."""
    entry = choose_model(catalog, None, "standard")
    seed = secrets.randbelow(MAX_SEED) if body.seed is None else body.seed
    return Spec(
        generation_id=generation_id,
        kind=KIND.name,
        shots=tuple(_shot(index, word, seed) for index, word in enumerate(body.words)),
        model=entry.name,
        model_revision=entry.revision,
        face_correction="off",
        brief={"title": body.title},
    )


def _shot(index: int, word: str, seed: int) -> Shot:
    width = 64 + 8 * index
    return Shot(
        index=index,
        role=word,
        prompt=f"a card with {word}",
        seed=seed,
        width=width,
        height=64,
        native_width=width,
        native_height=64,
    )


def price(spec: Spec, card: RateCard) -> int:
    """The pictures, and one credit for the card."""
    return price_of_shots(spec, card) + 1


def describe(spec: Spec) -> dict[str, Any]:
    """The title; a row of a release that had none gets an empty one."""
    return {"title": spec.brief.get("title", "")}


KIND = Kind(
    name="card",
    path="cards",
    operation="makeCard",
    title="Make a card",
    description="A picture for each word.",
    limit=Limit("cards", capacity=5, amount=5, period=60),
    body=CardRequest,
    plan=plan,
    price=price,
    answer=Card,
    describe=describe,
    describe_image=lambda shot: {"role": shot.role},
)
