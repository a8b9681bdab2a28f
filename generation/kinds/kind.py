"""The contract of a kind: what a client can ask for, as one row of a table."""

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

It SHALL be pure but for the seed that it draws where the client gave none, SHALL give every default a value, and MAY
raise an `InvalidRequest` with the pointer of the member that is wrong. It SHALL NOT look at tiers, prices or workers:
admission does.
"""


def price_of_shots(spec: Spec, card: RateCard) -> int:
    """Each image costs what its size costs. Raises ValueError for a size without a price."""
    return sum(card.image_price(shot.width, shot.height) for shot in spec.shots)


def nothing_more(_: Any) -> Mapping[str, Any]:
    """A kind that adds no member of its own."""
    return {}


def as_it_is(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """A kind whose rows have one shape."""
    return stored


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of KINDS.

    `name` stands in the rows and in the list's filter, `path` is its URL below API_PREFIX (POST), `operation`, `title`
    and `description` are the OpenAPI document's. `limit` is the endpoint's own rate. `answer` is the resource with what
    the kind adds; `describe(spec)` and `describe_image(shot)` give those members by their names on the wire. `upgrade`
    turns the stored request of an older release into the members of `body`.
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
    describe: Callable[[Spec], Mapping[str, Any]] = nothing_more
    describe_image: Callable[[Shot], Mapping[str, Any]] = nothing_more
    upgrade: Callable[[Mapping[str, Any]], Mapping[str, Any]] = as_it_is
    permission: str = "generations:write"

    @property
    def endpoint(self) -> str:
        """What an Idempotency-Key is remembered for."""
        return f"POST /{self.path}"

    def read_request(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """A stored request of any release as the members of the wire: complete, in the order of the body's class."""
        members = self.upgrade(stored)
        return {name: members.get(name, default) for name, default in self.body.defaults().items()}
