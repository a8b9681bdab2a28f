"""POST /generate: what is accepted, what it costs, what a repeat gets."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.selectors import get_balance
from billing.services.grants import grant_credits
from generation.models import Generation, IdempotencyRecord
from generation.services.estimates import QUEUES, get_outlook
from generation.services.recovery import reconcile
from tests.integration.generation.api.caller import SMALL, Caller, code
from tests.support.stories import open_workspace

MESSAGES = 8
"""BEGIN, COMMIT and savepoints included."""


def test_a_prompt_is_accepted_with_its_place_its_price_and_its_links(api: Caller) -> None:
    answer = api.post()
    assert answer.status_code == 202
    body = answer.json()
    assert body["status"] == "queued"
    assert body["isTerminal"] is False
    assert body["queuePosition"] == 1
    assert body["estimatedTimeSeconds"] >= 1
    assert (body["creditsHeld"], body["creditsUsed"], body["images"]) == (1, 0, [])
    assert answer.headers["Location"] == body["links"]["self"]
    assert body["links"]["self"].endswith(f"/api/v1/atelier/projects/{body['generationId']}")
    assert body["links"]["retry"] is None
    assert get_balance(api.workspace.id).held == 1
    assert reconcile() == {}


def test_every_field_reaches_the_request_and_comes_back(api: Caller) -> None:
    asked = {
        "prompt": "ein Apfel \U0001f34e",
        "negativePrompt": "worms",
        "style": "photorealistic",
        "generationType": "illustration",
        "model": "tiny",
        "dimensions": {"width": 640, "height": 480},
        "quality": "high",
        "count": 3,
        "seed": 4294967295,
        "guidanceScale": 7.5,
        "format": "webp",
        "faceCorrection": "off",
        "metadata": {"order": 7, "tags": ["a", None, 1.5]},
        "deadlineSeconds": 60,
        "webhook": None,
    }
    generation_id = api.post(asked).json()["generationId"]
    shown = api.get(f"/projects/{generation_id}").json()
    assert shown["request"] == asked
    assert shown["metadata"]["seed"] == 4294967295
    assert shown["metadata"]["inferenceSteps"] == 35


def test_the_request_of_a_project_can_be_sent_again_as_it_is(api: Caller) -> None:
    shown = api.get(f"/projects/{api.generate()}").json()
    assert shown["request"]["seed"] is None
    assert api.post(shown["request"]).status_code == 202


def test_the_queue_is_fair_so_the_second_workspace_goes_before_the_third_request_of_the_first(api: Caller) -> None:
    other = Caller.of(open_workspace("other"))
    places = [api.post().json()["queuePosition"] for _ in range(3)]
    assert places == [1, 2, 3]
    QUEUES.clear()  # others' queues are known for a second
    assert other.post().json()["queuePosition"] == 2


def test_a_dry_run_prices_and_stores_nothing(api: Caller) -> None:
    answer = api.post(SMALL | {"count": 8, "dimensions": {"width": 2048, "height": 2048}}, "/generate?dryRun=true")
    assert answer.status_code == 200
    body = answer.json()
    assert body | {"estimatedTimeSeconds": 1} == {
        "credits": 16,
        "balance": 1000,
        "affordable": True,
        "estimatedTimeSeconds": 1,
        "model": "tiny",
    }
    assert Generation.objects.count() == 0
    assert get_balance(api.workspace.id).held == 0
    assert "RateLimit" in answer.headers


def test_too_few_credits_say_how_many_are_needed(committed: object) -> None:
    poor = Caller.of(open_workspace("poor", credits=3))
    answer = poor.post(SMALL | {"count": 4})
    assert code(answer, 402) == "insufficient_credits"
    assert (answer.json()["needed"], answer.json()["available"]) == (4, 3)
    assert "RateLimit" in answer.headers
    assert Generation.objects.count() == 0


def test_the_same_key_and_body_get_the_same_answer_byte_for_byte(api: Caller) -> None:
    first, second = (api.post(Idempotency_Key="k1") for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    exchange = {"X-Request-Id", "Server-Timing"}
    told = {name: value for name, value in first.headers.items() if name not in exchange}
    assert told == {name: value for name, value in second.headers.items() if name not in exchange}
    assert Generation.objects.count() == 1
    assert get_balance(api.workspace.id).held == 1


def test_the_same_key_with_another_body_is_refused(api: Caller) -> None:
    api.post(Idempotency_Key="k1")
    assert code(api.post(SMALL | {"count": 2}, Idempotency_Key="k1"), 422) == "idempotency_key_reused"
    assert Generation.objects.count() == 1


def test_a_key_belongs_to_its_workspace(api: Caller, stranger: Caller) -> None:
    ids = {caller.post(Idempotency_Key="k1").json()["generationId"] for caller in (api, stranger)}
    assert len(ids) == 2


def test_a_402_stays_a_402_under_its_key_and_a_new_key_is_a_new_decision(committed: object) -> None:
    poor = Caller.of(open_workspace("poor", credits=0))
    first = poor.post(Idempotency_Key="k1")
    assert code(first, 402) == "insufficient_credits"
    grant_credits(workspace_id=poor.workspace.id, amount=10, idempotency_key="later")
    again = poor.post(Idempotency_Key="k1")
    assert (again.status_code, again.content) == (402, first.content)
    assert again.headers["Content-Type"] == "application/problem+json"
    assert again.headers["RateLimit"] == first.headers["RateLimit"]
    assert poor.post(Idempotency_Key="k2").status_code == 202


@pytest.mark.parametrize("key", ["", "x" * 256, "snow\u2603", " padded"])
def test_a_key_that_cannot_be_kept_is_refused(api: Caller, key: str) -> None:
    answer = api.post(Idempotency_Key=key)
    assert code(answer, 400) == "invalid_parameter"
    assert answer.json()["errors"][0]["parameter"] == "Idempotency-Key"
    assert IdempotencyRecord.objects.count() == 0


def test_a_refused_body_does_not_use_its_key_up(api: Caller) -> None:
    assert api.post({"prompt": ""}, Idempotency_Key="k1").status_code == 400
    assert api.post(Idempotency_Key="k1").status_code == 202


def test_the_tenth_request_of_a_minute_is_the_last_and_every_answer_says_what_is_left(api: Caller) -> None:
    answers = [api.post() for _ in range(11)]
    assert [answer.status_code for answer in answers] == [202] * 10 + [429]
    assert answers[0].headers["RateLimit"].startswith('"generate";r=9;')
    assert answers[0].headers["RateLimit-Policy"] == '"generate";q=10;w=60'
    assert code(answers[10], 429) == "rate_limited"
    assert answers[10].headers["RateLimit"].startswith('"generate";r=0;')
    assert 1 <= int(answers[10].headers["Retry-After"]) <= 6
    refused = api.post({"prompt": ""})
    assert (refused.status_code, refused.headers["RateLimit"][:15]) == (429, '"generate";r=0;')
    assert Generation.objects.count() == 10


def test_the_burst_of_a_tier_is_named_when_it_is_the_tighter_limit(committed: object) -> None:
    starter = Caller.of(open_workspace("small", tier="starter"))
    answers = [starter.post() for _ in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert answers[0].headers["RateLimit"].startswith('"jobs";r=4;')
    assert answers[5].headers["RateLimit-Policy"] == '"jobs";q=20;w=3600'


def test_an_accepted_request_takes_few_round_trips(api: Caller) -> None:
    api.post()
    get_outlook()
    with CaptureQueriesContext(connection) as statements:
        assert api.post().status_code == 202
    sent = [query["sql"] for query in statements if query["sql"]]  # the others wait to be sent together
    assert len(sent) <= MESSAGES, "\n".join(text[:150] for text in sent)


def test_the_answer_is_small_and_compact(api: Caller) -> None:
    content = api.post().content
    assert content == json.dumps(json.loads(content), separators=(",", ":"), ensure_ascii=False).encode()
    assert len(content) < 1000
