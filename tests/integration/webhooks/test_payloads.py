"""What an outbox message becomes: its payload, read by the table of events, with images as the API shows them."""

from __future__ import annotations

from typing import Any

import pytest
from celery.exceptions import Reject
from django.db import transaction
from pytest_django import Settings

from atelier.messaging.outbox.models import OutboxMessage
from atelier.messaging.outbox.services import emit
from atelier.tasks import fan_out
from atelier.webhook_wiring import add_image_links, record_lost, record_message
from generation.models import Generation
from tests.integration.generation.api.caller import Caller
from tests.support.stories import open_workspace, query, send_off, settle, start_worker, submit, walk_to
from webhooks.models import Event

pytestmark = pytest.mark.usefixtures("committed")


def message(event: str, subject: str = "gen_a", **payload: Any) -> int:
    """The number of an outbox message."""
    with transaction.atomic():
        emit(event, subject=subject, queue="basic", dedupe_key=f"{subject}:once", payload=payload)
    return OutboxMessage.objects.get(event=event, subject=subject).pk


def test_images_of_a_webhook_are_those_of_the_api() -> None:
    start_worker()
    workspace = open_workspace()
    generation, fence = send_off(workspace, count=3, seed=2**32 - 2)
    walk_to(generation, fence, "upload")
    assert settle(generation, fence, images=3)
    record_message(OutboxMessage.objects.get(event="generation.completed").pk)
    recorded = Event.objects.get(type="generation.completed").data
    sent, stranger = (add_image_links(one, recorded)["images"] for one in (workspace.id, open_workspace("two").id))
    shown = Caller.of(workspace).get(f"/projects/{generation.id}").json()["images"]
    links = ("url", "expiresAt")
    assert [[name for name in image if name in links] for image in sent] == [list(links)] * 3
    for image in (*sent, *shown):
        for name in links:
            del image[name]
    assert sent == shown and len({image["seed"] for image in sent}) == 3
    assert stranger == []


def test_a_payload_that_is_no_picture_of_a_finished_generation_stays_as_it_is() -> None:
    data = {"generationId": "gen_a", "status": "failed"}
    assert add_image_links("ws_a", data) == data
    assert add_image_links("ws_a", data | {"status": "completed"})["images"] == []


def test_low_credits_are_recorded_once_with_the_balance_of_then() -> None:
    workspace = open_workspace()
    number = message("credits.low", workspace.id, available=9, threshold=10)
    for _ in range(2):
        record_message(number)
    event = Event.objects.get()
    assert (event.workspace_id, event.type) == (workspace.id, "credits.low")
    assert event.data == {"workspaceId": workspace.id, "available": 9, "threshold": 10}


def publish(seconds_ago: float) -> None:
    """The relay published everything so long ago; the broker was wiped."""
    query(
        "UPDATE outbox_outboxmessage SET published_at = clock_timestamp() - %s * interval '1 second' RETURNING 1",
        seconds_ago,
    )


def test_what_was_published_and_never_read_is_recorded_once(settings: Settings) -> None:
    start_worker()
    workspace = open_workspace()
    generation, fence = send_off(workspace)
    walk_to(generation, fence, "upload")
    assert settle(generation, fence, images=1)
    record_message(OutboxMessage.objects.get(event="generation.started").pk)
    publish(settings.ATELIER_WAKE_SECONDS / 2)
    assert record_lost() == 0, "a worker may still come to it"
    publish(settings.ATELIER_WAKE_SECONDS + 1)
    assert record_lost(newest=1) == 1
    assert record_lost() == 1
    assert record_lost() == 0
    events = Event.objects.order_by("sequence").values_list("type", flat=True)
    assert sorted(events) == ["generation.completed", "generation.queued", "generation.started"]


def test_what_has_been_forgotten_is_not_recorded_again(settings: Settings) -> None:
    submit(open_workspace())
    settings.ATELIER_WEBHOOK_RETENTION_DAYS = 1
    publish(86_401)
    assert record_lost() == 0


def test_a_message_about_a_generation_that_is_gone_records_nothing() -> None:
    assert not Generation.objects.exists()
    record_message(message("generation.queued"))
    record_message(10**9)
    assert not Event.objects.exists()


def test_an_event_that_this_worker_does_not_know_goes_back_to_the_queue(caplog: pytest.LogCaptureFixture) -> None:
    number = message("release.next")
    with pytest.raises(Reject) as rejected:
        fan_out("gen_a", number)
    assert rejected.value.requeue is True
    assert "release.next" in caplog.text and not Event.objects.exists()
