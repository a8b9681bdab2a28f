"""The states of a generation: a closed list, with one word for the client where we have two."""

from __future__ import annotations

import pytest

from generation.pipeline import lifecycle


def test_every_status_is_live_or_terminal_and_never_both() -> None:
    assert set(lifecycle.LIVE) | set(lifecycle.TERMINAL) == set(lifecycle.STATUSES)
    assert not set(lifecycle.LIVE) & set(lifecycle.TERMINAL)
    assert len(lifecycle.STATUSES) == len(set(lifecycle.STATUSES)) == 8


def test_the_client_sees_the_published_list() -> None:
    assert lifecycle.PUBLIC_STATUSES == (
        "queued",
        "processing",
        "completed",
        "failed",
        "blocked",
        "cancelled",
        "expired",
    )
    assert {lifecycle.public_status(status) for status in lifecycle.STATUSES} == set(lifecycle.PUBLIC_STATUSES)


@pytest.mark.parametrize("status", lifecycle.IN_FLIGHT)
def test_dispatched_and_running_are_processing(status: str) -> None:
    assert lifecycle.public_status(status) == "processing"


@pytest.mark.parametrize("status", [lifecycle.QUEUED, *lifecycle.TERMINAL])
def test_the_others_are_what_they_are_called(status: str) -> None:
    assert lifecycle.public_status(status) == status


def test_only_an_end_without_a_picture_that_safety_did_not_stop_can_be_retried() -> None:
    assert set(lifecycle.RETRYABLE) == set(lifecycle.TERMINAL) - {"completed", "blocked"}
