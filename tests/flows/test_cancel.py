"""Cancel in every state: before a worker has it, in each stage, on the finish line, and after the end."""

from __future__ import annotations

import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.client import Answer, Api
from tests.support.installation import Installation, wait_until

LARGER = {"dimensions": {"width": 128, "height": 128}}
"""Larger than the model draws, so that it needs the upscaler."""


def test_one_that_waits_for_a_place_never_starts(installation: Installation) -> None:
    api = installation.api("starter")  # two run at once
    with installation.frozen("gpu-c"):
        runners = api.generate_many([{}] * 2)
        wait_until(lambda: {installation.state(one)[0] for one in runners} == {"running"}, "two run")
        third = api.generate()
        assert (api.get(third)["status"], api.get(third)["progress"]["queuePosition"]) == ("queued", 1)
        _cancelled_at_once(api, third)
        _is_over(api.cancel(third))
    assert {done["status"] for done in api.wait_all(runners)} == {"completed"}
    assert installation.value("SELECT fence FROM generation_generation WHERE id = %s", third) == 0


def test_one_that_is_dispatched_never_starts_even_after_a_restart(installation: Installation, api: Api) -> None:
    with installation.without("cpu"):
        asked = api.generate()
        wait_until(lambda: installation.state(asked)[0] == "dispatched", "dispatched")
        _cancelled_at_once(api, asked)
    api.wait(api.generate())  # the worker has had the first one's message by now
    assert installation.value("SELECT fence FROM generation_generation WHERE id = %s", asked) == 0


def test_one_whose_next_link_waits_in_a_queue_ends_at_once(installation: Installation, api: Api) -> None:
    with installation.frozen("gpu-a"):
        asked = api.generate()
        wait_until(lambda: installation.state(asked) == ("running", "diffusion", False), "diffusion waits")
        _cancelled_at_once(api, asked)


def test_one_that_is_drawn_ends_at_the_next_step(installation: Installation, api: Api) -> None:
    asked = api.generate(model="slow")
    installation.wait_for_stage(asked, "diffusion")
    assert api.cancel(asked).status == 202
    assert api.wait(asked, 5)["status"] == "cancelled"


@pytest.mark.parametrize("stage", ["prompt", "diffusion", "face_restore", "upscale", "encode", "upload"])
def test_each_stage_obeys(installation: Installation, api: Api, stage: str) -> None:
    """The worker is frozen where the stage begins, so that the cancel comes in that stage and in no other."""
    part = "gpu-a" if stage in ("diffusion", "face_restore", "upscale") else "cpu"
    installation.arm({part: f"stage.{stage}.started"}, "SIGSTOP")
    asked = api.generate(**LARGER)
    wait_until(lambda: installation.is_frozen(part), f"{part} stands at {stage}")
    assert installation.state(asked) == ("running", stage, True)
    answer = api.cancel(asked)
    assert (answer.status, answer.json["status"]) == (202, "processing")
    installation.stack.send(part, signal.SIGCONT)
    done = api.wait(asked, 5)
    assert (done["status"], done["creditsUsed"], done["images"]) == ("cancelled", 0, [])
    _is_over(api.cancel(asked))


def test_a_cancel_on_the_finish_line_has_one_outcome(installation: Installation, api: Api) -> None:
    """202 means cancelled and nothing charged, 409 means delivered and charged; the judge looks at the books."""
    chance = random.Random(2)
    moments = [(stage, chance.uniform(0.0, 0.05)) for stage in ("encode", "upload") * 24]
    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(lambda moment: _race(installation, api, *moment), moments))
    assert set(outcomes) == {(202, "cancelled", 0), (409, "completed", 1)}


def _race(installation: Installation, api: Api, stage: str, pause: float) -> tuple[int, str, int]:
    """Cancel `pause` seconds after a stage near the end was reached."""
    asked, question = api.generate(), "SELECT stage FROM generation_generation WHERE id = %s"
    with installation.database() as connection:
        wait_until(lambda: connection.execute(question, [asked]).fetchone() in ((stage,), ("upload",)), stage)
    time.sleep(pause)
    answer = api.cancel(asked)
    done = api.wait(asked)
    return answer.status, done["status"], done["creditsUsed"]


def _cancelled_at_once(api: Api, generation_id: str) -> None:
    answer = api.cancel(generation_id)
    assert (answer.status, answer.json["status"], answer.json["isTerminal"]) == (202, "cancelled", True)


def _is_over(answer: Answer) -> None:
    assert (answer.status, answer.code) == (409, "already_terminal")
