"""A refusal says what would have been right: the field, the parameter, the method, the path; at the real server."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import pytest

from atelier.accounts.services import create_api_key
from generation.models import Generation, IdempotencyRecord
from tests.support.client import PREFIX, Answer, Api, fetch
from tests.support.served import served
from tests.support.stories import open_workspace, start_worker

pytestmark = pytest.mark.usefixtures("no_limits")


@pytest.fixture
def api(committed: object) -> Iterator[Api]:
    start_worker()
    with served() as base:
        yield Api(base, create_api_key(workspace=open_workspace(), name="test")[1])


def ask(api: Api, method: str, path: str, content: bytes | None = None, **headers: str) -> Answer:
    """A request for a whole path, with a body as it is."""
    named = {"Authorization": f"Bearer {api.key}", "Content-Type": "application/json"} | headers
    return fetch(method, api.base + path, content, **named)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("negative_prompt", "negativePrompt"),
        ("NegativePrompt", "negativePrompt"),
        ("size", "dimensions"),
        ("width", "dimensions"),
        ("n", "count"),
        ("num_images", "count"),
        ("cfg_scale", "guidanceScale"),
        ("promt", "prompt"),
        ("callback_url", "webhook"),
    ],
)
def test_an_unknown_field_is_answered_with_the_one_that_was_meant(api: Api, wrong: str, right: str) -> None:
    answer = api.post({wrong: 1})
    assert (answer.status, answer.code) == (400, "unknown_field")
    assert f"Do you mean {right!r}?" in answer.json["errors"][0]["message"] and right in answer.json["detail"]


def test_a_field_that_is_like_none_is_answered_with_all_of_them(api: Api) -> None:
    message = api.post({"zebra": 1}).json["errors"][0]["message"]
    assert "There are: " in message and "negativePrompt" in message


def test_an_unknown_parameter_too(api: Api) -> None:
    answer = api.call("GET", "/projects?created_after=2026-01-01")
    assert answer.code == "unknown_parameter" and "Do you mean 'createdAfter'?" in answer.json["detail"]
    assert "There are none." in api.call("GET", "/models?zebra=1").json["detail"]


@pytest.mark.parametrize(
    ("method", "path", "right"),
    [
        ("POST", f"{PREFIX}/generate/", f"POST {PREFIX}/generate"),
        ("POST", "/generate", f"POST {PREFIX}/generate"),
        ("POST", "/v1/generate", f"POST {PREFIX}/generate"),
        ("PUT", "/api/v1/generate", f"POST {PREFIX}/generate"),
        ("POST", f"{PREFIX}/genrate", f"POST {PREFIX}/generate"),
        ("GET", f"{PREFIX}/project/gen_x", None),
        ("GET", "/api/v1/projects/gen_secretsecretsecret", f"GET {PREFIX}/projects/{{id}}"),
        ("GET", "/v1/account/", f"GET {PREFIX}/account"),
    ],
)
def test_a_wrong_path_is_answered_with_the_one_that_exists(api: Api, method: str, path: str, right: str | None) -> None:
    answer = ask(api, method, path, b"{}" if method != "GET" else None)
    assert (answer.status, answer.code) == (404, "unknown_path")
    assert right is None or f"Do you mean {right}?" in answer.json["detail"]
    assert "secret" not in answer.json["detail"]


def test_a_path_that_is_like_none_costs_no_time_and_names_the_list(api: Api) -> None:
    answer = ask(api, "GET", "/" + "a" * 5000)
    assert answer.status == 404 and answer.json["detail"] == "GET /docs lists what there is."


def test_a_wrong_method_is_answered_with_those_that_exist(api: Api) -> None:
    answer = ask(api, "PUT", f"{PREFIX}/generate", b"{}")
    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert "serves POST;" in answer.json["detail"] and answer.header("Allow") == "POST"


BODY = b'{"prompt": "an apple", "metadata": {"a": 1, "b": [1, 2]}, "dimensions": {"width": 64, "height": 64}}'


def test_an_equal_body_is_the_same_request_however_it_is_written(api: Api) -> None:
    answers = [
        ask(api, "POST", f"{PREFIX}/generate", body, **{"Idempotency-Key": "k"})
        for body in (
            BODY,
            json.dumps(json.loads(BODY), indent=4).encode(),
            json.dumps(dict(reversed(json.loads(BODY).items())), separators=(",", ":")).encode(),
            BODY.replace(b'"a": 1', b'"a": 1.0').replace(b"an apple", b"an \\u0061pple"),
        )
    ]
    assert [answer.status for answer in answers] == [202] * 4
    assert len({answer.body for answer in answers}) == 1 and Generation.objects.count() == 1


@pytest.mark.parametrize("change", [(b"[1, 2]", b"[2, 1]"), (b'"a": 1', b'"a": "1"'), (b"64}", b"65}")])
def test_another_body_is_another_request_and_the_answer_says_what_counts(api: Api, change: tuple[bytes, bytes]) -> None:
    path, key = f"{PREFIX}/generate", {"Idempotency-Key": "k"}
    assert ask(api, "POST", path, BODY, **key).status == 202
    reused = ask(api, "POST", path, BODY.replace(*change), **key)
    assert (reused.status, reused.code) == (422, "idempotency_key_reused")
    assert "same members with the same values" in reused.json["detail"]


def test_an_answer_of_the_first_release_is_given_again_to_the_same_bytes(api: Api) -> None:
    path, key = f"{PREFIX}/generate", {"Idempotency-Key": "k"}
    first = ask(api, "POST", path, BODY, **key)
    IdempotencyRecord.objects.update(body_digest=hashlib.sha256(BODY).hexdigest())
    assert ask(api, "POST", path, BODY, **key).body == first.body


def test_a_broken_link_says_what_to_do_and_not_its_title_again(api: Api) -> None:
    for answer in (ask(api, "GET", "/files/abc"), ask(api, "GET", "/files/a.b/c.png?x=1")):
        assert (answer.status, answer.code) == (403, "link_invalid")
        assert answer.json["detail"] != answer.json["title"] and "GET /projects/" in answer.json["detail"]
