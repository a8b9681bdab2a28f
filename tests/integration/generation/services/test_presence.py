"""Workers say that they are alive; who fell silent has no room and, a day later, no say."""

from __future__ import annotations

import pytest

from generation.selectors import list_live_workers, list_served_models
from generation.services.presence import announce_worker, retire_worker
from generation.services.scheduling import list_open_queues
from tests.support.processes import at_once, call
from tests.support.stories import query

pytestmark = pytest.mark.usefixtures("committed")


def silent_for(seconds: int, name: str) -> None:
    moved = "seen_at = clock_timestamp() - %s * interval '1 second'"
    query(f"UPDATE generation_worker SET {moved} WHERE name = %s RETURNING 1", seconds, name)


def live() -> set[str]:
    return {worker.name for worker in list_live_workers()}


def test_a_worker_is_live_for_twenty_seconds_after_each_word() -> None:
    announce_worker(name="gpu", queues=["gpu.basic"], models=["tiny"])
    silent_for(19, "gpu")
    assert live() == {"gpu"}
    silent_for(21, "gpu")
    assert live() == set()
    announce_worker(name="gpu", queues=["gpu.basic"], models=["tiny"])
    assert live() == {"gpu"}


def test_it_says_what_it_serves_and_may_change_its_mind() -> None:
    announce_worker(name="gpu", queues=["gpu.basic"], models=["tiny"])
    assert list_open_queues(list_live_workers()) == {"basic"}
    announce_worker(name="gpu", queues=["gpu.basic", "gpu.priority"], models=["tiny", "large"])
    assert list_open_queues(list_live_workers()) == {"basic", "priority"}
    assert list_served_models() == {"tiny", "large"}


def test_a_worker_that_stops_has_no_capacity_at_once() -> None:
    announce_worker(name="gpu", queues=["gpu.basic"], models=["tiny"])
    retire_worker(name="gpu")
    retire_worker(name="gpu")
    assert list_open_queues(list_live_workers()) == set()


def test_models_are_known_for_a_day_so_that_a_restart_of_workers_refuses_nobody() -> None:
    assert list_served_models() is None
    announce_worker(name="gpu", queues=["gpu.basic"], models=["tiny"])
    silent_for(86_000, "gpu")
    assert list_served_models() == {"tiny"}
    silent_for(86_500, "gpu")
    assert list_served_models() is None


def test_who_was_silent_for_a_day_is_forgotten_when_another_comes() -> None:
    announce_worker(name="old", queues=["gpu.basic"], models=["tiny"])
    silent_for(86_500, "old")
    announce_worker(name="new", queues=["gpu.basic"], models=["tiny"])
    assert query("SELECT name FROM generation_worker") == [("new",)]


def test_eight_processes_of_one_name_are_one_worker() -> None:
    outcomes = at_once([call(announce_worker, name="gpu", queues=["gpu.basic"], models=["tiny"])] * 8)
    assert {one.error for one in outcomes} == {""}
    assert query("SELECT count(*) FROM generation_worker") == [(1,)]
