"""kill -9 of the one-machine stack in the middle of a generation; the next start finishes it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from atelier.stacks.envfile import read_env
from atelier.stacks.home import PROJECT, Home
from atelier.stacks.ports import free_port
from atelier.stacks.process import Child, Command
from atelier.stacks.secrets import load_secrets
from tests.support.client import Api
from tests.support.installation import make_folders, short_environment, wait_until
from tests.support.servers import short_directory
from tests.support.verdict import judge

pytestmark = pytest.mark.stack


def test_the_next_start_finishes_what_was_begun() -> None:
    with short_directory() as directory:
        home = Home(directory, "embedded")
        make_folders(home.models)
        with _embedded(home) as child:
            api = _client(home)
            before = api.wait(api.generate(), 60)
            asked = api.generate(model="steady", count=2)
            wait_until(lambda: _draws(api.get(asked)["progress"]), "it draws")
            child.kill()
        with _embedded(home):
            again = _client(home)
            assert again.key == api.key
            assert again.get(before["generationId"])["status"] == "completed"
            done = again.wait(asked, 60)
            assert (done["status"], done["metadata"]["attempts"], len(done["images"])) == ("completed", 2, 2)
            _judge(home, api.accepted)


def _draws(progress: dict[str, object]) -> bool:
    """A worker has it; before the first step its message may still wait for one."""
    return progress["stage"] == "diffusion" and progress["step"] != 0


@contextmanager
def _embedded(home: Home) -> Iterator[Child]:
    """`make serve` without make, until the block ends."""
    home.env.unlink(missing_ok=True)
    environment = os.environ | short_environment(home.models, home.root / "points")
    environment |= {"ATELIER_HOME": str(home.root), "PORT": str(free_port())}
    argv = (sys.executable, "-m", "atelier.stacks.embedded")
    child = Child(
        Command(
            "embedded",
            argv,
            home.root / "embedded.log",
            env=environment,
            cwd=PROJECT,
            ready_seconds=90.0,
            grace_seconds=30.0,
        )
    )
    try:
        child.start()
        child.wait_ready(home.env.exists)
        yield child
    finally:
        child.stop()


def _client(home: Home) -> Api:
    variables = read_env(home.env)
    return Api(variables["ATELIER_URL"], variables["ATELIER_API_KEY"])


def _judge(home: Home, accepted: list[str]) -> None:
    url = psycopg.conninfo.conninfo_to_dict(read_env(home.env)["DATABASE_URL"])
    url |= {"user": "postgres", "password": load_secrets(home.secrets).superuser_password}
    with psycopg.connect(**url) as connection:
        assert judge(connection, accepted) == []
