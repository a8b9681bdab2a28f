"""The contract of a kind: what clients can request, as one row of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from atelier.accounts.throttling import Limit
from generation import resource
from generation.kinds.submission import SubmissionBody
from generation.pipeline.catalog import Catalog
from generation.pipeline.pricing import RateCard
from generation.pipeline.spec import Shot, Spec

Plan = Callable[[Any, Catalog, str], Spec]
"""plan(body, catalog, generation id) -> the spec with its shots.

It SHALL be pure, but may choose a random seed; it SHALL fill in every default, and MAY raise `InvalidRequest` with the
pointer of the wrong member. It SHALL NOT check tiers, prices or workers: admission does.
"""


def price_of_shots(spec: Spec, card: RateCard) -> int:
    """The sum of the prices of all images by their sizes. Raises ValueError for a size without a price."""
    return sum(card.image_price(shot.width, shot.height) for shot in spec.shots)


def no_members(_: Any) -> Mapping[str, Any]:
    """The default of `describe` and `describe_image`: no members."""
    return {}


def unchanged(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """The default of `upgrade`: all releases stored the same shape."""
    return stored


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of KINDS.

    `name` is stored in rows and used in the list's filter, `path` is its URL below API_PREFIX (POST), `operation`,
    `title` and `description` go to the OpenAPI document. `limit` is the rate limit of the endpoint. `answer` is the
    class of the resource with the kind's own members; `describe(spec)` and `describe_image(shot)` return these by
    their wire names. `upgrade` turns the stored request of an older release into the members of `body`.
    """

    name: str
    path: str
    operation: str
    title: str
    description: str
    limit: Limit
    body: type[SubmissionBody]
    plan: Plan
    price: Callable[[Spec, RateCard], int] = price_of_shots
    answer: type[resource.Generation] = resource.Generation
    describe: Callable[[Spec], Mapping[str, Any]] = no_members
    describe_image: Callable[[Shot], Mapping[str, Any]] = no_members
    upgrade: Callable[[Mapping[str, Any]], Mapping[str, Any]] = unchanged
    permission: str = "generations:write"

    @property
    def endpoint(self) -> str:
        """The scope of an Idempotency-Key."""
        return f"POST /{self.path}"

    def read_request(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """A stored request of any release by wire names: complete, in the order of the body's class."""
        members = self.upgrade(stored)
        return {name: members.get(name, default) for name, default in self.body.defaults().items()}
