"""The stages, in order. Tasks, routes, Celery chains and contract tests are derived from this list."""

from __future__ import annotations

from itertools import dropwhile

from generation.pipeline.lifecycle import UPLOAD
from generation.pipeline.spec import Spec
from generation.pipeline.stage import Pool, Stage
from generation.pipeline.stages.diffusion import Diffusion
from generation.pipeline.stages.encode import Encode
from generation.pipeline.stages.face_restore import FaceRestore
from generation.pipeline.stages.prompt import Prompt
from generation.pipeline.stages.upscale import Upscale

STAGES: tuple[Stage, ...] = (Prompt(), Diffusion(), FaceRestore(), Upscale(), Encode())

BY_NAME = {stage.name: stage for stage in STAGES}


def pool_of(name: str) -> Pool:
    """The pool of workers that runs stage `name`: cpu or gpu."""
    return "cpu" if name == UPLOAD else BY_NAME[name].pool


def stages_of(spec: Spec) -> tuple[str, ...]:
    """Names of the stages that this spec needs, in order, ending with the upload."""
    return (*(stage.name for stage in STAGES if stage.applies_to(spec)), UPLOAD)


def links(names: tuple[str, ...]) -> list[str]:
    """The first stage of each link: consecutive stages of one pool, which one message runs (docs/adr/0005)."""
    return [
        name for position, name in enumerate(names) if position == 0 or pool_of(names[position - 1]) != pool_of(name)
    ]


def after_link(names: tuple[str, ...]) -> tuple[str, ...]:
    """`names` without their first link."""
    pool = pool_of(names[0])
    return tuple(dropwhile(lambda name: pool_of(name) == pool, names))
