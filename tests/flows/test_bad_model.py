"""Models that make trouble: a damaged folder fails with a reason, one that no worker has is refused at once."""

from __future__ import annotations

from tests.support.client import Api
from tests.support.installation import Installation


def test_a_damaged_folder_fails_the_generation_with_a_reason(installation: Installation, api: Api) -> None:
    done = api.wait(api.generate(model="broken"), 90)
    assert (done["status"], done["error"]["code"]) == ("failed", "model_broken")
    assert "broken" in done["error"]["message"]
    assert str(installation.models) not in done["error"]["message"]
    assert (done["creditsUsed"], done["images"]) == (0, [])
    assert done["metadata"]["attempts"] == 1  # the same folder would fail again


def test_a_model_that_no_worker_has_is_refused(api: Api) -> None:
    answer = api.post({"model": "absent"})
    assert (answer.status, answer.code) == (422, "model_unavailable")
    offered = {model["name"]: model["available"] for model in api.call("GET", "/models").json["models"]}
    assert offered["quick"] and not offered["absent"]
    _check_nothing_happened(api)


def test_a_model_that_does_not_exist_is_refused(api: Api) -> None:
    answer = api.post({"model": "mona-lisa"})
    assert (answer.status, answer.code) == (400, "unknown_model")
    _check_nothing_happened(api)


def _check_nothing_happened(api: Api) -> None:
    assert api.call("GET", "/projects").json["projects"] == []
    assert api.call("GET", "/account").json["held"] == 0
