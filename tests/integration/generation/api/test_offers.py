"""Models, styles, the account."""

from __future__ import annotations

from generation.models import Worker
from tests.integration.generation.api.caller import SMALL, Caller


def test_models_say_what_they_serve_and_whether_a_worker_has_them(api: Caller) -> None:
    model = api.get("/models").json()["models"][0]
    assert model["name"] == "tiny"
    assert "standard" in model["defaultFor"]
    assert model["nativeSize"] == {"width": 64, "height": 64}
    assert "Untrained" in model["note"]
    assert model["available"] is True
    Worker.objects.all().delete()
    assert api.get("/models").json()["models"][0]["available"] is False


def test_every_style_that_is_listed_is_accepted(api: Caller) -> None:
    styles = api.get("/styles").json()["styles"]
    assert {"photorealistic", "illustration"} <= {style["name"] for style in styles}
    for style in styles:
        answer = api.post(SMALL | {"style": style["name"]}, "/generate?dryRun=true")
        assert answer.status_code == 200


def test_the_account_shows_balance_limits_and_usage(api: Caller) -> None:
    api.generate(count=3)
    api.call("DELETE", f"/projects/{api.generate()}")
    account = api.get("/account").json()
    assert (account["tier"], account["balance"], account["held"]) == ("studio", 997, 3)
    assert account["limits"]["largestSide"] == 8192
    assert account["limits"]["jobsPerHour"] is None
    assert account["limits"]["rates"] == {"generate": {"requests": 10, "seconds": 60}}
    assert account["usage"]["today"] | {"queued": 1, "cancelled": 1} == account["usage"]["today"]
    assert account["usage"]["creditsThisMonth"] == 0
