"""What there is before the first recorded request: workspaces, keys, people, generations, a name server."""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta

from django.contrib.auth import get_user_model
from django.test import Client

from atelier.accounts.models import ApiKey, Membership, Workspace
from atelier.accounts.services import create_api_key, revoke_api_key
from atelier.core.cached import Cached
from generation.models import Generation
from generation.services.completion import fail_generation
from generation.services.presence import announce_worker
from tests.support.nameserver import NameServer
from tests.support.stories import ALL_GPU, age, open_workspace, send_off, settle, walk_to

PUBLIC = "93.184.216.34"
TWO_DAYS = 2 * 86_400
"""So old, a generation says nothing about how long the next one will take."""

Callers = dict[str, dict[str, str]]


def forget_everything() -> None:
    """Clear the values that this process cached in another test."""
    for value in [one for one in gc.get_objects() if type(one) is Cached]:  # isinstance wakes dead weak references
        value.clear()


def open_names(names: NameServer) -> None:
    """Where the hosts of webhooks lead. Nothing is ever sent there."""
    names.names |= {"public.example": [PUBLIC], "inside.example": ["10.0.0.1"], "mixed.example": [PUBLIC, "10.0.0.1"]}


def open_scene() -> tuple[Callers, dict[str, str]]:
    """The headers of each caller, and the values that paths name."""
    announce_worker(name="gpu-1", queues=ALL_GPU, models=["tiny", "english"])
    main = open_workspace("recorded")
    known = _draw(main)
    callers = _open_keys(main) | _seat_people(main)
    for name, tier, credits in (
        ("other", "professional", 5),
        ("poor", "professional", 1),
        ("starter", "starter", 9),
        ("limited", "starter", 9),
    ):
        callers[name] = _key(open_workspace(name, tier, credits))
    suspended = open_workspace("suspended", "starter", 0)
    callers["suspended"] = _key(suspended)
    Workspace.objects.filter(id=suspended.id).update(suspended_at=datetime.now(UTC))
    forget_everything()
    return callers, known | {"key": callers["owner"]["Authorization"].removeprefix("Bearer ")}


def _key(workspace: Workspace, name: str = "recorded", **more: object) -> dict[str, str]:
    return {"Authorization": f"Bearer {create_api_key(workspace=workspace, name=name, **more)[1]}"}


def _open_keys(main: Workspace) -> Callers:
    """Keys that may everything, something, nothing, and those that are of no use."""
    ended = datetime.now(UTC) - timedelta(hours=1)
    callers = {
        "owner": _key(main, "owner"),
        "reader": _key(main, "reader", scopes=["generations:read"]),
        "nothing": _key(main, "nothing", scopes=["audit:read"]),
        "keymaker": _key(main, "keymaker", scopes=["keys:read", "keys:write", "members:write"]),
        "elsewhere": _key(main, "elsewhere", networks=["192.0.2.0/24"]),
        "expired": _key(main, "expired", expires_at=ended),
        "revoked": _key(main, "revoked"),
    }
    revoke_api_key(key_id=ApiKey.objects.get(name="revoked").id)
    return callers


def _seat_people(main: Workspace) -> Callers:
    """Ada is the owner, Bob a viewer, Cy has a name here; the sessions of Ada and Bob."""
    ada, bob, _ = (get_user_model().objects.create_user(name) for name in ("ada", "bob", "cy"))
    Membership.objects.create(workspace=main, user=ada, role="owner")
    Membership.objects.create(workspace=main, user=bob, role="viewer")
    return {"session": _log_in(ada), "bob": _log_in(bob)}


def _log_in(person: object) -> dict[str, str]:
    browser = Client()
    browser.force_login(person)
    return {"Cookie": f"sessionid={browser.cookies['sessionid'].value}"}


def _draw(main: Workspace) -> dict[str, str]:
    """A generation that is completed, one that failed, one that a worker draws."""
    completed, fence = send_off(main, count=2, seed=4294967295, width=64, height=64)
    walk_to(completed, fence, "upload")
    assert settle(completed, fence, 2)
    age(completed, TWO_DAYS)
    failed, fence = send_off(main, seed=5)
    assert fail_generation(generation_id=failed.id, fence=fence, code="worker_lost", message="It stopped.")
    running, fence = send_off(main, seed=3)
    walk_to(running, fence, "diffusion")
    Generation.objects.filter(id=running.id).update(step=10, steps=20)
    return {"completed": completed.id, "running": running.id, "failed": failed.id}
