"""What a fresh installation holds: a workspace with credits, its API key, an admin. `python -m atelier.stacks.seed`

Run as a program it reads SEED_API_KEY and SEED_ADMIN_PASSWORD and prints the API key that is valid now.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from atelier.accounts.models import Workspace

WORKSPACE, TIER = "Demo", "studio"
CREDITS = 1000
LOW_WATER = 100  # below so many credits a start of the stack adds CREDITS, once a day


def seed(*, api_key: str, admin_password: str, admin_user: str) -> str:
    """Make what is missing; the API key, `api_key` itself while it is still good. Needs django.setup()."""
    from django.db import transaction

    from atelier.accounts.services import create_workspace
    from atelier.core.db.tenancy import across
    from atelier.management.commands.create_operator import make_operator

    with across("command"), transaction.atomic():
        workspace = create_workspace(name=WORKSPACE, tier=TIER)
        _top_up(workspace.id)
        make_operator(name=admin_user, password=admin_password)
        return api_key if _is_good(api_key) else _new_key(workspace)


def _top_up(workspace_id: str) -> None:
    from billing.selectors import get_balance
    from billing.services.grants import grant_credits

    if get_balance(workspace_id).available < LOW_WATER:
        day = datetime.now(UTC).date().isoformat()
        grant_credits(
            workspace_id=workspace_id, amount=CREDITS, idempotency_key=f"seed:{workspace_id}:{day}", note="local stack"
        )


def _is_good(text: str) -> bool:
    from atelier.accounts.keys import parse_key
    from atelier.accounts.models import ApiKey

    key = parse_key(text)
    return key is not None and ApiKey.objects.filter(digest=key.digest, revoked_at=None).exists()


def _new_key(workspace: Workspace) -> str:
    from atelier.accounts.services import create_api_key

    _, text = create_api_key(workspace=workspace, name="local stack")
    return text


def main() -> None:
    """Seed the database that the environment names."""
    import django

    django.setup()
    from atelier.stacks.secrets import ADMIN_USER

    password = os.environ["SEED_ADMIN_PASSWORD"]
    print(seed(api_key=os.environ.get("SEED_API_KEY", ""), admin_password=password, admin_user=ADMIN_USER))


if __name__ == "__main__":
    main()
