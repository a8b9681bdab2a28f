"""An event reaches a receiver, which can verify it in both ways."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from standardwebhooks.webhooks import Webhook

from tests.integration.webhooks.street import Street, courier, happen, open_endpoint, statuses, wait_for
from tests.support.stories import open_workspace
from webhooks.models import Attempt


def test_an_event_arrives_signed_for_both_verifiers(street: Street) -> None:
    receiver = street.receiver()
    workspace = open_workspace()
    _, keys = open_endpoint(workspace, receiver.url)
    with courier():
        event_id = happen(workspace)
        (request,) = receiver.wait()
        wait_for(lambda: statuses() == ["delivered"], "delivered")
    assert Webhook(keys.secret).verify(request.body, dict(request.headers))["id"] == event_id
    body = json.loads(request.body)
    signature = body.pop("signature")
    bare = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    key = base64.b64decode(keys.secret.removeprefix("whsec_"))
    assert signature == "sha256=" + hmac.new(key, bare, hashlib.sha256).hexdigest()
    assert (body["type"], body["event"], body["sequence"]) == ("generation.completed", "generation.completed", 1)
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.status, attempt.answer, attempt.address) == ("delivered", 200, "ok", "127.0.0.1")
