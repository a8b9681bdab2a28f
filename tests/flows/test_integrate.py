"""Every program of docs/integrate.md runs as it is written, against a real stack; so does the collection."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from atelier.stacks.home import PROJECT
from atelier.stacks.ports import HOST, free_port, is_listening
from tests.support.client import Api, fetch
from tests.support.ears import Ear
from tests.support.installation import Installation, wait_until

PAGE = (PROJECT / "docs" / "integrate.md").read_text("utf-8")
ENDINGS = {"sh": "sh", "python": "py", "js": "mjs"}
RUNNERS = {"sh": "sh", "python": sys.executable, "js": "node"}
LANGUAGES = pytest.mark.parametrize("language", ["sh", "python", "js"])


def program(section: str, language: str, directory: Path) -> list[str]:
    """The command that runs the program of a section, written to a file as it stands on the page."""
    if shutil.which(RUNNERS[language]) is None:
        pytest.skip(f"not on this machine: {RUNNERS[language]}")
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    (block,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    file = directory / f"program.{ENDINGS[language]}"
    file.write_text(block, "utf-8")
    return [RUNNERS[language], str(file)]


def environment(api: Api, **more: str) -> dict[str, str]:
    return os.environ | {"ATELIER_URL": api.base, "ATELIER_API_KEY": api.key, "NO_PROXY": HOST} | more


def output(argv: list[str], api: Api, directory: Path) -> str:
    done = subprocess.run(argv, cwd=directory, env=environment(api), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@LANGUAGES
def test_a_picture_is_drawn_and_saved(installation: Installation, tmp_path: Path, language: str) -> None:
    said = output(program("Draw one picture and wait for it", language, tmp_path), installation.api(), tmp_path)
    if language == "sh":
        assert json.loads(said)["status"] == "completed"
    else:
        assert said.split() == ["completed", "1"]
        assert [file.stat().st_size > 100 for file in tmp_path.glob("img_*.png")] == [True]


@LANGUAGES
def test_it_is_watched_to_its_end(installation: Installation, tmp_path: Path, language: str) -> None:
    lines = output(program("Watch it being drawn", language, tmp_path), installation.api(), tmp_path).splitlines()
    types = (
        [line.removeprefix("event: ") for line in lines if line.startswith("event: ")] if language == "sh" else lines
    )
    assert types[0].split() == ["queued"] and types[-1].split()[0] == "terminal"
    assert any(one.startswith("stage") for one in types)


@pytest.mark.parametrize("language", ["python", "js"])
def test_a_receiver_takes_what_the_service_sent_and_nothing_else(
    installation: Installation, ear: Ear, tmp_path: Path, language: str
) -> None:
    api = installation.api()
    secret = api.call("POST", "/webhook-endpoints", {"url": ear.url, "events": ["generation.completed"]}).json["secret"]
    generation_id = api.generate()
    api.wait(generation_id)
    mine = wait_until(
        lambda: [one for one in ear.receiver.requests if generation_id in one.body.decode()], "it is sent"
    )
    port = free_port()
    argv = program("Receive webhooks", language, tmp_path)
    receiver = subprocess.Popen(
        argv, env=environment(api, WEBHOOK_SECRET=secret, PORT=str(port)), stdout=subprocess.PIPE, text=True
    )
    try:
        wait_until(lambda: is_listening(port), "the receiver listens")
        headers = {name: value for name, value in mine[0].headers.items() if name.lower().startswith("webhook-")}
        url = f"http://{HOST}:{port}/"
        answers = [fetch("POST", url, content, **headers).status for content in (mine[0].body, mine[0].body, b"{}")]
        assert answers == [204, 204, 400]
        old = headers | {"webhook-timestamp": str(int(time.time()) - 3600)}
        assert fetch("POST", url, mine[0].body, **old).status == 400
    finally:
        receiver.terminate()
        said = receiver.communicate(timeout=20)[0]
    assert said.split() == ["generation.completed", generation_id]


def test_every_request_of_the_collection_is_one_that_the_service_knows(installation: Installation) -> None:
    """Sent as it stands, with the example's body: what is refused is refused for the example's ids, not its shape."""
    api = installation.api()
    collection = json.loads(installation.stack.manage("collection"))
    variables = {one["key"]: one["value"] for one in collection["variable"]} | {"baseUrl": api.base}
    requests = [one["request"] for folder in collection["item"] for one in folder["item"]]
    found = {}
    for request in requests:
        url = re.sub(r"{{(\w+)}}", lambda named: variables[named[1]], request["url"]["raw"])
        content = request["body"]["raw"].encode() if "body" in request else None
        headers = {"Authorization": f"Bearer {api.key}", "Content-Type": "application/json"}
        answer = fetch(request["method"], url, content, **headers)
        found[f"{request['method']} {request['url']['raw']}"] = answer
        if answer.status == 202 and "generationId" in answer.json:
            api.accepted.append(answer.json["generationId"])
    mine = {name for name in found if "/my/" in name}  # a person's own: no key may ask
    assert {found[name].status for name in mine} == {401}
    strange = {name: one for name, one in found.items() if one.status in (0, 401, 405, 413, 415, 500, 503)}
    assert strange.keys() == mine
    wrong = {name: one.code for name, one in found.items() if one.status == 400}
    assert set(wrong.values()) <= {"address_not_allowed"}, wrong
    assert found["POST {{baseUrl}}/api/v1/atelier/generate"].status == 202
    assert len(found) == len(requests) >= 34
