"""Who guards the guards of webhooks: with one taken away, the test that speaks of it turns red."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from pytest_django import Settings
from standardwebhooks.webhooks import WebhookVerificationError

import atelier.core.outbound.addresses
import webhooks.services.recording
import webhooks.services.sending
import webhooks.signing
from atelier.stacks.postgres import Postgres
from tests.integration.webhooks import test_delivery, test_endpoints_refused, test_fairness, test_retries
from tests.integration.webhooks.street import Street
from tests.mutation.guards import Guard, Scene, Test, guard, prove
from tests.mutation.mutants import Code, Schema
from tests.support.certificates import Authority
from tests.support.nameserver import NameServer
from tests.unit.webhooks import test_sender

sending, signing, addresses = webhooks.services.sending, webhooks.signing, atelier.core.outbound.addresses


def on_street(test: Callable[[Street], object]) -> Test:
    """The test on a street of its own."""

    def run(scene: Scene) -> None:
        with closing(Street(Authority(scene.folder), scene.settings)) as street:
            try:
                test(street)
            except WebhookVerificationError as refused:
                raise AssertionError("a receiver refused it") from refused

    return run


def send_inside(scene: Scene) -> None:
    with closing(NameServer()) as names:
        test_sender.test_a_name_with_any_address_inside_is_blocked_without_a_connection(
            names, Authority(scene.folder), ["127.0.0.1"]
        )


def guarded(name: str, test: Callable[[Street], object], *missing: Code | Schema) -> Guard:
    return guard(name, on_street(test), *missing, workers=0)


GUARDS = [
    guard(
        "a sender that goes wherever a name leads",
        send_inside,
        Code(addresses, "if not _is_public(ip):", "if False:"),
        workers=0,
    ),
    guarded(
        "an endpoint that is saved wherever its name leads",
        test_endpoints_refused.test_a_name_that_leads_inside_is_refused_when_it_is_saved,
        Code(addresses, "if not _is_public(ip):", "if False:"),
    ),
    guarded(
        "a signature over another body",
        test_delivery.test_an_event_arrives_signed_for_both_verifiers,
        Code(signing, "body_signature(bare, one)", "body_signature(bare + b' ', one)"),
    ),
    guarded(
        "headers that do not sign the body",
        test_delivery.test_an_event_arrives_signed_for_both_verifiers,
        Code(signing, ".encode() + body", ".encode()"),
    ),
    guarded(
        "an outcome without its fence",
        test_retries.test_who_lost_the_lease_changes_nothing_and_its_work_is_sent_again,
        Code(sending, "AND d.fence = done.fence ", ""),
        Schema("webhooks_attempt", "attempt_once"),
    ),
    guarded(
        "two events with one number",
        test_fairness.test_no_two_events_have_one_number_even_by_hand,
        Schema("webhooks_event", "event_sequence_once"),
    ),
    guarded(
        "a number that is spent on what was told before",
        test_fairness.test_a_fact_that_is_told_twice_spends_no_number,
        Code(
            webhooks.services.recording,
            "    if row is None:\n        raise AlreadyRecorded",
            "    if row is None:\n        return ''",
        ),
    ),
    guarded(
        "an endpoint that takes all places",
        test_fairness.test_one_endpoint_gets_four_places_however_much_waits,
        Code(sending, "ELSE %(endpoint)s END - able.sending", "ELSE %(endpoint)s END + 90"),
    ),
    guarded(
        "endpoints that hang and take the room of the others",
        test_fairness.test_a_failing_endpoint_gets_one_place_and_all_of_them_together_a_part,
        Code(sending, "AND (NOT failing OR failing_turn <= %(failing)s)", ""),
    ),
]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_without_it_a_test_turns_red(guard: Guard, committed: Postgres, settings: Settings, tmp_path: Path) -> None:
    prove(guard, committed.superuser_url, settings, tmp_path)
