"""Who guards the guards: with a guard taken away, the test that speaks of it turns red.

Each entry names what is taken away and the test that must notice. The test runs twice, against real PostgreSQL:
once as everything is, where it must pass, and once without the guard, where it must not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

import atelier.accounts.throttling
import atelier.messaging.outbox.relay
import generation.services.claims
import generation.services.completion
import generation.services.events
import generation.services.idempotency
import generation.services.recovery
import generation.services.scheduling
from atelier.stacks.postgres import Postgres
from tests.integration.atelier.accounts import test_throttling
from tests.integration.atelier.messaging.outbox import test_relay
from tests.integration.billing import test_holds, test_races, test_rules_of_kinds
from tests.integration.generation.services import (
    test_claims,
    test_completion,
    test_idempotency,
    test_recovery,
    test_scheduling,
)
from tests.mutation.guards import Guard, Test, guard, prove
from tests.mutation.mutants import Code, Schema, Trigger
from tests.support.mailbox import Mailbox
from tests.support.stories import open_workspace

claims, completion = generation.services.claims, generation.services.completion
scheduling, recovery = generation.services.scheduling, generation.services.recovery


def late(act: Callable[..., object]) -> Test:
    return lambda _: test_claims.test_a_worker_that_lost_its_lease_changes_nothing(act, "working")


GUARDS = [
    guard(
        "a heartbeat without its fence",
        late(claims.extend_lease),
        Code(
            claims,
            "fence = %(fence)s AND status = 'running' AND stage = %(stage)s\nRETURNING cancel_requested_at IS",
            "%(fence)s >= 0 AND status = 'running' AND stage = %(stage)s\nRETURNING cancel_requested_at IS",
        ),
    ),
    guard(
        "a delivery without its fence",
        late(test_claims.settle_late),
        Code(completion, "generation.fence == fence", "fence > 0"),
    ),
    guard(
        "a stage that is taken although somebody has it",
        lambda _: test_claims.test_every_message_three_times_gives_one_of_everything(),
        Code(claims, "AND lease_expires_at IS NULL\n", "\n"),
    ),
    guard(
        "a delivery that does not look for a cancel",
        lambda _: test_completion.test_a_cancel_that_comes_before_the_delivery_wins(),
        Code(completion, "if generation.cancel_requested_at is not None:", "if False:"),
    ),
    guard(
        "attempts without an end",
        lambda scene: test_recovery.test_a_generation_that_kills_three_workers_is_stopped_and_others_go_on(
            scene.settings
        ),
        Code(claims, "generation.attempt >= settings.ATELIER_MAX_ATTEMPTS", "False"),
    ),
    guard(
        "a reaper that counts a long queue as a dead worker",
        lambda _: test_recovery.test_a_long_queue_is_not_a_dead_worker(),
        Code(
            claims,
            "started_at = coalesce(started_at, clock_timestamp()), lease_expires_at = NULL",
            "started_at = coalesce(started_at, clock_timestamp()),"
            " lease_expires_at = clock_timestamp() + interval '60 seconds'",
        ),
    ),
    guard(
        "one workspace after the other instead of turns",
        lambda _: test_scheduling.test_workspaces_of_a_tier_take_turns_whatever_their_backlog(),
        Code(scheduling, "workspace.served NULLS FIRST, ", ""),
    ),
    guard(
        "an idle tier that is owed its past",
        lambda _: test_scheduling.test_a_tier_that_was_idle_is_owed_no_past(),
        Code(scheduling, "coalesce((SELECT served FROM generation_virtualtime WHERE name = 'clock'), 0)", "0"),
    ),
    guard(
        "a window of any width",
        lambda _: test_scheduling.test_a_worker_gets_one_to_store_one_to_draw_and_one_to_wait(),
        Code(scheduling, "WINDOW = 3\n", "WINDOW = 50\n"),
        workers=0,
    ),
    guard(
        "a place that two may take",
        lambda _: test_scheduling.test_the_database_itself_refuses_a_place_that_is_taken(),
        Schema("generation_slot", "slot_once"),
    ),
    guard(
        "a second terminal event",
        lambda _: test_completion.test_a_terminal_event_is_told_once_even_by_hand(),
        Schema("generation_generationevent", "one_terminal_event"),
        Code(generation.services.events, "ON CONFLICT (generation_id) WHERE type = 'terminal' DO NOTHING ", ""),
    ),
    guard(
        "an account that may be overdrawn",
        lambda _: test_holds.test_a_hold_over_the_balance_is_refused_and_books_nothing(
            open_workspace("poor", "studio", credits=100)
        ),
        Schema("billing_account", "account_not_overdrawn"),
        Trigger("billing_post_transfer", "a.balance - NEW.amount >= a.floor", "true"),
    ),
    guard(
        "a large correction approved by whoever asked for it",
        lambda _: test_rules_of_kinds.try_to_approve_oneself(),
        Schema("billing_adjustmentdecision", "decision_by_four_eyes"),
    ),
    guard(
        "books that lie and go on",
        lambda _: test_rules_of_kinds.test_one_check_does_not_lift_what_another_found(
            open_workspace("one", "professional", credits=100)
        ),
        Trigger("billing_post_transfer", "differences <> '{}'", "false"),
    ),
    guard(
        "books in which two write at once",
        lambda _: test_races.test_200_holds_that_eight_processes_end_at_once_end_once_each(),
        Trigger("billing_lock_books", "SELECT pg_advisory_xact_lock", "SELECT hashint8"),
    ),
    guard(
        "a refund without an end",
        lambda _: test_rules_of_kinds.test_more_than_was_captured_is_never_given_back(
            open_workspace("one", "professional", credits=100)
        ),
        Trigger("billing_check_transfer", "transfer.amount > coalesce", "false AND transfer.amount > coalesce"),
    ),
    guard(
        "a key that fits any body",
        lambda _: test_idempotency.test_another_body_under_a_used_key_is_refused(open_workspace("one", "starter")),
        Code(generation.services.idempotency, "digest not in (key.body_digest, key.raw_digest)", "False"),
    ),
    guard(
        "a bucket that does not look how full it is",
        lambda _: test_throttling.test_tokens_come_back_at_the_rate_and_never_above_the_capacity(),
        Code(atelier.accounts.throttling, "bucket.updated_at)) >= 1", "bucket.updated_at)) >= -99"),
    ),
    guard(
        "a relay that always begins with the oldest",
        lambda scene: test_relay.test_one_message_that_cannot_be_sent_does_not_stop_the_others(
            Mailbox(scene.folder / "mailbox")
        ),
        Code(atelier.messaging.outbox.relay, ", failures, id LIMIT", ", id LIMIT"),
    ),
]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_without_it_a_test_turns_red(guard: Guard, committed: Postgres, settings: Settings, tmp_path: Path) -> None:
    prove(guard, committed.superuser_url, settings, tmp_path)
