"""Retry: the same spec, seed included, as a new generation with a hold of its own."""

from __future__ import annotations

import shutil

from tests.support.client import Api
from tests.support.installation import Installation


def test_a_cancelled_one_can_be_tried_again_and_draws_what_it_would_have_drawn(api: Api) -> None:
    first = api.generate(model="slow", count=2)
    assert api.cancel(first).status == 202
    cancelled = api.wait(first)
    again = api.retry(first)
    assert again.status == 202
    second = again.json["generationId"]
    assert second != first
    assert api.get(second)["retryOf"] == first
    assert api.get(second)["metadata"]["seed"] == cancelled["metadata"]["seed"]
    assert api.cancel(second).status == 202
    api.wait(second)


def test_a_failed_one_works_when_its_model_was_repaired(installation: Installation) -> None:
    api, models = installation.poor_api(5), installation.models
    failed = api.wait(api.generate(model="mended", seed=3))
    assert (failed["status"], failed["error"]["code"], failed["creditsUsed"]) == ("failed", "model_broken", 0)
    assert _credits(api) == (5, 0)
    shutil.copytree(models / "tiny", models / "mended", dirs_exist_ok=True)
    again = api.wait(api.retry(failed["generationId"]).json["generationId"], 90)
    assert (again["status"], again["metadata"]["seed"], again["creditsUsed"]) == ("completed", 3, 1)
    assert _credits(api) == (4, 0)


def test_a_retry_with_a_key_is_one_retry(api: Api) -> None:
    first = api.generate(model="slow")
    api.cancel(first)
    api.wait(first)
    answers = [api.retry(first, Idempotency_Key="once more") for _ in range(3)]
    assert {answer.status for answer in answers} == {202}
    assert len({answer.body for answer in answers}) == 1
    api.cancel(answers[0].json["generationId"])
    assert len(api.call("GET", "/projects").json["projects"]) == 2


def test_a_completed_one_cannot_be_tried_again(api: Api) -> None:
    done = api.wait(api.generate())
    answer = api.retry(done["generationId"])
    assert (answer.status, answer.code) == (409, "not_retryable")


def _credits(api: Api) -> tuple[int, int]:
    """(available, held)"""
    account = api.call("GET", "/account").json
    return account["balance"], account["held"]
