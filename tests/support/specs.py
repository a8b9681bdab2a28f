"""A small, valid spec for the tests of the pipeline, the engines and whatever runs them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from generation.pipeline.spec import Shot, Spec, repeated

SHOT = Shot(prompt="a red apple", seed=7, width=96, height=80, native_width=64, native_height=64)
SPEC = Spec(
    generation_id="gen_aaaaaaaaaaaaaaaaaaaa", shots=repeated(SHOT, 2), model="tiny", model_revision="1", steps=2
)


def make_spec(*, count: int = 2, **changes: Any) -> Spec:
    """`SPEC` with `changes`; those that a shot has are for all of its images."""
    of_shots = {field.name for field in fields(Shot)}
    shot = replace(SHOT, **{name: value for name, value in changes.items() if name in of_shots})
    shared = {name: value for name, value in changes.items() if name not in of_shots}
    return replace(SPEC, **{"shots": repeated(shot, count)} | shared)
