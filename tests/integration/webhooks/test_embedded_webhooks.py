"""The one-machine stack tells a receiver of a picture, from the endpoint that is created to the signed request."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from atelier.stacks.client import Api
from atelier.stacks.home import PROJECT
from tests.support.certificates import Authority
from tests.support.foreground import Foreground
from tests.support.nameserver import NameServer
from tests.support.receivers import Receiver
from tests.support.servers import short_directory

pytestmark = pytest.mark.stack
NAME = "shop.example"


@pytest.fixture
def receiver(authority: Authority) -> Iterator[Receiver]:
    receiver = Receiver(authority.context(NAME))
    yield receiver
    receiver.close()


@pytest.fixture
def names() -> Iterator[NameServer]:
    server = NameServer()
    server.names[NAME] = ["127.0.0.1"]
    yield server
    server.close()


@pytest.fixture
def home() -> Iterator[Path]:
    with short_directory() as directory:
        yield directory


def test_a_picture_is_told_to_a_receiver_that_can_verify_it(
    home: Path, authority: Authority, receiver: Receiver, names: NameServer
) -> None:
    stack = Foreground(
        "embedded",
        home,
        ATELIER_RATE_LIMITS="off",
        ATELIER_WEBHOOK_NETWORKS="127.0.0.0/8",
        ATELIER_WEBHOOK_PORTS=f"443,{receiver.port}",
        ATELIER_WEBHOOK_NAMESERVERS=names.address,
        ATELIER_WEBHOOK_CA_FILE=str(authority.file),
    )
    try:
        stack.start()
        api = Api(stack.values["ATELIER_URL"], stack.values["ATELIER_API_KEY"])
        made = api.post("/webhook-endpoints", {"url": f"https://{NAME}:{receiver.port}/hook"})
        sized = {"width": 64, "height": 64}
        asked = api.post("/generate", {"prompt": "a red apple", "dimensions": sized, "metadata": {"order": 7}})
        requests = receiver.wait(3, 90)
        told = [Webhook(made["secret"]).verify(one.body, dict(one.headers)) for one in requests]
        assert sorted(one["type"].partition(".")[2] for one in told) == ["completed", "queued", "started"]
        done = next(one for one in told if one["type"] == "generation.completed")
        assert done["data"]["generationId"] == asked["generationId"] and done["data"]["metadata"] == {"order": 7}
        assert done["data"]["images"][0]["url"].startswith(stack.values["ATELIER_URL"])
        assert sorted(one["sequence"] for one in told) == [1, 2, 3]
    finally:
        stack.stop(signal.SIGTERM)


def test_a_receiver_on_this_machine_is_reached_with_the_variables_that_the_page_names(home: Path) -> None:
    receiver = Receiver()
    named = re.findall(r"(ATELIER_WEBHOOK_\w+)=(\S+)(?= .*make serve)", (PROJECT / "docs" / "webhooks.md").read_text())
    variables = {name: value.replace("9000", str(receiver.port)) for name, value in named}
    assert len(variables) == 3
    stack = Foreground("embedded", home, **variables)
    try:
        stack.start()
        api = Api(stack.values["ATELIER_URL"], stack.values["ATELIER_API_KEY"])
        made = api.post("/webhook-endpoints", {"url": f"http://localhost:{receiver.port}/"})
        api.post(f"/webhook-endpoints/{made['id']}/test", {})
        (request,) = receiver.wait(1, 30)
        assert Webhook(made["secret"]).verify(request.body, dict(request.headers))["type"] == "webhook.test"
    finally:
        stack.stop(signal.SIGTERM)
        receiver.close()
