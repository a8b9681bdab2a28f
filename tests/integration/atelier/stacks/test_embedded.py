"""`make serve` and `make demo`: one process and a PostgreSQL, from nothing to a picture, through a kill."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from atelier.stacks.client import Api, Refused
from atelier.stacks.home import PROJECT
from tests.support.first_hour import check_first_hour
from tests.support.foreground import Foreground, all_gone, own_environment
from tests.support.servers import short_directory

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with short_directory() as directory:
        yield directory


@pytest.fixture(scope="module")
def served(home: Path) -> Iterator[Foreground]:
    stack = Foreground("embedded", home, ATELIER_LEASE_SECONDS="4", ATELIER_RATE_LIMITS="off")
    try:
        yield stack
    finally:
        stack.stop(signal.SIGKILL)


@pytest.fixture
def stack(served: Foreground) -> Foreground:
    """`make serve`, started again where the test before has ended it."""
    served.start()
    return served


def api(stack: Foreground) -> Api:
    return Api(stack.values["ATELIER_URL"], stack.values["ATELIER_API_KEY"])


def demo(home: Path, folder: Path, **words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "atelier.stacks.demo"],
        cwd=folder,
        env=own_environment(home, COLUMNS="200", **words),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def wait_for(look: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def test_the_demo_draws_saves_and_tells(home: Path, tmp_path: Path) -> None:
    ran = demo(home, tmp_path, PROMPT="a red apple; $(touch owned) 'x'", COUNT="2", SIZE="128x96", FORMAT="webp")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    pictures = sorted((tmp_path / "out").glob("gen_*/*.webp"))
    assert [path.name for path in pictures] == ["1.webp", "2.webp"]
    assert all(str(path) in ran.stdout for path in pictures)
    for word in ("Seed", "diffusion", "1000 before, 998 after", "touch, owned, x", "make serve"):
        assert word in ran.stdout
    assert not ran.stderr
    assert not (home / "env").exists()


def test_the_request_that_the_readme_shows_is_answered_with_a_picture(stack: Foreground) -> None:
    (shown,) = (block for block in (PROJECT / "README.md").read_text().split("```") if "curl -s" in block)
    script = shown.removeprefix("sh\n").replace(". .atelier/env", f". {stack.home}/env")
    ran = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, timeout=120, check=True)
    answer = json.loads(ran.stdout)
    assert (answer["status"], answer["request"]["prompt"], len(answer["images"])) == ("completed", "a red apple", 1)


def test_an_operator_runs_the_documented_commands_beside_it(stack: Foreground) -> None:
    check_first_hour(stack.home)


def test_serve_tells_where_it_is_and_answers_there(stack: Foreground) -> None:
    assert (stack.home / "env").stat().st_mode & 0o777 == 0o600
    assert stack.values["BROKER_URL"] == "memory://" and stack.values["FLOWER_URL"] == ""
    assert stack.values["ATELIER_URL"] == f"http://127.0.0.1:{stack.port}"
    assert stack.values["ATELIER_API_KEY"] in stack.output and "curl" in stack.output
    assert urllib.request.urlopen(stack.values["ADMIN_URL"], timeout=10).status == 200
    with psycopg.connect(stack.values["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("atelier_service",)


def test_the_demo_uses_a_stack_that_is_up(stack: Foreground, tmp_path: Path) -> None:
    ran = demo(stack.home, tmp_path, SIZE="64")
    assert ran.returncode == 0 and "Using the stack that is up" in ran.stdout
    assert len(list((tmp_path / "out").glob("gen_*/1.png"))) == 1


def test_a_refused_demo_says_why_and_fails(stack: Foreground, tmp_path: Path) -> None:
    ran = demo(stack.home, tmp_path, STYLE="nonsense")
    assert ran.returncode == 1
    assert "unknown_style" in ran.stdout and "illustration" in ran.stdout


def test_a_second_stack_is_told_where_the_first_is(stack: Foreground) -> None:
    for wanted, reason in ((stack.port, "is taken"), (stack.port + 1, "Another stack uses")):
        ran = subprocess.run(
            [sys.executable, "-m", "atelier.stacks.embedded"],
            cwd=PROJECT,
            text=True,
            capture_output=True,
            timeout=60,
            env=own_environment(stack.home, PORT=str(wanted)),
            check=False,
        )
        assert ran.returncode == 1 and reason in ran.stderr
    assert api(stack).get("/account")["tier"]


def test_what_a_kill_interrupts_the_next_start_finishes(stack: Foreground) -> None:
    body = {"prompt": "a red apple", "count": 8, "quality": "ultra", "dimensions": {"width": 256, "height": 256}}
    generation_id = api(stack).post("/generate", body)["generationId"]
    kept = {name: stack.values[name] for name in ("ATELIER_API_KEY", "ADMIN_PASSWORD")}
    wait_for(lambda: (api(stack).get(f"/projects/{generation_id}")["progress"].get("step") or 0) > 1)
    pids = list(stack.pids.values())
    stack.stop(signal.SIGKILL)
    assert all_gone(pids), "PostgreSQL outlived its parent"
    assert stack.values, "the file of a killed stack stays, and does not count"
    stack.start()
    assert stack.values.items() >= kept.items()
    wait_for(lambda: api(stack).get(f"/projects/{generation_id}")["isTerminal"], 120)
    done = api(stack).get(f"/projects/{generation_id}")
    assert done["status"] == "completed" and len(done["images"]) == 8, json.dumps(done, indent=1)
    assert done["metadata"]["attempts"] == 2
    assert done["creditsUsed"] == 8


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything(stack: Foreground, number: signal.Signals) -> None:
    pids = list(stack.pids.values())
    assert stack.stop(number) == 0
    assert all_gone(pids)
    assert not (stack.home / "env").exists()


def test_a_signal_during_the_first_start_ends_it_cleanly() -> None:
    with short_directory() as home:
        stack = Foreground("embedded", home)
        try:
            stack.launch()
            wait_for(lambda: (home / "embedded" / "postgres").exists())
            assert stack.stop(signal.SIGTERM) == 0
            assert not (home / "env").exists()
            assert not (home / "embedded" / "postgres" / "data" / "postmaster.pid").exists()
        finally:
            stack.stop(signal.SIGKILL)


def test_a_server_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(Refused, match="does not answer"):
        Api("http://127.0.0.1:1", "key").get("/account")


def test_the_starter_model_says_what_it_does_not_do(stack: Foreground) -> None:
    asked = {"prompt": "a cat", "negativePrompt": "blurry", "guidanceScale": 30, "count": 2}
    note = finish(api(stack), **asked)["metadata"]["note"]
    for told in ("differ little from seed to seed", "negative prompt: blurry", "guidanceScale of 30: it drew with 8"):
        assert told in note
    assert finish(api(stack), prompt="\u203c\ufe0f")["status"] == "completed"
    with pytest.raises(Refused, match="visible"):
        finish(api(stack), prompt="\u2800")


def finish(api: Api, **asked: object) -> dict[str, Any]:
    """The finished resource of a small picture."""
    accepted = api.post("/generate", {"dimensions": {"width": 64, "height": 64}} | asked)
    path = f"/projects/{accepted['generationId']}"
    assert list(api.events(f"{path}/events"))[-1][0] == "terminal"
    return api.get(path)
