"""What was committed is published, at least once, whatever dies; and one bad message stops no other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings

from atelier.celery import app
from atelier.messaging.outbox.relay import relay_batch
from atelier.messaging.outbox.services import emit
from atelier.messaging.queues import declared
from atelier.messaging.routing import routes
from tests.integration.atelier.site.test_metrics import figures
from tests.support.installation import wait_until
from tests.support.mailbox import Mailbox, relay_all_to, relay_to
from tests.support.processes import alone, at_once, call
from tests.support.stories import query

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def box(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "mailbox")


def tell(count: int, event: str = "story.told") -> list[str]:
    subjects = [f"gen_{number:03}" for number in range(count)]
    with transaction.atomic():
        for subject in subjects:
            emit(event, subject=subject, queue="standard", dedupe_key=subject, payload={"fence": 7})
    return subjects


def unpublished() -> list[tuple[str, int]]:
    return query("SELECT subject, failures FROM outbox_outboxmessage WHERE published_at IS NULL ORDER BY id")


def test_messages_go_out_in_order_and_once(box: Mailbox) -> None:
    subjects = tell(60)
    assert [relay_to(box.path) for _ in range(3)] == [50, 10, 0]
    assert box.subjects() == subjects
    assert unpublished() == []


def test_events_of_a_newer_release_wait_for_its_relay_are_reported_once_a_round_and_hold_nothing_up(
    box: Mailbox, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    tell(60, "release.next")
    with transaction.atomic():
        emit("story.told", subject="gen_late", queue="standard", dedupe_key="late")
    assert relay_to(box.path) == 1
    assert box.subjects() == ["gen_late"], "sixty older ones are more than a batch"
    assert len(unpublished()) == 60 and {failures for _, failures in unpublished()} == {0}
    settings.ATELIER_METRICS_TOKEN = "t0ken"
    assert figures()["atelier_outbox_unpublished",] == 60
    assert [(record.levelname, "release.next" in record.message) for record in caplog.records] == [("ERROR", True)]
    assert relay_to(box.path) == 0, "there is no hurry to look at them again"
    assert len(caplog.records) == 2
    assert relay_batch({"release.next": Mailbox(box.path)}) == 50
    assert len(box.subjects()) == 51


def test_a_round_that_has_more_to_publish_does_not_report_them_yet(
    box: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    tell(1, "release.next")
    with transaction.atomic():
        for number in range(60):
            emit("story.told", subject=f"gen_{number}", queue="standard", dedupe_key=f"told {number}")
    assert (relay_to(box.path), caplog.records) == (50, [])
    assert relay_to(box.path) == 10
    assert len(caplog.records) == 1


def test_a_relay_killed_between_the_confirmation_and_the_mark_publishes_again(box: Mailbox) -> None:
    subjects = tell(3)
    program = f"""
import django; django.setup()
from pathlib import Path
from tests.support.mailbox import relay_to
relay_to(Path({str(box.path)!r}))
"""
    environment = os.environ | {"ATELIER_CRASHPOINT": "relay.published"}
    assert subprocess.run([sys.executable, "-c", program], env=environment, check=False).returncode == -9
    assert box.subjects() == subjects
    assert [subject for subject, _ in unpublished()] == subjects
    assert wait_until(lambda: relay_to(box.path), "PostgreSQL has noticed the death and let its rows go") == 3
    assert box.subjects() == subjects * 2
    assert unpublished() == []


def test_relays_killed_again_and_again_lose_nothing(box: Mailbox) -> None:
    subjects = tell(4)
    for _ in range(5):
        died = alone(relay_to, settings={"ATELIER_CRASHPOINT": "relay.published"}, path=box.path)
        assert died.signal == 9
    wait_until(lambda: relay_to(box.path), "PostgreSQL has noticed the last death and let its rows go")
    assert sorted(set(box.subjects())) == subjects
    assert unpublished() == []


def test_eight_relays_share_the_work_and_double_nothing(box: Mailbox) -> None:
    subjects = tell(200)
    outcomes = at_once([call(relay_all_to, path=box.path)] * 8)
    assert sum(one.value for one in outcomes) == 200
    assert sorted(box.subjects()) == subjects


def test_one_message_that_cannot_be_sent_does_not_stop_the_others(box: Mailbox) -> None:
    subjects = tell(4)
    broken = subjects[0]
    rounds = [relay_to(box.path, refused=[broken]) for _ in range(3)]
    assert rounds[0] == -1, "nothing was sent: there is no hurry to try again"
    assert box.subjects() == subjects[1:]
    assert unpublished() == [(broken, 3)]
    tell(6)
    relay_to(box.path, refused=[broken])
    assert box.subjects()[3:] == ["gen_004", "gen_005"], "those that come later are not held up either"
    assert relay_to(box.path) == 1
    assert box.subjects()[-1] == broken


def test_a_broken_one_in_the_middle_keeps_what_went_before_it(box: Mailbox) -> None:
    subjects = tell(4)
    assert relay_to(box.path, refused=[subjects[2]]) == 2
    assert unpublished() == [(subjects[2], 1), (subjects[3], 0)]


def test_while_the_broker_is_away_everything_waits_and_then_goes_once(box: Mailbox) -> None:
    subjects = tell(5)
    for _ in range(12):
        assert relay_to(box.path, refused=subjects) == -1
    assert len(unpublished()) == 5
    relay_all_to(box.path)
    assert sorted(box.subjects()) == subjects


def test_every_event_reaches_the_queue_of_its_tier_with_ids_only() -> None:
    with app.connection_for_write() as connection:
        channel = connection.default_channel
        for queue in declared():
            queue(channel).declare()
            queue(channel).purge()
        tell(1, "generation.dispatched")
        assert relay_batch(routes(app)) == 1
        message = next(queue for queue in declared() if queue.name == "cpu.standard")(channel).get(no_ack=True)
    assert message is not None
    args, kwargs, _ = message.decode() if not isinstance(message.payload, list) else message.payload
    assert (message.headers["task"], args, kwargs) == ("generation.start", ["gen_000"], {"fence": 7})
    assert len(message.body) < 200
