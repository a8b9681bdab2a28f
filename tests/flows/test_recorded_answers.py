"""The answers to a fixed list of requests are those that were recorded, byte for byte but for ids, times and secrets.

The recording was taken before the code was rearranged. To take it anew, after a change of an answer that is meant:

    RECORD_ANSWERS=1 .venv/bin/python -m pytest tests/flows/test_recorded_answers.py

and read the difference that git shows. The server is the real embedded one, in this process; no stack is started.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from atelier.stacks.ports import free_port
from atelier.stacks.web import WebServer
from generation.catalog import get_catalog
from tests.flows.recorded import ASKS
from tests.flows.recorded.scene import open_names, open_scene
from tests.support.nameserver import NameServer
from tests.support.recording import Recorder, Said, compare, load, save

HERE = Path(__file__).parent
RECORDING = HERE / "recorded_answers.json"


@pytest.fixture
def names(settings: Settings) -> Iterator[NameServer]:
    """A name server for the hosts of webhooks, and the catalogue of the recording."""
    server = NameServer()
    open_names(server)
    settings.ATELIER_WEBHOOK_NAMESERVERS = [server.address]
    settings.ATELIER_MODELS_FILE = HERE / "recorded_models.toml"
    get_catalog.cache_clear()
    yield server
    get_catalog.cache_clear()
    server.close()


@pytest.fixture
def answers(committed: object, names: NameServer, settings: Settings) -> Iterator[list[Said]]:
    """What the service answers now."""
    from atelier.wsgi import application

    def limit(on: bool) -> None:
        if on != settings.ATELIER_RATE_LIMITS:  # each change is a layer that every later look goes through
            settings.ATELIER_RATE_LIMITS = on

    callers, known = open_scene()
    port = free_port()
    server = WebServer(application, port)
    server.start()
    try:
        yield Recorder(port, callers, known, limit).record(ASKS)
    finally:
        server.stop()


def test_each_request_has_a_name_of_its_own() -> None:
    assert len({ask.name for ask in ASKS}) == len(ASKS) >= 200


def test_the_answers_are_those_that_were_recorded(answers: list[Said]) -> None:
    if os.environ.get("RECORD_ANSWERS"):
        save(answers, RECORDING)
    differences = compare(load(RECORDING), answers)
    assert not differences, f"{len(differences)} answers differ:\n\n" + "\n\n".join(differences)
