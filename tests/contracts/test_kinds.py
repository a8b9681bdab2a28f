"""What every kind promises, asked of a real server whose table has one kind more than the product's."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings as configured
from PIL import Image

from atelier.accounts.services import create_api_key
from atelier.stacks.ports import HOST, free_port, is_listening
from billing.selectors import get_balance
from generation import runner
from generation.api.representation import describe_generation
from generation.engines.local import LocalEngines
from generation.kinds import KINDS
from generation.models import Generation
from generation.pipeline.catalog import load_catalog
from generation.runner import run_link
from generation.services.completion import fail_generation
from generation.services.scheduling import dispatch_next
from tests.contracts.kinds import CARD, IMAGE, Example
from tests.support.stories import open_workspace, outcome, query, start, start_worker, submit
from tests.support.toy_kind import KIND as TOY_KIND

ROOT = Path(__file__).parents[2]
EVERY_KIND = pytest.mark.parametrize("example", [IMAGE, CARD], ids=lambda example: example.kind)
LINKS = ("prompt", "diffusion", "encode")


@pytest.fixture(scope="module")
def server(postgres: object) -> Iterator[str]:
    """The address of a server that serves cards, too."""
    port = free_port()
    address = f"http://{HOST}:{port}"
    environment = os.environ | {"ATELIER_PUBLIC_URL": address, "ATELIER_LOG_LEVEL": "ERROR"}
    process = subprocess.Popen([sys.executable, "-m", "tests.support.toy_server", str(port)], cwd=ROOT, env=environment)
    until = time.monotonic() + 60
    while not is_listening(port):
        assert process.poll() is None and time.monotonic() < until, "the server did not start"
        time.sleep(0.05)
    yield address
    process.kill()
    process.wait()


class Client:
    """A client of one workspace."""

    def __init__(self, server: str, name: str = "one", scopes: tuple[str, ...] = ("*",)) -> None:
        self.workspace = open_workspace(name)
        key = create_api_key(workspace=self.workspace, name="test", scopes=scopes)[1]
        self._base, self._session = f"{server}/api/v1/atelier", requests.Session()
        self._session.headers["Authorization"] = f"Bearer {key}"

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._session.request(method, self._base + path, json=body, headers=named, timeout=30)

    def ask(self, example: Example, **more: Any) -> str:
        """The id of an accepted request."""
        answer = self("POST", example.path, example.body | more)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["generationId"])

    def read(self, generation_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self("GET", f"/projects/{generation_id}").json()
        return found


@pytest.fixture
def client(server: str, committed: object) -> Client:
    start_worker()
    return Client(server)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """A worker of the release that has cards; its engine draws gradients."""
    monkeypatch.setitem(KINDS, CARD.kind, TOY_KIND)
    start_worker()  # it says now which kinds it knows
    catalog = load_catalog(ROOT / "tests" / "support" / "models.toml", configured.ATELIER_STYLES_FILE)
    engines = LocalEngines(catalog, configured.ATELIER_MODELS_DIR, 10**9)
    monkeypatch.setattr(runner, "get_engines", lambda: engines)


def draw(generation_id: str) -> None:
    """The worker takes the generation and delivers it, with the quick model of the tests' catalogue."""
    spec = Generation.objects.get(id=generation_id).spec | {"model": "quick"}
    Generation.objects.filter(id=generation_id).update(spec=spec)
    generation = Generation.objects.get(id=generation_id)
    assert dispatch_next()
    fence = start(generation)
    for link in LINKS:
        run_link(generation_id=generation_id, fence=fence, stage=link, worker="w")


@EVERY_KIND
def test_a_dry_run_prices_it_and_stores_nothing(client: Client, example: Example) -> None:
    answer = client("POST", f"{example.path}?dryRun=true", example.body)
    assert (answer.status_code, answer.json()["credits"], answer.json()["affordable"]) == (200, example.credits, True)
    assert query("SELECT count(*) FROM generation_generation") == [(0,)]


