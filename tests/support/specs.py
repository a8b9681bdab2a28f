"""A small, valid spec for the tests of the pipeline, the engines and whatever runs them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from generation.pipeline.spec import GenerationSpec

SPEC = GenerationSpec(
    generation_id="gen_aaaaaaaaaaaaaaaaaaaa",
    prompt="a red apple",
    negative_prompt="",
    style=None,
    generation_type="standard",
    model="tiny",
    model_revision="1",
    width=96,
    height=80,
    native_width=64,
    native_height=64,
    quality="standard",
    steps=2,
    count=2,
    seed=7,
    guidance_scale=None,
    format="png",
    face_correction="auto",
)


def make_spec(**changes: Any) -> GenerationSpec:
    """`SPEC` with `changes`."""
    return replace(SPEC, **changes)
