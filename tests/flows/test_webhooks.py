"""A shop is told of its pictures, and that its credits run out: by requests that the official library verifies."""

from __future__ import annotations

import hashlib
from typing import Any

from standardwebhooks.webhooks import Webhook

from tests.support.client import fetch
from tests.support.ears import Ear
from tests.support.installation import Installation, wait_until
from tests.support.receiver_code import verify_body

SHOP = "/shop"


def told(ear: Ear, secret: str) -> dict[str, dict[str, Any]]:
    """What came for the shop, by event, verified in the headers and in the body. Other flows have other paths."""
    found = {}
    for request in [one for one in ear.receiver.requests if one.path.endswith(SHOP)]:
        body = Webhook(secret).verify(request.body, dict(request.headers))
        assert verify_body(secret, request.body)["id"] == body["id"] == request.id
        found[body["type"]] = body
    return found


def test_a_shop_hears_of_its_picture_and_that_its_credits_run_low(installation: Installation, ear: Ear) -> None:
    api = installation.poor_api(12)
    made = api.call("POST", "/webhook-endpoints", {"url": ear.url + SHOP}).json
    asked = api.generate(prompt="a red apple", count=3, metadata={"order": 7})
    done = api.wait(asked)
    heard = wait_until(lambda: len(t := told(ear, made["secret"])) == 4 and t, "four events arrive", 60)
    assert set(heard) == {"generation.queued", "generation.started", "generation.completed", "credits.low"}
    assert sorted(body["sequence"] for body in heard.values()) == [1, 2, 3, 4]
    assert heard["credits.low"]["data"]["available"] == 9 and heard["credits.low"]["data"]["threshold"] == 10
    finished = heard["generation.completed"]["data"]
    assert (finished["generationId"], finished["metadata"]) == (asked, {"order": 7})
    for image, known in zip(finished["images"], done["images"], strict=True):
        assert image | {"url": "", "expiresAt": ""} == known | {"url": "", "expiresAt": ""}
        assert hashlib.sha256(fetch("GET", image["url"]).body).hexdigest() == known["sha256"]
