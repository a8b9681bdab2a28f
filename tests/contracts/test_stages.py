"""What every stage promises, run with the real engines: one suite over `registry.STAGES`."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

import numpy as np
import pytest
from PIL import Image

from generation.engines.local import LocalEngines
from generation.pipeline.registry import STAGES
from generation.pipeline.spec import Spec
from generation.pipeline.stage import Facts, File, Frame, Product, Stage, State, Stopped
from tests.support.specs import make_spec

Item = Frame | File
STAGE = pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)


class Lazy(Sequence[Item]):
    """Items that note when each is loaded, as the runner's do."""

    def __init__(self, items: Sequence[Item], log: list[str]) -> None:
        self._items, self._log = items, log

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | Sequence[Item]:
        item = self._items[index]
        self._log.append(f"loaded {index}")
        return item


def quiet(step: int, steps: int) -> None:
    """A beat that never objects."""


def run(
    stage: Stage,
    state: State,
    spec: Spec,
    engines: LocalEngines,
    beat: Callable[[int, int], None] = quiet,
) -> tuple[State, list[Product]]:
    """The products of one stage, and the state that the next one sees."""
    products = list(stage.run(state, spec, engines, beat))
    items = [product for product in products if not isinstance(product, Facts)]
    learned = {
        key: value for product in products if isinstance(product, Facts) for key, value in product.values.items()
    }
    return State({**state.facts, **learned}, items or state.items), products


def run_before(stage: Stage, spec: Spec, engines: LocalEngines) -> State:
    """The state in which `stage` begins."""
    state = State({}, ())
    for earlier in STAGES[: STAGES.index(stage)]:
        if earlier.applies_to(spec):
            state, _ = run(earlier, state, spec, engines)
    return state


def run_all(spec: Spec, engines: LocalEngines) -> State:
    state = State({}, ())
    for stage in STAGES:
        if stage.applies_to(spec):
            state, _ = run(stage, state, spec, engines)
    return state


def same(one: Product, other: Product) -> bool:
    """Equal products; how long an engine took to load may differ."""
    if isinstance(one, Frame) and isinstance(other, Frame):
        return one.index == other.index and np.array_equal(one.pixels, other.pixels)
    if isinstance(one, Facts) and isinstance(other, Facts):
        timing = {"loadMs", "cacheHit"}
        return {k: v for k, v in one.values.items() if k not in timing} == {
            k: v for k, v in other.values.items() if k not in timing
        }
    return one == other


@STAGE
def test_a_stage_says_where_and_how_long_it_runs(stage: Stage) -> None:
    assert stage.pool in ("cpu", "gpu")
    assert 0 < stage.time_limit_seconds <= 600
    assert stage.name.isidentifier()
    assert [other.name for other in STAGES].count(stage.name) == 1


@STAGE
def test_the_same_input_gives_the_same_products(stage: Stage, engines: LocalEngines) -> None:
    spec = make_spec()
    state = run_before(stage, spec, engines)
    first, second = (run(stage, state, spec, engines)[1] for _ in range(2))
    assert first
    assert len(first) == len(second)
    assert all(same(one, other) for one, other in zip(first, second, strict=True))


@STAGE
def test_facts_are_small_json(stage: Stage, engines: LocalEngines) -> None:
    spec = make_spec()
    _, products = run(stage, run_before(stage, spec, engines), spec, engines)
    for product in products:
        if isinstance(product, Facts):
            assert len(json.dumps(product.values)) < 10_000


@STAGE
def test_the_beat_counts_up_to_one_total(stage: Stage, engines: LocalEngines) -> None:
    spec = make_spec()
    beats: list[tuple[int, int]] = []
    run(stage, run_before(stage, spec, engines), spec, engines, lambda *beat: beats.append(beat))
    steps = [step for step, _ in beats]
    assert len({total for _, total in beats}) == 1
    assert steps == sorted(steps)
    assert 0 <= steps[0] <= steps[-1] <= beats[0][1]


@STAGE
def test_whatever_a_beat_raises_is_passed_on_and_the_stage_still_works(stage: Stage, engines: LocalEngines) -> None:
    spec = make_spec()
    state = run_before(stage, spec, engines)
    beats: list[tuple[int, int]] = []
    _, usual = run(stage, state, spec, engines, lambda *beat: beats.append(beat))
    for number in range(len(beats)):
        calls = iter(range(number))

        def stop(step: int, steps: int, calls: Iterator[int] = calls) -> None:
            if next(calls, None) is None:
                raise Stopped

        with pytest.raises(Stopped):
            run(stage, state, spec, engines, stop)
    _, after = run(stage, state, spec, engines)
    assert all(same(one, other) for one, other in zip(usual, after, strict=True))


@STAGE
def test_one_item_is_in_work_at_a_time(stage: Stage, engines: LocalEngines) -> None:
    spec = make_spec(count=3)
    state = run_before(stage, spec, engines)
    log: list[str] = []
    for product in stage.run(State(state.facts, Lazy(state.items, log)), spec, engines, quiet):
        if not isinstance(product, Facts):
            log.append(f"made {product.index}")
    loads = [entry for entry in log if entry.startswith("loaded")]
    if loads:
        assert log[:6] == ["loaded 0", "made 0", "loaded 1", "made 1", "loaded 2", "made 2"]


@STAGE
def test_items_keep_their_order_and_number(stage: Stage, engines: LocalEngines) -> None:
    spec = make_spec(count=3)
    _, products = run(stage, run_before(stage, spec, engines), spec, engines)
    indices = [product.index for product in products if not isinstance(product, Facts)]
    assert indices in ([], [0, 1, 2])


@pytest.mark.parametrize("file_format", ["png", "jpeg", "webp"])
@pytest.mark.parametrize(("width", "height"), [(96, 80), (64, 64), (301, 67)])
def test_the_chain_delivers_exactly_the_requested_size(
    engines: LocalEngines, file_format: str, width: int, height: int
) -> None:
    spec = make_spec(width=width, height=height, format=file_format)
    state = run_all(spec, engines)
    assert [item.index for item in state.items] == [0, 1]
    for item in state.items:
        assert isinstance(item, File)
        with Image.open(io.BytesIO(item.content)) as image:
            assert (image.size, (item.width, item.height)) == ((width, height),) * 2


def test_image_k_of_n_is_byte_for_byte_the_only_image_of_seed_plus_k(engines: LocalEngines) -> None:
    together = run_all(make_spec(count=3, seed=2**32 - 2), engines)
    for index, seed in enumerate((2**32 - 2, 2**32 - 1, 0)):
        alone = run_all(make_spec(count=1, seed=seed), engines)
        first, same_seed = together.items[index], alone.items[0]
        assert isinstance(first, File)
        assert isinstance(same_seed, File)
        assert first.content == same_seed.content


def test_the_chain_learns_what_the_client_is_told(engines: LocalEngines) -> None:
    facts: dict[str, Any] = dict(run_all(make_spec(style="watercolor"), engines).facts)
    assert facts["finalPrompt"].startswith("a red apple, a watercolour")
    told = {key: facts[key] for key in ("model", "modelRevision", "seed", "inferenceSteps", "upscaler", "faces")}
    assert told == {
        "model": "tiny",
        "modelRevision": "1",
        "seed": 7,
        "inferenceSteps": 2,
        "upscaler": "realesr-animevideov3-x4",
        "faces": [0, 0],
    }
