"""What every engine of a kind promises, whichever network is behind it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest

import generation.pipeline.engines
from generation.engines.local import LocalEngines
from generation.engines.realesrgan_ncnn import PACKAGE, WEIGHTS, RealEsrganNcnn
from generation.pipeline.engines import (
    FACE_FINDER,
    ROLES,
    UPSCALER,
    DrawRequest,
    FaceFinder,
    Role,
    TextToImage,
    Upscaler,
)
from generation.pipeline.stage import Stopped
from tests.support.pictures import FACE_GROUND, FACE_LANDMARKS, draw_apple, draw_face, draw_noise

STEPS = 3
MODELS = ("tiny", "starter")


def quiet(done: int, total: int) -> None:
    """A beat that never objects."""


def stop_at(call: int) -> Callable[[int, int], None]:
    """A beat that raises when it is called for the `call`-th time (from 1)."""
    calls = iter(range(1, call))

    def beat(done: int, total: int) -> None:
        if next(calls, None) is None:
            raise Stopped

    return beat


def request(*seeds: int, width: int = 64, height: int = 64) -> DrawRequest:
    return DrawRequest("a red apple", "blur", width, height, STEPS, None, seeds)


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest, engines: LocalEngines) -> TextToImage:
    return engines.text_to_image(request.param).engine


@pytest.fixture
def finder(engines: LocalEngines) -> FaceFinder:
    return engines.tool(FACE_FINDER).engine


@pytest.fixture
def upscaler(engines: LocalEngines) -> Upscaler:
    return engines.tool(UPSCALER).engine


# Every role


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_what_ships_for_a_role_fulfils_its_protocol(engines: LocalEngines, role: Role[Any]) -> None:
    declared = get_type_hints(generation.pipeline.engines).items()
    (protocol,) = next(get_args(hint) for name, hint in declared if getattr(generation.pipeline.engines, name) is role)
    members = {name for name in vars(protocol) if not name.startswith("_")} | set(protocol.__annotations__)
    assert members and members <= set(dir(engines.tool(role).engine))


# Text to image


@pytest.mark.parametrize(("width", "height"), [(64, 64), (96, 64), (64, 104)])
def test_pictures_have_the_requested_size_and_differ_by_seed(model: TextToImage, width: int, height: int) -> None:
    one, other = model.draw(request(1, 2, width=width, height=height), quiet)
    assert (one.shape, one.dtype) == ((height, width, 3), np.uint8)
    assert (one != other).any()


def test_image_k_of_n_is_the_image_of_its_seed_alone(model: TextToImage) -> None:
    together = list(model.draw(request(2**32 - 1, 0, 1), quiet))
    alone = [next(iter(model.draw(request(seed), quiet))) for seed in (2**32 - 1, 0, 1)]
    assert all(np.array_equal(*pair) for pair in zip(together, alone, strict=True))


def test_each_denoising_step_is_reported_once_it_is_done(model: TextToImage) -> None:
    calls: list[tuple[int, int]] = []
    list(model.draw(request(1, 2), lambda *call: calls.append(call)))
    assert calls == [(step, 2 * STEPS) for step in range(1, 2 * STEPS + 1)]


def test_a_picture_is_handed_over_before_the_next_is_begun(model: TextToImage) -> None:
    calls: list[int] = []
    drawing = model.draw(request(1, 2), lambda done, total: calls.append(done))
    next(drawing)
    assert calls == [1, 2, 3]
    drawing.close()


@pytest.mark.parametrize("call", range(1, 2 * STEPS + 1))
def test_a_drawing_stops_at_any_step_and_the_engine_still_works(model: TextToImage, call: int) -> None:
    usual = next(iter(model.draw(request(5), quiet)))
    with pytest.raises(Stopped):
        list(model.draw(request(1, 2), stop_at(call)))
    assert np.array_equal(next(iter(model.draw(request(5), quiet))), usual)


def test_a_drawing_left_half_way_blocks_nobody(model: TextToImage) -> None:
    left = model.draw(request(1, 2), quiet)
    next(left)
    assert len(list(model.draw(request(3), quiet))) == 1


def test_threads_that_share_an_engine_get_their_own_pictures(model: TextToImage) -> None:
    seeds = (11, 12, 13)
    expected = {seed: next(iter(model.draw(request(seed), quiet))) for seed in seeds}
    drawn: dict[int, np.ndarray] = {}

    def work(seed: int) -> None:
        drawn[seed] = next(iter(model.draw(request(seed), quiet)))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in seeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(drawn[seed], expected[seed]) for seed in seeds)


@pytest.mark.parametrize(
    "prompt", ["", "\U0001f34e" * 500, "word " * 400, "</x> \x01 \u202e \u05e9", "a" * 2000], ids=range(5)
)
def test_no_prompt_breaks_the_model(model: TextToImage, prompt: str) -> None:
    odd = DrawRequest(prompt, prompt, 64, 64, 1, None, (1,))
    assert next(iter(model.draw(odd, quiet))).shape == (64, 64, 3)


# Upscalers


@pytest.mark.parametrize(
    ("have", "want"),
    [
        ((64, 48), (256, 192)),
        ((64, 48), (257, 193)),
        ((64, 48), (101, 77)),
        ((64, 48), (70, 50)),
        ((64, 48), (64, 48)),
        ((64, 48), (31, 23)),
        ((64, 48), (640, 480)),
        ((7, 3), (91, 39)),
        ((64, 4), (1024, 64)),
        ((1, 1), (16, 16)),
    ],
)
def test_the_size_is_exact_and_the_input_untouched(
    upscaler: Upscaler, have: tuple[int, int], want: tuple[int, int]
) -> None:
    picture = draw_noise(*have)
    before = picture.copy()
    enlarged = upscaler.upscale(picture, *want, quiet)
    assert (enlarged.shape, enlarged.dtype) == ((want[1], want[0], 3), np.uint8)
    assert np.array_equal(picture, before)


def test_colours_and_directions_stay(upscaler: Upscaler) -> None:
    picture = draw_apple(96, 64)
    enlarged = upscaler.upscale(picture, 384, 256, quiet)
    back = enlarged.reshape(64, 4, 96, 4, 3).mean((1, 3))
    shift = np.abs(back - picture).mean()
    assert shift < 6
    for other in (picture[..., ::-1], picture[::-1], picture[:, ::-1]):
        assert np.abs(back - other).mean() > 1.5 * shift


def test_tiles_leave_no_seam(upscaler: Upscaler) -> None:
    weights = Path(find_spec(PACKAGE).origin).parent / WEIGHTS  # type: ignore[union-attr, arg-type]  # installed
    tiled = RealEsrganNcnn("tiled", weights, tile_side=48)
    whole = RealEsrganNcnn("whole", weights, tile_side=4096)
    for picture in (draw_noise(150, 110), draw_apple(150, 110)):
        size = (picture.shape[1] * 4, picture.shape[0] * 4)
        cut, uncut = tiled.upscale(picture, *size, quiet), whole.upscale(picture, *size, quiet)
        difference = np.abs(cut.astype(int) - uncut)
        assert difference.max() <= 1  # rounding: the same sums in another order
        assert (difference > 0).mean() < 0.001


def test_the_same_picture_gives_the_same_pixels(upscaler: Upscaler) -> None:
    picture = draw_noise(80, 60)
    first, second = (upscaler.upscale(picture, 320, 240, quiet) for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("want", [(256, 128), (520, 260), (75, 38), (64, 32)])
def test_the_beat_comes_before_every_tile_with_the_total_of_all_passes(
    upscaler: Upscaler, want: tuple[int, int]
) -> None:
    calls: list[tuple[int, int]] = []
    upscaler.upscale(draw_apple(64, 32), *want, lambda *call: calls.append(call))
    assert calls == [(tile, len(calls)) for tile in range(len(calls))]
    assert calls


def test_upscaling_stops_at_any_tile_and_the_engine_still_works(upscaler: Upscaler) -> None:
    picture = draw_apple(230, 100)
    calls: list[int] = []
    usual = upscaler.upscale(picture, 920, 400, lambda done, total: calls.append(done))
    for call in range(1, len(calls) + 1):
        with pytest.raises(Stopped):
            upscaler.upscale(picture, 920, 400, stop_at(call))
    assert np.array_equal(upscaler.upscale(picture, 920, 400, quiet), usual)


# Face finders


@pytest.mark.parametrize("left", [20, 97, 180])
@pytest.mark.parametrize("top", [10, 90])
def test_a_drawn_face_is_found_where_it_is(finder: FaceFinder, left: int, top: int) -> None:
    picture = np.full((240, 320, 3), FACE_GROUND, np.uint8)
    picture[top : top + 112, left : left + 112] = draw_face(112)
    (face,) = finder.find(picture)
    assert 0.5 < face.score <= 1
    for found, (x, y) in zip(face.landmarks, FACE_LANDMARKS, strict=True):
        assert np.hypot(found[0] - left - x * 112 / 256, found[1] - top - y * 112 / 256) < 8
    assert left < face.x < face.x + face.width < left + 112
    assert top < face.y < face.y + face.height < top + 112


def test_a_face_in_a_picture_of_any_shape_is_inside_it(finder: FaceFinder) -> None:
    for width, height in ((112, 112), (130, 113), (301, 127), (1500, 400)):
        picture = np.full((height, width, 3), FACE_GROUND, np.uint8)
        picture[:112, :112] = draw_face(112)
        for face in finder.find(picture):
            assert 0 <= face.x < face.x + face.width <= width
            assert 0 <= face.y < face.y + face.height <= height


@pytest.mark.parametrize(
    "picture",
    [draw_apple(256, 256), draw_noise(256, 200), np.zeros((64, 64, 3), np.uint8), draw_noise(1, 1)],
    ids=["apple", "noise", "black", "one pixel"],
)
def test_what_is_no_face_is_not_found(finder: FaceFinder, picture: np.ndarray) -> None:
    assert finder.find(picture) == []


def test_a_find_does_not_depend_on_the_one_before(finder: FaceFinder) -> None:
    picture = draw_face(112)
    before = picture.copy()
    first = finder.find(picture)
    finder.find(draw_noise(640, 352))
    assert finder.find(picture) == first
    assert np.array_equal(picture, before)
