"""May this request be accepted, and as what: the spec and its price. Nothing impossible is queued."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from atelier.accounts.models import Workspace
from atelier.core.errors import InvalidRequest
from atelier.core.fresh import Fresh
from atelier.core.ids import new_id
from billing.selectors import get_rate_steps
from generation.catalog import get_catalog, list_knowledge
from generation.pipeline.catalog import Catalog, ModelEntry, UnknownModel, UnknownStyle, native_size
from generation.pipeline.pricing import RateCard
from generation.pipeline.readability import is_readable
from generation.pipeline.request import GenerationRequest
from generation.pipeline.spec import MAX_SEED, STEPS_BY_QUALITY, GenerationSpec
from generation.selectors import list_served_models

EXAMPLES = 12
"""How many of the things a model knows are named to someone whose prompt it cannot read."""


class UnknownModelError(InvalidRequest):
    code = "unknown_model"
    title = "There is no such model"


class UnknownStyleError(InvalidRequest):
    code = "unknown_style"
    title = "There is no such style"


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


SERVED = Fresh(list_served_models, seconds=1.0)
"""Workers come and go more slowly."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A spec that can run, and the credits it costs in all."""

    spec: GenerationSpec
    credits: int
    entry: ModelEntry


def admit(workspace: Workspace, request: GenerationRequest) -> Admitted:
    """Fill in every default and check every limit that needs no lock.

    Raises `UnknownModelError`, `UnknownStyleError`, `SizeNotAllowed` (limit and actual),
    `PromptNotUnderstood`, `ModelUnavailable`.
    """
    catalog = get_catalog()
    generation_type = request.generation_type or _type_of(catalog, request.style) or "standard"
    entry = _choose_model(catalog, request.model, generation_type)
    _check_size(workspace, request, get_rate_card())
    _check_readable(entry, request.prompt)
    _check_served(entry.name)
    spec = _spec(request, entry, generation_type)
    return Admitted(spec, price_of(spec), entry)


def get_rate_card() -> RateCard:
    """The prices in force: of a dry run and of an accept alike. Raises `NoRateCard`."""
    return RateCard(get_rate_steps())


def price_of(spec: GenerationSpec) -> int:
    """Credits for all images of `spec` today. Raises `SizeNotAllowed` when no image of that size has a price."""
    card = get_rate_card()
    try:
        return card.image_price(spec.width, spec.height) * spec.count
    except ValueError as error:
        raise SizeNotAllowed(f"No price: {error}.", limit=card.largest_area, actual=spec.width * spec.height) from error


def check_model(name: str) -> None:
    """Raises `UnknownModelError` or `ModelUnavailable` when a model of an earlier request cannot be used any more."""
    _check_served(_choose_model(get_catalog(), name, "").name)


def _check_served(name: str) -> None:
    served = SERVED.get()
    if served is not None and name not in served:
        raise ModelUnavailable(f"No worker can load the model {name!r}.", model=name)


def _type_of(catalog: Catalog, style: str | None) -> str | None:
    if style is None:
        return None
    try:
        return catalog.style(style).generation_type
    except UnknownStyle as error:
        raise UnknownStyleError(str(error), errors=[{"pointer": "/style", "message": str(error)}]) from error


def _choose_model(catalog: Catalog, name: str | None, generation_type: str) -> ModelEntry:
    try:
        return catalog.model(name) if name else catalog.default_for(generation_type)
    except UnknownModel as error:
        raise UnknownModelError(str(error), errors=[{"pointer": "/model", "message": str(error)}]) from error


def _check_readable(entry: ModelEntry, prompt: str) -> None:
    if not entry.english_only or is_readable(prompt):
        return
    things = (list_knowledge(entry.name) or {}).get("things", [])
    some = ", ".join(things[:: max(1, len(things) // EXAMPLES)][:EXAMPLES])
    raise PromptNotUnderstood(
        f"The model {entry.name!r} reads English words and emoji, and the prompt has none. Write one, or name another "
        "model; GET /models lists what each knows.",
        errors=[{
            "pointer": "/prompt",
            "message": "needs an English word or an emoji" + (f", for example {some}" if some else ""),
        }],
    )  # fmt: skip


def _check_size(workspace: Workspace, request: GenerationRequest, card: RateCard) -> None:
    limit, side = workspace.limits.largest_side, max(request.width, request.height)
    if side > limit:
        name = "width" if request.width >= request.height else "height"
        raise SizeNotAllowed(
            f"The {workspace.tier} tier allows sides up to {limit} px; this is {side} px.", limit=limit, actual=side,
            errors=[{"pointer": f"/dimensions/{name}", "message": f"at most {limit}"}],
        )  # fmt: skip
    area = request.width * request.height
    most = card.largest_area
    if area > most:
        raise SizeNotAllowed(
            f"Pictures have at most {most} pixels; this has {area}.", limit=most, actual=area,
            errors=[{"pointer": "/dimensions", "message": f"at most {most} pixels in all"}],
        )  # fmt: skip


def _spec(request: GenerationRequest, entry: ModelEntry, generation_type: str) -> GenerationSpec:
    native_width, native_height = native_size(entry, request.width, request.height)
    return GenerationSpec(
        generation_id=new_id("gen"),
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        style=request.style,
        generation_type=generation_type,
        model=entry.name,
        model_revision=entry.revision,
        width=request.width,
        height=request.height,
        native_width=native_width,
        native_height=native_height,
        quality=request.quality,
        steps=STEPS_BY_QUALITY[request.quality],
        count=request.count,
        seed=secrets.randbelow(MAX_SEED + 1) if request.seed is None else request.seed,
        guidance_scale=request.guidance_scale,
        format=request.format,
        face_correction=request.face_correction,
    )
