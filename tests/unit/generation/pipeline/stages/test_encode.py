"""Files hold the pixels, and say where they come from in any alphabet."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generation.pipeline.provenance import NAMESPACE, Provenance
from generation.pipeline.stage import File, Frame, StageFailed, State
from generation.pipeline.stages.encode import ENCODER_SETTINGS, Encode, encode
from tests.support.pictures import draw_apple
from tests.support.specs import make_spec

FORMATS = sorted(ENCODER_SETTINGS)
ODD_PROMPTS = [
    "</x:xmpmeta><script>alert('x')</script>",
    "line one\r\nline two\rline three\nend",
    "\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "family \U0001f468\u200d\U0001f469\u200d\U0001f467 and Zo\u00eb \u732b",
    "&<>\"'" * 400,
    "\U0001f34e" * 2000,
    "  kept  spaces  ",
]


def make_file(**changes: Any) -> File:
    picture = draw_apple(96, 80)
    frames = [Frame(3, picture)]
    engines: Any = None
    (product,) = Encode().run(State({}, frames), make_spec(count=4, **changes), engines, lambda *beat: None)
    assert isinstance(product, File)
    return product


def read_xmp(content: bytes) -> dict[str, Any]:
    with Image.open(io.BytesIO(content)) as image:
        return image.getxmp()["xmpmeta"]["RDF"]["Description"]


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("prompt", ODD_PROMPTS, ids=range(len(ODD_PROMPTS)))
def test_xmp_holds_prompt_seed_model_and_generation(file_format: str, prompt: str) -> None:
    found = read_xmp(make_file(format=file_format, prompt=prompt, seed=2**32 - 1).content)
    assert found["prompt"] == prompt
    assert found["description"]["Alt"]["li"]["text"] == prompt
    assert found["seed"] == "2"  # image 3 of seed 2^32 - 1
    assert (found["model"], found["modelRevision"]) == ("tiny", "1")
    assert found["generationId"] == "gen_aaaaaaaaaaaaaaaaaaaa"


@pytest.mark.parametrize("prompt", ODD_PROMPTS, ids=range(len(ODD_PROMPTS)))
def test_png_says_the_same_in_international_text(prompt: str) -> None:
    with Image.open(io.BytesIO(make_file(prompt=prompt, seed=5).content)) as image:
        image.load()
        text = dict(image.text)  # type: ignore[attr-defined]  # a PNG
    assert text["prompt"] == prompt
    assert (text["seed"], text["model"]) == ("8", "tiny")
    assert text["generationId"] == "gen_aaaaaaaaaaaaaaaaaaaa"
    assert NAMESPACE in text["XML:com.adobe.xmp"]


def test_a_png_is_whole_and_its_text_stands_before_the_pixels() -> None:
    content, names, place = make_file().content, [], 8
    with Image.open(io.BytesIO(content)) as image:
        image.verify()  # every checksum
    while place < len(content):
        size, name = struct.unpack(">I4s", content[place : place + 8])
        names.append(name.decode())
        place += 12 + size
    assert place == len(content)
    assert (names[0], names[-1]) == ("IHDR", "IEND")
    assert set(names[1 : names.index("IDAT")]) == {"iTXt"}


@pytest.mark.parametrize("file_format", FORMATS)
def test_pixels_survive_in_the_right_colours(file_format: str) -> None:
    picture = draw_apple(96, 80)
    file = make_file(format=file_format)
    assert (file.index, file.format, file.width, file.height) == (3, file_format, 96, 80)
    with Image.open(io.BytesIO(file.content)) as image:
        assert (image.format, image.size, image.mode) == (file_format.upper(), (96, 80), "RGB")
        read = np.asarray(image)
    difference = np.abs(read.astype(int) - picture)
    assert difference.mean() < 3
    if file_format == "png":
        assert not difference.any()


@pytest.mark.parametrize("file_format", FORMATS)
def test_the_same_frame_gives_the_same_bytes(file_format: str) -> None:
    assert make_file(format=file_format).content == make_file(format=file_format).content


def test_a_view_into_a_larger_array_is_written_right() -> None:
    whole = draw_apple(96, 80)
    content = encode(whole[10:50, 20:60], "png", Provenance("g", "p", 1, "m", "1"))
    with Image.open(io.BytesIO(content)) as image:
        assert np.array_equal(np.asarray(image), whole[10:50, 20:60])


def test_a_frame_of_another_size_is_never_delivered() -> None:
    with pytest.raises(StageFailed, match="wrong_size"):
        make_file(width=128)


def test_the_beat_comes_before_each_file() -> None:
    frames = [Frame(index, draw_apple(96, 80)) for index in range(2)]
    log: list[Any] = []
    engines: Any = None
    for product in Encode().run(State({}, frames), make_spec(), engines, lambda *beat: log.append(beat)):
        assert isinstance(product, File)
        log.append(product.index)
    assert log == [(0, 2), 0, (1, 2), 1]
