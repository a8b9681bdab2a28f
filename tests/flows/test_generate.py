"""From a prompt to a delivered picture: over HTTP, through every process, down to the bytes behind the link."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from tests.support.client import Api, Json, fetch

SIDE = {"width": 128, "height": 96}  # larger than the model draws
PROMPT = "ein roter Apfel, \u6c34\u5f69"


def download(image: Json) -> bytes:
    """The bytes behind a signed link, which needs no key."""
    answer = fetch("GET", image["url"])
    assert answer.status == 200
    assert answer.header("Content-Type") == f"image/{image['format']}"
    return answer.body


def pixels(image: Json) -> np.ndarray:
    """What a delivered image shows: (height, width, 3) uint8."""
    return np.asarray(Image.open(io.BytesIO(download(image))).convert("RGB"))


@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
def test_a_prompt_becomes_a_picture_in_each_format(api: Api, format: str) -> None:
    asked = api.generate(prompt=PROMPT, dimensions=SIDE, seed=7, count=2, format=format)
    done = api.wait(asked)
    assert (done["status"], done["error"], done["creditsUsed"]) == ("completed", None, 2)
    assert [image["seed"] for image in done["images"]] == [7, 8]
    assert done["metadata"]["seed"] == 7
    assert done["metadata"]["model"] == "quick"
    assert done["metadata"]["attempts"] == 1
    assert set(done["metadata"]["stageMs"]) == {"prompt", "diffusion", "face_restore", "upscale", "encode", "upload"}
    for image in done["images"]:
        check_file(image, format, asked)


def check_file(image: Json, format: str, generation_id: str) -> None:
    """The file is what the resource says it is, and says itself where it comes from."""
    content = download(image)
    assert hashlib.sha256(content).hexdigest() == image["sha256"]
    assert len(content) == image["sizeBytes"]
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format or "").lower() == format == image["format"]
        assert picture.size == (128, 96) == (image["width"], image["height"])
        described = picture.info.get("XML:com.adobe.xmp") or picture.info["xmp"].decode()
    for said in (PROMPT, str(image["seed"]), "quick", generation_id):
        assert said in described


def test_a_real_pipeline_draws_the_same_pixels_whatever_the_batch(api: Api) -> None:
    """Image k of a request is the image of a request of one with seed + k."""
    batch = api.generate(model="tiny", seed=41, count=3)
    singles = [api.generate(model="tiny", seed=41 + k) for k in range(3)]
    done, *alone = api.wait_all([batch, *singles], 120)
    assert done["metadata"]["model"] == "tiny"
    for together, one in zip(done["images"], alone, strict=True):
        assert np.array_equal(pixels(together), pixels(one["images"][0]))
    assert not np.array_equal(pixels(done["images"][0]), pixels(done["images"][1]))


def test_a_client_may_wait_for_the_picture_in_one_request(api: Api) -> None:
    answer = api.post({"style": "illustration"}, Prefer="wait=30")
    assert answer.status == 200
    assert answer.json["status"] == "completed"
    assert answer.header("Preference-Applied") == "wait=30"
    api.accepted.append(answer.json["generationId"])
    assert len(download(answer.json["images"][0])) == answer.json["images"][0]["sizeBytes"]


def test_a_dry_run_stores_nothing(api: Api) -> None:
    asked = {"prompt": "a red apple", "dimensions": SIDE, "count": 3}
    before = api.call("GET", "/account").json
    answer = api.call("POST", "/generate?dryRun=true", asked)
    assert (answer.status, answer.json["credits"], answer.json["affordable"]) == (200, 3, True)
    assert api.call("GET", "/projects").json["projects"] == []
    assert api.call("GET", "/account").json == before