@EVERY_KIND
def test_it_is_accepted_held_and_read_as_it_was_asked_for(client: Client, example: Example) -> None:
    answer = client("POST", example.path, example.body | {"metadata": {"order": 7}, "deadlineSeconds": 90})
    assert answer.status_code == 202
    assert answer.json()["creditsHeld"] == get_balance(client.workspace.id).held == example.credits
    found = client.read(answer.json()["generationId"])
    assert answer.headers["Location"].endswith(f"/projects/{found['generationId']}")
    assert (found["kind"], found["status"]) == (example.kind, "queued")
    assert found["request"] | example.body | {"metadata": {"order": 7}, "deadlineSeconds": 90} == found["request"]
    assert {name: found[name] for name in example.adds} == example.adds
    again = client("POST", example.path, found["request"])
    assert again.status_code == 202, "what is shown can be sent again"


@EVERY_KIND
def test_it_is_drawn_shot_by_shot_and_delivered(client: Client, example: Example, worker: None) -> None:
    generation_id = client.ask(example, seed=5)
    draw(generation_id)
    found = client.read(generation_id)
    assert (found["status"], found["creditsUsed"]) == ("completed", example.credits)
    assert outcome(Generation.objects.get(id=generation_id)) == ("completed", example.credits, 0, 1)
    assert [(image["width"], image["height"]) for image in found["images"]] == list(example.sizes)
    assert [image.get("role") for image in found["images"]] == list(example.roles)
    files = [requests.get(image["url"], timeout=10).content for image in found["images"]]
    assert len(set(files)) == len(example.sizes)
    for content, prompt, image in zip(files, example.prompts, found["images"], strict=True):
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
            assert picture.size == (image["width"], image["height"])
            assert (picture.text["prompt"], picture.text["seed"]) == (prompt, str(image["seed"]))  # type: ignore[attr-defined]  # a PNG


@EVERY_KIND
def test_the_list_can_be_filtered_by_kind(client: Client, example: Example) -> None:
    mine = {client.ask(one): one.kind for one in (IMAGE, CARD, IMAGE)}
    listed = client("GET", f"/projects?kind={example.kind}").json()["projects"]
    assert [one["generationId"] for one in listed] == [name for name in reversed(mine) if mine[name] == example.kind]
    assert len(client("GET", "/projects").json()["projects"]) == 3
    assert client("GET", "/projects?kind=poem").json()["code"] == "invalid_parameter"


@EVERY_KIND
def test_it_is_cancelled_and_tried_again(client: Client, example: Example) -> None:
    generation_id = client.ask(example)
    assert client("DELETE", f"/projects/{generation_id}").json()["status"] == "cancelled"
    answer = client("POST", f"/projects/{generation_id}/retry")
    copy = client.read(answer.json()["generationId"])
    assert (copy["retryOf"], copy["kind"]) == (generation_id, example.kind)
    assert copy["request"] == client.read(generation_id)["request"]
    before, after = (Generation.objects.get(id=name).spec for name in (generation_id, copy["generationId"]))
    assert before | {"generation_id": copy["generationId"]} == after, "the seed, too"


