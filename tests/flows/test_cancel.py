"""Cancel in every state: before a worker has it, in each stage, on the finish line, and after the end."""

from __future__ import annotations

import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor

from tests.support.client import Answer, Api
from tests.support.installation import Installation, in_parallel, wait_until

TIERS = {"gpu-a": "studio", "gpu-b": "professional", "gpu-c": "starter"}
LARGER = {"dimensions": {"width": 128, "height": 128}}
"""Larger than the model draws, so that it needs the upscaler."""


def test_one_that_waits_for_a_place_never_starts(installation: Installation) -> None:
    api = installation.api("starter")
    with installation.without("gpu-c"):
        asked = api.generate()
        assert api.get(asked)["status"] == "queued"
        _cancelled_at_once(api, asked)
        _is_over(api.cancel(asked))
    assert installation.value("SELECT fence FROM generation_generation WHERE id = %s", asked) == 0


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


def test_each_stage_on_the_gpu_obeys(installation: Installation) -> None:
    stages = dict(zip(TIERS, ("diffusion", "face_restore", "upscale"), strict=True))
    apis = {part: installation.api(tier) for part, tier in TIERS.items()}
    installation.arm({part: f"stage.{stage}.started:SIGSTOP" for part, stage in stages.items()})
    in_parallel(lambda part: _cancel_in(installation, apis[part], part, stages[part]), list(stages))
    installation.arm(dict.fromkeys(stages, ""))


def test_each_stage_on_the_cpu_obeys(installation: Installation, api: Api) -> None:
    for stage in ("prompt", "encode", "upload"):
        installation.arm({"cpu": f"stage.{stage}.started:SIGSTOP"})
        _cancel_in(installation, api, "cpu", stage)
    installation.arm({"cpu": ""})


def test_a_cancel_on_the_finish_line_has_one_outcome(installation: Installation, api: Api) -> None:
    """202 means cancelled and nothing charged, 409 means delivered and charged; the judge looks at the books."""
    chance = random.Random(2)
    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(lambda pause: _race(api, pause), [chance.uniform(0.0, 0.5) for _ in range(48)]))
    assert set(outcomes) <= {(202, "cancelled", 0), (409, "completed", 1)}
    assert len(set(outcomes)) == 2


def _race(api: Api, pause: float) -> tuple[int, str, int]:
    asked = api.generate()
    time.sleep(pause)
    answer = api.cancel(asked)
    done = api.wait(asked)
    return answer.status, done["status"], done["creditsUsed"]


def _cancel_in(installation: Installation, api: Api, part: str, stage: str) -> None:
    """Cancel while the worker stands at the beginning of the stage."""
    asked = api.generate(**LARGER)
    wait_until(lambda: installation.is_frozen(part), f"{part} stands at {stage}")
    assert installation.state(asked) == ("running", stage, True)
    answer = api.cancel(asked)
    assert (answer.status, answer.json["status"]) == (202, "processing")
    installation.stack.send(part, signal.SIGCONT)
    done = api.wait(asked, 5)
    assert (done["status"], done["creditsUsed"], done["images"]) == ("cancelled", 0, [])
    _is_over(api.cancel(asked))


def _cancelled_at_once(api: Api, generation_id: str) -> None:
    answer = api.cancel(generation_id)
    assert (answer.status, answer.json["status"], answer.json["isTerminal"]) == (202, "cancelled", True)


def _is_over(answer: Answer) -> None:
    assert (answer.status, answer.code) == (409, "already_terminal")
