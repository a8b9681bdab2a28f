"""Guards of who may see and do what, taken away one by one (see `test_guards`)."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import models
from pytest_django import Settings

import atelier.core.http.origins
from atelier.accounts.authentication import IsAllowed
from atelier.core.db.tenancy import TenantRows
from atelier.stacks.postgres import Postgres
from tests.integration.atelier.access import test_permissions as permissions
from tests.integration.atelier.access.operations import list_operations
from tests.integration.atelier.core.db import test_policies as policies
from tests.mutation.guards import Guard, guard, prove
from tests.mutation.mutants import Code, Method, Wall

NO_POLICY = Wall("generation_generation")
UNFILTERED = Method(TenantRows, "get_queryset", models.Manager.get_queryset)

GUARDS = [
    guard(
        "raw SQL without its policy",
        lambda _: policies.test_raw_sql_can_neither_change_nor_add_a_row_of_another_workspace(policies.open_two()),
        NO_POLICY,
    ),
    guard(
        "queries that name no workspace, and no policy",
        lambda _: policies.test_the_orm_sees_only_the_tenants_rows_whatever_it_asks_for(policies.open_two()),
        UNFILTERED,
        NO_POLICY,
    ),
    guard(
        "a permission that nobody checks",
        lambda _: permissions.test_only_roles_with_the_permission_get_past_the_door(
            None, None, next(one for one in list_operations() if one.permission == "keys:read")
        ),
        Method(IsAllowed, "has_permission", lambda *_: True),
    ),
    guard(
        "a key that may be used from anywhere",
        lambda _: permissions.test_a_key_with_networks_is_refused_from_elsewhere(None, ["10.0.0.0/8"], "11.1.2.3", 403),
        Code(atelier.core.http.origins, "return address is not None and any(", "return True or any("),
    ),
]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_without_it_a_test_turns_red(guard: Guard, committed: Postgres, settings: Settings, tmp_path: Path) -> None:
    prove(guard, committed.superuser_url, settings, tmp_path)


@pytest.mark.parametrize("fallen", [NO_POLICY, UNFILTERED], ids=["no policy", "no filter"])
def test_either_wall_alone_keeps_workspaces_apart_in_the_orm(fallen: Wall | Method, committed: Postgres) -> None:
    two = policies.open_two()
    with fallen.applied(committed.superuser_url):
        policies.test_the_orm_sees_only_the_tenants_rows_whatever_it_asks_for(two)
