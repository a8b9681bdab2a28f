"""The plan of POST /generate: chooses generation type, model and native size."""

from __future__ import annotations

import secrets

from generation.kinds.choices import choose_model, type_of_style
from generation.kinds.image.body import GenerationRequest
from generation.pipeline.catalog import Catalog, native_size
from generation.pipeline.spec import MAX_SEED, STEPS_BY_QUALITY, Shot, Spec, repeated


def plan(body: GenerationRequest, catalog: Catalog, generation_id: str) -> Spec:
    """`count` images of one prompt. Raises `UnknownStyleError`, `UnknownModelError`."""
    generation_type = body.generation_type or type_of_style(catalog, body.style) or "standard"
    entry = choose_model(catalog, body.model, generation_type)
    width, height = body.dimensions.width, body.dimensions.height
    native_width, native_height = native_size(entry, width, height)
    first = Shot(
        prompt=body.prompt,
        negative_prompt=body.negative_prompt,
        seed=secrets.randbelow(MAX_SEED + 1) if body.seed is None else body.seed,
        width=width,
        height=height,
        native_width=native_width,
        native_height=native_height,
    )
    return Spec(
        generation_id=generation_id,
        shots=repeated(first, body.count),
        style=body.style,
        generation_type=generation_type,
        model=entry.name,
        model_revision=entry.revision,
        quality=body.quality,
        steps=STEPS_BY_QUALITY[body.quality],
        guidance_scale=body.guidance_scale,
        format=body.format,
        face_correction=body.face_correction,
    )
