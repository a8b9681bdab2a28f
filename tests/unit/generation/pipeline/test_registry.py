"""The list of stages: order, pools, and the messages that follow from them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from generation.pipeline.lifecycle import UPLOAD
from generation.pipeline.registry import BY_NAME, STAGES, links, pool_of, stages_of
from tests.support.specs import make_spec

FULL = ("prompt", "diffusion", "face_restore", "upscale", "encode", "upload")


def test_the_chain_is_the_published_one() -> None:
    assert (*BY_NAME, UPLOAD) == FULL
    assert len(BY_NAME) == len(STAGES)


def test_a_plan_has_what_the_spec_needs_in_order_and_ends_with_the_upload() -> None:
    assert stages_of(make_spec()) == FULL
    assert stages_of(make_spec(face_correction="off")) == tuple(name for name in FULL if name != "face_restore")
    native = make_spec(width=64, height=64)
    assert stages_of(native) == tuple(name for name in FULL if name != "upscale")
    assert stages_of(make_spec(width=64, height=64, face_correction="off")) == (
        "prompt",
        "diffusion",
        "encode",
        "upload",
    )


def test_every_stage_has_a_pool_a_limit_and_a_name_that_fits_its_column() -> None:
    for stage in STAGES:
        assert stage.pool in ("cpu", "gpu")
        assert 0 < stage.time_limit_seconds <= 600
        assert stage.name.isidentifier()
        assert len(stage.name) <= 20
    assert pool_of(UPLOAD) == "cpu"


def test_neighbours_in_one_pool_share_a_message() -> None:
    assert links(FULL) == ["prompt", "diffusion", "encode"]
    assert links(("prompt", "encode", "upload")) == ["prompt"]


@pytest.mark.parametrize("start", range(len(FULL)))
def test_what_is_left_of_a_chain_begins_where_it_stopped_and_changes_pool_with_every_message(start: int) -> None:
    rest = FULL[start:]
    messages = links(rest)
    assert messages[0] == rest[0]
    assert all(pool_of(one) != pool_of(other) for one, other in pairwise(messages))


def test_nothing_left_needs_no_message() -> None:
    assert links(()) == []


def test_an_unknown_stage_is_an_error() -> None:
    with pytest.raises(KeyError):
        pool_of("sharpen")
