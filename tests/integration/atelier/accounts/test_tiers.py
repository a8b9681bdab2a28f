"""Tiers are rows: an operator's change is audited, bounded, and obeyed by admission and dispatch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from atelier.accounts import models as accounts
from atelier.accounts.models import TierTerms, Workspace, get_tiers
from atelier.accounts.selectors import get_tier
from atelier.accounts.tiers import DEFAULTS
from generation.services.scheduling import dispatch_next
from tests.integration.generation.api.caller import SMALL, Caller, code
from tests.support.operators import operator
from tests.support.stories import open_workspace, query, start_worker

pytestmark = pytest.mark.usefixtures("committed", "seeded")
PAGE = "/admin/accounts/tierterms/{}/change/"


@pytest.fixture
def seeded(committed: object) -> Iterator[None]:
    """The rows as the migration leaves them."""
    accounts.TIERS.clear()
    TierTerms.objects.all().delete()
    TierTerms.objects.bulk_create([TierTerms(**columns(name)) for name in DEFAULTS])
    yield
    accounts.TIERS.clear()


def columns(name: str) -> dict[str, object]:
    return {column: value for column, value in asdict(DEFAULTS[name]).items() if column != "queue"}


def change(browser: Client, name: str, **figures: object) -> int:
    """An operator sends the form of a tier; the status of the answer: 302 when it was saved."""
    form = {column: "" if value is None else value for column, value in (columns(name) | figures).items()}
    status = browser.post(PAGE.format(name), form).status_code
    accounts.TIERS.clear()
    return status


def test_the_migration_inserts_what_the_document_says() -> None:
    migration = import_module("atelier.accounts.migrations.0002_policies_and_tiers")
    inserted = [dict(zip(migration.NAMES, figures, strict=True)) for figures in migration.TIERS]
    assert inserted == [columns(name) for name in DEFAULTS]


def test_a_tier_without_a_row_has_the_documents_figures() -> None:
    TierTerms.objects.all().delete()
    assert get_tiers() == DEFAULTS


def test_a_workspaces_tier_is_the_row_as_it_is_now() -> None:
    workspace = open_workspace(tier="starter")
    TierTerms.objects.filter(name="starter").update(retention_days=3)
    accounts.TIERS.clear()
    assert get_tier(workspace.id).retention_days == 3
    with pytest.raises(Workspace.DoesNotExist):
        get_tier("wsp_of_nobody")


def test_what_was_read_holds_for_a_while() -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert get_tiers() == get_tiers() == DEFAULTS
    assert len(queries) == 1


def test_a_smaller_side_is_obeyed_and_the_change_is_in_the_audit_trail() -> None:
    start_worker()
    api = Caller.of(open_workspace("one", "starter"))
    large = SMALL | {"dimensions": {"width": 1024, "height": 512}}
    assert api.post(large, "/generate?dryRun=true").status_code == 200
    assert change(operator(), "starter", largest_side=512, monthly_price=900) == 302
    assert code(api.post(large, "/generate?dryRun=true"), 400) == "size_not_allowed"
    assert api.get("/account").json()["limits"]["largestSide"] == 512
    told = query("SELECT subject, facts ->> 'largest_side' FROM audit_auditentry WHERE action = 'tier.changed'")
    assert told == [("starter", "[2048, 512]")]


def test_fewer_places_are_obeyed_by_the_dispatcher() -> None:
    start_worker()
    start_worker("worker-2")
    api = Caller.of(open_workspace("one", "starter"))
    browser = operator()
    assert change(browser, "starter", running_at_once=1) == 302
    for _ in range(2):
        api.generate()
    assert (dispatch_next(), dispatch_next()) == (True, False)
    assert change(browser, "starter", running_at_once=2) == 302
    assert dispatch_next()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("weight", 0),
        ("running_at_once", 0),
        ("jobs_per_hour", 0),
        ("burst", 0),
        ("queue_cap", 0),
        ("target_wait_seconds", 0),
        ("retention_days", 0),
        ("retention_days", 3651),
        ("largest_side", 63),
        ("largest_side", 8193),
        ("burst", -1),
        ("weight", "many"),
    ],
)
def test_figures_that_make_no_sense_are_refused_on_the_form_and_by_the_database(column: str, value: object) -> None:
    assert change(operator(), "starter", **{column: value}) == 200
    assert get_tiers() == DEFAULTS
    if isinstance(value, int):
        with pytest.raises(IntegrityError):
            TierTerms.objects.filter(name="starter").update(**{column: value})


def test_tiers_are_neither_added_nor_removed() -> None:
    browser = operator()
    assert browser.get("/admin/accounts/tierterms/add/").status_code == 403
    assert browser.post("/admin/accounts/tierterms/starter/delete/", {"post": "yes"}).status_code == 403