@EVERY_KIND
def test_the_same_key_is_the_same_request(client: Client, example: Example) -> None:
    first, second = (client("POST", example.path, example.body, Idempotency_Key="k") for _ in range(2))
    assert first.content == second.content
    other = client("POST", example.path, example.body | {"metadata": {"a": 1}}, Idempotency_Key="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert query("SELECT count(*) FROM generation_generation") == [(1,)]


@EVERY_KIND
def test_a_client_may_wait_for_it(client: Client, example: Example, worker: None) -> None:
    answer = client("POST", example.path, example.body, Prefer="wait=1")
    assert answer.status_code == 202
    draw(answer.json()["generationId"])
    key = {"Idempotency_Key": "w", "Prefer": "wait=5"}
    first = client("POST", example.path, example.body, Idempotency_Key="w")
    draw(first.json()["generationId"])
    waited = client("POST", example.path, example.body, **key)
    assert (waited.status_code, waited.headers["Preference-Applied"]) == (200, "wait=5")
    assert waited.json() == client.read(first.json()["generationId"]) | {"images": waited.json()["images"]}


@EVERY_KIND
@pytest.mark.parametrize(
    ("member", "value", "code", "place"),
    [
        ("colour", 1, "unknown_field", "/colour"),
        ("metadata", [], "invalid_request", "/metadata"),
        ("deadlineSeconds", 5, "invalid_request", "/deadlineSeconds"),
        ("webhook", {"url": "http://a.example"}, "invalid_request", "/webhook/url"),
    ],
)
def test_a_wrong_body_is_refused_at_its_place(
    client: Client, example: Example, member: str, value: object, code: str, place: str
) -> None:
    answer = client("POST", example.path, example.body | {member: value})
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert [error["pointer"] for error in answer.json()["errors"]] == [place]


@EVERY_KIND
def test_its_limit_is_its_own(client: Client, example: Example) -> None:
    answer = client("POST", example.path, example.body)
    assert answer.headers["RateLimit-Policy"].startswith(f'"{example.limit}"')
    assert set(client("GET", "/account").json()["limits"]["rates"]) == {"generate", "cards"}


@EVERY_KIND
def test_it_needs_its_permission(server: str, client: Client, example: Example) -> None:
    reader = Client(server, "two", ("generations:read",))
    answer = reader("POST", example.path, example.body)
    assert (answer.status_code, answer.json()["permission"]) == (403, "generations:write")


@EVERY_KIND
def test_its_events_are_streamed(client: Client, example: Example, worker: None) -> None:
    generation_id = client.ask(example)
    draw(generation_id)
    lines = client("GET", f"/projects/{generation_id}/events").text.splitlines()
    types = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    assert (types[0], types[-1]) == ("queued", "terminal")
    assert types.count("image") == len(example.sizes)


@EVERY_KIND
def test_the_document_describes_it(server: str, example: Example) -> None:
    document = requests.get(f"{server}/openapi.json", timeout=10).json()
    operation = document["paths"][f"/api/v1/atelier{example.path}"]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": f"#/components/schemas/{example.request}"}
    submitted = {"$ref": f"#/components/schemas/{example.answer}Submitted"}
    for status in ("200", "202"):
        assert operation["responses"][status]["content"]["application/json"]["schema"] == submitted
    schemas = document["components"]["schemas"]
    assert {"$ref": f"#/components/schemas/{example.answer}"} in schemas[f"{example.answer}Submitted"]["oneOf"]
    assert set(example.body) <= set(schemas[example.request]["properties"])
    assert set(example.adds) <= set(schemas[example.answer]["properties"])
    parameters = document["paths"]["/api/v1/atelier/projects"]["get"]["parameters"]
    assert [one["schema"]["enum"] for one in parameters if one["name"] == "kind"] == [["image", "card"]]


@EVERY_KIND
def test_a_row_of_an_older_release_is_read_listed_tried_again_and_drawn(
    client: Client, example: Example, worker: None
) -> None:
    old = submit(client.workspace, prompt="old")
    spec = json.dumps(example.old_spec | {"generation_id": old.id})
    query(
        "UPDATE generation_generation SET kind = %s, request = %s, spec = %s, facts = '{}' WHERE id = %s RETURNING 1",
        example.kind,
        json.dumps(example.old_request),
        spec,
        old.id,
    )
    found = client.read(old.id)
    assert found["request"]["metadata"] == {"order": 7}
    assert "glitter" not in found["request"]
    assert found == client("GET", "/projects").json()["projects"][0] | {"progress": found["progress"]}
    generation = Generation.objects.get(id=old.id)
    assert dispatch_next()
    assert fail_generation(generation_id=old.id, fence=start(generation), code="x", message="x")
    copy = client("POST", f"/projects/{old.id}/retry").json()["generationId"]
    draw(copy)
    pictures = client.read(copy)["images"]
    assert [(one["width"], one["height"]) for one in pictures] == list(example.sizes)
    assert pictures[0]["seed"] == 7


def test_a_kind_that_this_process_does_not_know_is_shown_without_what_it_adds(client: Client) -> None:
    """A newer web process beside an older one: this process has no cards in its table."""
    assert CARD.kind not in KINDS
    generation = Generation.objects.get(id=client.ask(CARD))
    shown = describe_generation(generation)
    assert shown.kind == CARD.kind
    assert shown.request["words"] == CARD.body["words"]
    assert "title" not in shown.model_dump()
