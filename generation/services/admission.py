"""May this request be accepted, and as what: the spec and its price. Nothing impossible is queued."""

from __future__ import annotations

from dataclasses import dataclass

from atelier.accounts.models import Workspace
from atelier.core.cached import Cached
from atelier.core.errors import InvalidRequest
from atelier.core.ids import new_id
from billing.selectors import get_rate_steps
from generation.catalog import get_catalog, list_knowledge
from generation.kinds.choices import choose_model
from generation.kinds.kind import Kind
from generation.kinds.submission import SubmissionBody
from generation.pipeline.catalog import ModelEntry
from generation.pipeline.pricing import RateCard
from generation.pipeline.readability import is_readable
from generation.pipeline.spec import Spec
from generation.selectors import list_served_models

EXAMPLES = 12
"""How many of the things a model knows are named to someone whose prompt it cannot read."""


class SizeNotAllowed(InvalidRequest):
    code = "size_not_allowed"
    title = "The size is over a limit"


class ModelUnavailable(InvalidRequest):
    code = "model_unavailable"
    status = 422
    title = "No worker can serve the model"


class PromptNotUnderstood(InvalidRequest):
    code = "prompt_not_understood"
    status = 422
    title = "The model can read nothing of the prompt"


SERVED = Cached(list_served_models, seconds=1.0)
"""Workers come and go more slowly."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A spec that can run, and the credits it costs in all."""

    spec: Spec
    credits: int


def admit(workspace: Workspace, kind: Kind, body: SubmissionBody) -> Admitted:
    """Fill in every default and check every limit that needs no lock.

    Raises what the kind's plan raises, `SizeNotAllowed` (limit and actual), `PromptNotUnderstood`,
    `ModelUnavailable`.
    """
    return admit_spec(workspace, kind, kind.plan(body, get_catalog(), new_id("gen")))


def admit_spec(workspace: Workspace, kind: Kind, spec: Spec) -> Admitted:
    """The checks for a spec, also for one that was accepted before: by the tier, catalogue, prices and workers of now.

    Raises `SizeNotAllowed`, `UnknownModelError`, `PromptNotUnderstood`, `ModelUnavailable`.
    """
    _check_sizes(workspace, spec, get_rate_card())
    entry = choose_model(get_catalog(), spec.model, spec.generation_type)
    for prompt in dict.fromkeys(shot.prompt for shot in spec.shots):
        _check_readable(entry, prompt)
    _check_served(entry.name)
    return Admitted(spec, price_of(kind, spec))


def get_rate_card() -> RateCard:
    """The prices in force: of a dry run and of an accept alike. Raises `NoRateCard`."""
    return RateCard(get_rate_steps())


def price_of(kind: Kind, spec: Spec) -> int:
    """Credits for all images of `spec` today. Raises `SizeNotAllowed` when no image of that size has a price."""
    card = get_rate_card()
    try:
        return kind.price(spec, card)
    except ValueError as error:
        largest = max(shot.width * shot.height for shot in spec.shots)
        raise SizeNotAllowed(f"No price: {error}.", limit=card.largest_area, actual=largest) from error


def _check_served(name: str) -> None:
    served = SERVED.get()
    if served is not None and name not in served:
        raise ModelUnavailable(f"No worker can load the model {name!r}.", model=name)


def _check_readable(entry: ModelEntry, prompt: str) -> None:
    if not entry.english_only or is_readable(prompt):
        return
    things = (list_knowledge(entry.name) or {}).get("things", [])
    some = ", ".join(things[:: max(1, len(things) // EXAMPLES)][:EXAMPLES])
    message = "needs an English word or an emoji" + (f", for example {some}" if some else "")
    raise PromptNotUnderstood(
        f"The model {entry.name!r} reads English words and emoji, and the prompt has none. Write one, or name another "
        "model; GET /models lists what each knows.",
        errors=[{"pointer": "/prompt", "message": message}],
    )


def _check_sizes(workspace: Workspace, spec: Spec, card: RateCard) -> None:
    for width, height in dict.fromkeys((shot.width, shot.height) for shot in spec.shots):
        _check_side(workspace, width, height)
        _check_area(width * height, card.largest_area)


def _check_side(workspace: Workspace, width: int, height: int) -> None:
    limit, side = workspace.limits.largest_side, max(width, height)
    if side > limit:
        name = "width" if width >= height else "height"
        raise SizeNotAllowed(
            f"The {workspace.tier} tier allows sides up to {limit} px; this is {side} px.",
            limit=limit,
            actual=side,
            errors=[{"pointer": f"/dimensions/{name}", "message": f"at most {limit}"}],
        )


def _check_area(area: int, limit: int) -> None:
    if area > limit:
        raise SizeNotAllowed(
            f"Pictures have at most {limit} pixels; this has {area}.",
            limit=limit,
            actual=area,
            errors=[{"pointer": "/dimensions", "message": f"at most {limit} pixels in all"}],
        )
