"""kill -9 of the scheduler between commit and publish, between publish and commit, and anywhere, fifty times."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from atelier.stacks.home import PROJECT
from tests.support.client import Api
from tests.support.installation import Installation, wait_until

pytestmark = pytest.mark.stack

POINTS = ("dispatch.after_commit", "relay.published")
ANYWHERE = "0.4"  # seconds of life
LIVES = (10, pytest.param(50, marks=pytest.mark.prove))


@pytest.mark.parametrize("lives", LIVES)
def test_deaths_between_commit_and_publish_lose_and_double_nothing(installation: Installation, lives: int) -> None:
    """Three generations a life: more than it can dispatch, so that none finds the queue empty."""
    apis = [installation.api(tier) for tier in ("studio", "professional", "starter")]
    with installation.without("scheduler"):
        for api in apis:
            api.generate_many([{}] * lives)
        ways = (*POINTS, *POINTS, ANYWHERE)
        deaths = _live_and_die(installation, [ways[life % len(ways)] for life in range(lives)])
        assert deaths == [signal.SIGKILL] * lives
    _all_complete_at_the_first_attempt(installation, apis)


def test_the_command_itself_dies_and_is_started_again(installation: Installation) -> None:
    api = installation.api()
    for point in POINTS:
        before = installation.stack.pids["scheduler"]
        installation.arm({"": point})
        asked = api.generate()
        wait_until(_reborn(installation, before), "another scheduler")
        assert api.wait(asked)["status"] == "completed"
    _all_complete_at_the_first_attempt(installation, [api])


def _reborn(installation: Installation, before: int) -> Callable[[], bool]:
    return lambda: installation.stack.pids.get("scheduler", before) != before


def _live_and_die(installation: Installation, points: list[str]) -> list[int]:
    """One scheduler after the other; the signals that ended them."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.support.mortal_schedulers"],
        input="\n".join(points),
        cwd=PROJECT,
        env=installation.stack.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=240,
        check=True,
    )
    return [int(line.split()[0]) for line in ran.stdout.splitlines()]


def _all_complete_at_the_first_attempt(installation: Installation, apis: list[Api]) -> None:
    accepted = [asked for api in apis for asked in api.accepted]
    for api in apis:
        api.wait_all(api.accepted, 90)
    question = """SELECT status, attempt, (SELECT count(*) FROM generation_generationevent e
        WHERE e.generation_id = g.id AND e.type = 'stage') FROM generation_generation g WHERE id = ANY(%s)"""
    # Messages were sent twice, but no stage was begun twice: prompt, diffusion, faces, encode, upload.
    assert set(installation.query(question, accepted)) == {("completed", 1, 5)}
