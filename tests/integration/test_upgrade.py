"""A database as a release left it is migrated with the code of today, then read, verified and used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from atelier import __version__
from atelier.accounts.models import Workspace
from atelier.core.db.tenancy import across
from atelier.evidence import verify_ledger
from atelier.stacks.postgres import DATABASE, Postgres
from billing.selectors import list_unbalanced_accounts, trial_balance
from generation import runner
from generation.catalog import get_catalog
from generation.engines.local import LocalEngines
from generation.models import Generation
from generation.runner import run_link
from generation.services.presence import announce_worker
from generation.services.recovery import reap
from generation.services.scheduling import dispatch_next
from tests.integration.generation.api.caller import Caller
from tests.support.releases import SEALING_KEY, client_key, dump_schema, load, manage, released, restore
from tests.support.releases.story import COMPLETED, IDEMPOTENCY_KEY
from tests.support.stories import ALL_GPU, age, outcome, query, start
from tests.support.vandals import vandal_of

CATALOGUE = Path(__file__).parents[1] / "support" / "models.toml"
LINKS = ("prompt", "diffusion", "encode")


@pytest.fixture(scope="module", params=released())
def release(request: pytest.FixtureRequest, postgres: Postgres) -> Iterator[str]:
    """A version; its database, migrated with the code of today, is there as `released`."""
    restore(postgres, request.param, "released")
    yield request.param
    postgres.drop_database("released")


@pytest.fixture
def upgraded(
    release: str, committed: Postgres, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[str]:
    """A copy of the release's database is the one that this process works with; its owner's URL."""
    settings.ATELIER_SEALING_KEYS = [SEALING_KEY]
    settings.ATELIER_LEDGER_HEADS = str(tmp_path / "heads.jsonl")
    monkeypatch.setenv("ATELIER_LEDGER_HEADS", settings.ATELIER_LEDGER_HEADS)  # for commands: other tests leave heads
    settings.ATELIER_MODELS_FILE = CATALOGUE
    settings.ATELIER_RATE_LIMITS = False
    get_catalog.cache_clear()
    engines = LocalEngines(get_catalog(), settings.ATELIER_MODELS_DIR, 10**9)
    monkeypatch.setattr(runner, "get_engines", lambda: engines)
    owner_url = committed.create_database("upgraded", template="released")
    _work_with("upgraded")
    with across("tests"):
        yield owner_url
    _work_with(DATABASE)
    committed.drop_database("upgraded")
    get_catalog.cache_clear()


def _work_with(name: str) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = name


@pytest.fixture
def client(upgraded: str, release: str) -> Caller:
    """The customer with the key of before the upgrade; workers are there, and a minute has passed."""
    for generation in Generation.objects.filter(completed_at=None):
        ((seconds,),) = query("SELECT extract(epoch FROM now() - %s)::float", generation.created_at)
        age(generation, 60 - seconds)
    for number in range(1, 6):
        announce_worker(name=f"gpu-{number}", queues=ALL_GPU, models=["quick"])
    return Caller(Workspace.objects.get(name="studio"), client_key(release))


def run_to_the_end(generation_id: str) -> Generation:
    """Dispatch until it is this one's turn, and draw it."""
    query("UPDATE generation_generation SET not_before = NULL WHERE id = %s RETURNING 1", generation_id)
    while Generation.objects.get(id=generation_id).status == "queued":
        assert dispatch_next()
    generation = Generation.objects.get(id=generation_id)
    fence = start(generation)
    for link in LINKS:
        run_link(generation_id=generation_id, fence=fence, stage=link, worker="gpu-1")
    return Generation.objects.get(id=generation_id)


def find(status: str) -> Generation:
    return Generation.objects.filter(workspace__name="studio").get(status=status)


def test_this_version_has_a_dump() -> None:
    """After a change of the first migrations it is made again: python -m tests.support.releases."""
    assert __version__ in released()


def test_an_upgraded_database_is_a_new_one(upgraded: str, committed: Postgres) -> None:
    copies = {"new": DATABASE, "again": "upgraded"}  # a condition may be written otherwise after a dump
    try:
        for copy, source in copies.items():
            load(committed, dump_schema(committed, source), copy)
        assert dump_schema(committed, "again") == dump_schema(committed, "new")
    finally:
        for copy in copies:
            committed.drop_database(copy)


def test_its_books_are_verified(upgraded: str) -> None:
    told = verify_ledger()
    assert (told["findings"], told["differences"]) == ([], {})
    assert (trial_balance(), list_unbalanced_accounts()) == (0, [])
    assert all(told["rows"][chain] > 0 for chain in ("transfer", "hold", "outcome", "audit"))
    told = json.loads(manage(upgraded, "verify_ledger", "--json"))
    assert told["findings"] == []


def test_a_changed_row_of_before_is_found(upgraded: str, committed: Postgres) -> None:
    """So the verification does not pass because it reads nothing."""
    with vandal_of(committed.superuser_url.replace(f"/{DATABASE}", "/upgraded")) as vandal:
        vandal.execute("UPDATE billing_transfer SET amount = amount + 1 WHERE kind = 'grant'")
    assert verify_ledger()["findings"] != []


def test_a_client_reads_what_it_had(client: Caller) -> None:
    listed = client.get("/projects").json()["projects"]
    assert {one["status"] for one in listed} == {"completed", "failed", "cancelled", "processing", "queued"}
    for one in listed:
        shown = client.get(f"/projects/{one['generationId']}")
        assert shown.status_code == 200, shown.content
        assert shown.json()["request"]["prompt"]
    completed = find("completed")
    assert len(client.get(f"/projects/{completed.id}").json()["images"]) == 2
    again = client.post(COMPLETED, Idempotency_Key=IDEMPOTENCY_KEY)
    assert (again.status_code, again.json()["generationId"]) == (202, completed.id)
    assert client.get("/account/ledger").status_code == client.get("/account/usage").status_code == 200


def test_what_waited_is_drawn(client: Caller) -> None:
    waiting = find("queued")
    assert run_to_the_end(waiting.id).status == "completed"
    assert outcome(waiting) == ("completed", 1, 0, 1)


def test_what_ran_is_taken_up_again(client: Caller, settings: Settings) -> None:
    running = find("running")
    settings.ATELIER_LEASE_SECONDS = 0.1
    age(running, 120)
    assert reap() == 1
    settings.ATELIER_LEASE_SECONDS = 60
    assert run_to_the_end(running.id).status == "completed"
    assert outcome(running) == ("completed", 1, 0, 1)


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_what_had_failed_is_asked_for_again_with_its_webhook(client: Caller, status: str) -> None:
    source = find(status)
    answer = client.post({}, f"/projects/{source.id}/retry")
    assert answer.status_code == 202, answer.content
    copy = run_to_the_end(answer.json()["generationId"])
    assert copy.status == "completed"
    assert (copy.webhook is None) == (source.webhook is None)
    told = verify_ledger()
    assert (told["findings"], told["differences"]) == ([], {})


def test_something_new_is_asked_for_and_paid(client: Caller) -> None:
    before = client.get("/account").json()["balance"]
    copy = run_to_the_end(client.generate(count=2))
    assert outcome(copy) == ("completed", 2, 0, 1)
    assert client.get("/account").json()["balance"] == before - 2
