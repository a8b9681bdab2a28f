"""Event streams as client libraries read them: cut twice, every event once, no empty message, no loop after the end."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import requests
import sseclient
from httpx_sse import connect_sse

from atelier.stacks.ports import HOST
from generation.api import watching
from generation.selectors import list_events
from tests.integration.generation.api.caller import BASE, Caller
from tests.integration.generation.api.test_waiting import in_background, run
from tests.support.cutting import cutting
from tests.support.exchange import ask

Message = tuple[str, str, str]
SCRIPT = Path(__file__).parents[3] / "support" / "streams.mjs"
PACKAGES = ("eventsource@4.1.1", "@microsoft/fetch-event-source@2.0.1")


def url_of(port: int, generation_id: str) -> str:
    return f"http://{HOST}:{port}{BASE}/projects/{generation_id}/events"


def with_httpx(url: str, headers: dict[str, str]) -> Iterator[Message]:
    with httpx.Client(timeout=30) as client, connect_sse(client, "GET", url, headers=headers) as source:
        for message in source.iter_sse():
            yield message.id, message.event, message.data


def with_requests(url: str, headers: dict[str, str]) -> Iterator[Message]:
    with requests.get(url, headers=headers | {"Accept": "text/event-stream"}, stream=True, timeout=30) as answer:
        for message in sseclient.SSEClient(answer).events():  # type: ignore[arg-type]  # it takes any bytes
            yield message.id or "", message.event, message.data


CUT = (httpx.RemoteProtocolError, requests.exceptions.ChunkedEncodingError)


@pytest.mark.parametrize("read", [with_httpx, with_requests])
def test_a_stream_that_is_cut_twice_gives_every_event_once(
    port: int, api: Caller, read: Callable[[str, dict[str, str]], Iterator[Message]]
) -> None:
    generation_id = api.generate()
    worker = in_background(lambda: run(generation_id, 1.0))
    seen: list[Message] = []
    noticed = 0
    with cutting(port) as proxy:
        while not seen or seen[-1][1] != "terminal":
            headers = {"Authorization": f"Bearer {api.key}"} | ({"Last-Event-ID": seen[-1][0]} if seen else {})
            try:
                seen.extend(read(url_of(proxy.port, generation_id), headers))
            except CUT:
                noticed += 1
        headers["Last-Event-ID"] = seen[-1][0]
        assert list(read(url_of(port, generation_id), headers)) == []
    worker.join(10)
    assert noticed == 2
    assert [int(number) for number, _, _ in seen] == [event.id for event in list_events(generation_id)]
    assert all(kind and json.loads(data)["type"] == kind for _, kind, data in seen)


def test_keep_alives_are_no_messages(waitress: int, api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "KEEP_ALIVE_SECONDS", 0.1)
    for read in (with_httpx, with_requests):
        generation_id = api.generate()
        worker = in_background(lambda done=generation_id: run(done, 1.5))
        seen = list(read(url_of(waitress, generation_id), {"Authorization": f"Bearer {api.key}"}))
        worker.join(10)
        assert [int(number) for number, _, _ in seen] == [event.id for event in list_events(generation_id)]


def test_a_polyfill_resumes_with_the_id_in_the_query(port: int, api: Caller) -> None:
    generation_id = api.generate()
    run(generation_id)
    ids = [event.id for event in list_events(generation_id)]
    path = f"{BASE}/projects/{generation_id}/events?lastEventId="
    rest = ask(port, f"{path}{ids[1]}", api.key).text
    assert [int(line[4:]) for line in rest.splitlines() if line.startswith("id: ")] == ids[2:]
    assert ask(port, f"{path}{ids[-1]}", api.key).status == 208
    assert ask(port, f"{path}x", api.key).status == 400
    assert ask(port, f"{path}{ids[-1]}", api.key, Last_Event_ID=str(ids[0])).text.count("id: ") == len(ids) - 1


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the script and its packages."""
    if not shutil.which("npm"):
        pytest.skip("needs Node and npm")
    folder = tmp_path_factory.mktemp("node")
    shutil.copy(SCRIPT, folder)
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", *PACKAGES], cwd=folder, check=True, timeout=120)
    return folder


@pytest.mark.prove
@pytest.mark.parametrize("library", ["eventsource", "fetch-event-source"])
def test_the_libraries_of_browsers_see_every_event_once_and_stop(
    port: int, api: Caller, node: Path, library: str
) -> None:
    generation_id = api.generate()
    with cutting(port) as proxy:
        argv = ["node", SCRIPT.name, library, url_of(proxy.port, generation_id), api.key]
        client = subprocess.Popen(argv, cwd=node, stdout=subprocess.PIPE, text=True)
        time.sleep(1)
        run(generation_id)
        printed = client.communicate(timeout=60)[0]
    told = json.loads(printed.splitlines()[-1])
    assert [int(message["id"]) for message in told["messages"]] == [event.id for event in list_events(generation_id)]
    assert told["messages"][-1]["event"] == "terminal"
    assert proxy.cuts_left == 0
    assert told["requestsAfterTheEnd"] <= 1, "a client that is told that all is said does not ask again and again"
