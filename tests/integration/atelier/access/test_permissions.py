"""Every operation of the document, for every role: only those who have its permission get past the door."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from atelier.accounts.models import Membership
from atelier.accounts.permissions import ALL, PERMISSIONS, ROLES, granted
from atelier.accounts.services import create_api_key
from tests.integration.atelier.access.operations import Operation, list_operations
from tests.integration.generation.api.caller import BASE, Caller, code
from tests.support.stories import open_workspace, query, start_worker

OPERATIONS = list_operations()
OPEN = {"GET /openapi.json", "GET /health/live", "GET /health/ready"}
PERSONAL = {
    "GET /my/invitations",
    "DELETE /my/invitations/{invitation_id}",
    "POST /my/invitations/{invitation_id}/accept",
}
"""For the person who is logged in, who need not belong to a workspace."""


def test_every_operation_names_a_permission_that_exists_or_is_open_to_all() -> None:
    assert {str(one) for one in OPERATIONS if not one.permission} == OPEN | PERSONAL
    assert {one.permission for one in OPERATIONS if one.permission} <= ALL


def test_every_role_holds_permissions_that_exist_and_an_owner_holds_all() -> None:
    assert set().union(*ROLES.values()) <= set(PERMISSIONS)
    assert ROLES["owner"] == ALL


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.permission], ids=str)
def test_only_roles_with_the_permission_get_past_the_door(
    committed: object, no_limits: None, operation: Operation
) -> None:
    workspace = open_workspace()
    start_worker()
    for role, may in ROLES.items():
        key = create_api_key(workspace=workspace, name=role, scopes=sorted(may))[1]
        answer = Caller(workspace, key).call(
            operation.method, operation.address, {} if operation.method in "POST PATCH" else None
        )
        if operation.permission in may:
            assert answer.status_code != 403, (role, answer.content)
        else:
            assert code(answer, 403) == "missing_permission", role
            assert answer.json()["permission"] == operation.permission
    assert query("SELECT count(*) FROM audit_auditentry WHERE actor LIKE 'key_%%'") == [(0,)]


def test_a_key_needs_the_scope_of_the_operation_and_no_other(committed: object, no_limits: None) -> None:
    workspace = open_workspace()
    start_worker()
    for operation in OPERATIONS:
        if not operation.permission:
            continue
        body = {} if operation.method in "POST PATCH" else None
        for scopes, refused in ((ALL - {operation.permission}, True), ({operation.permission}, False)):
            key = create_api_key(workspace=workspace, name="narrow", scopes=sorted(scopes))[1]
            answer = Caller(workspace, key).call(operation.method, operation.address, body)
            assert (answer.status_code == 403) == refused, (operation, scopes, answer.content)
            if refused:
                assert code(answer, 403) == "missing_permission"
                assert answer.json()["permission"] == operation.permission


@pytest.mark.prove
@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_person_may_what_the_table_says_in_every_operation(committed: object, no_limits: None, role: str) -> None:
    person = User.objects.create_user("mira")
    Membership.objects.create(workspace=open_workspace(), user=person, role=role)
    start_worker()
    browser = Client(raise_request_exception=False)
    browser.force_login(person)
    for operation in OPERATIONS:
        body = "{}" if operation.method in "POST PATCH" else ""
        answer = browser.generic(operation.method, BASE + operation.address, body, "application/json" if body else "")
        if operation.permission and operation.permission not in ROLES[role]:
            assert code(answer, 403) == "missing_permission", operation
            assert answer.json()["permission"] == operation.permission
        else:
            assert answer.status_code != 403, (operation, answer.content)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_persons_session_has_the_permissions_of_the_role(committed: object, role: str) -> None:
    person = User.objects.create_user("mira")
    Membership.objects.create(workspace=open_workspace(), user=person, role=role)
    browser = Client()
    browser.force_login(person)
    status = browser.get(f"{BASE}/projects").status_code
    assert (status == 200) == ("generations:read" in ROLES[role])


def test_a_scope_that_does_not_exist_gives_nothing() -> None:
    assert granted(["generations:all", "keys"]) == frozenset()
    assert granted(["*"]) == ALL


@pytest.mark.parametrize(
    ("networks", "address", "status"),
    [
        (["10.0.0.0/8"], "10.1.2.3", 200),
        (["10.0.0.0/8"], "11.1.2.3", 403),
        (["10.0.0.0/8"], "::ffff:10.1.2.3", 200),
        (["2001:db8::/32", "192.0.2.7/32"], "192.0.2.7", 200),
        (["2001:db8::/32"], "2001:db8::1", 200),
        (["2001:db8::/32"], "192.0.2.7", 403),
        (["10.0.0.0/8"], "", 403),
        (["10.0.0.0/8"], "10.1.2.3, 11.1.2.3", 403),
        ([], "11.1.2.3", 200),
    ],
)
def test_a_key_with_networks_is_refused_from_elsewhere(
    committed: object, networks: list[str], address: str, status: int
) -> None:
    _, text = create_api_key(workspace=open_workspace(), name="office", networks=networks)
    headers = {"Authorization": f"Bearer {text}", "X-Forwarded-For": "10.1.2.3"}
    answer = Client(REMOTE_ADDR=address).get(f"{BASE}/account", headers=headers)
    assert answer.status_code == status
