"""What an installation has done before it is upgraded: customers, money and generations in every state."""

from __future__ import annotations

from django.contrib.auth.models import User

from atelier.accounts.models import Membership
from atelier.audit.services import record
from billing.services.adjustments import adjust_credits, decide_adjustment, refund_credits
from billing.services.grants import grant_credits
from generation.models import Generation
from generation.services.completion import fail_generation
from generation.services.presence import announce_worker
from generation.services.scheduling import dispatch_next
from tests.integration.generation.api.caller import Caller
from tests.support.stories import ALL_GPU, open_workspace, query, settle, start, walk_to
from webhooks.signing import make_keys

HOOK = {"url": "https://hooks.example/hook", "secret": make_keys(b"h" * 32).secret, "events": ["generation.completed"]}
COMPLETED = {"prompt": "a red apple", "dimensions": {"width": 64, "height": 64}, "count": 2}
IDEMPOTENCY_KEY = "asked-before-the-upgrade"


def live() -> str:
    """Act it out through the product's own doors; the text of the client's API key."""
    studio = open_workspace("studio", "studio")
    starter = open_workspace("starter", "starter", credits=50)
    Membership.objects.create(workspace=studio, user=User.objects.create_user("owner"), role="owner")
    announce_worker(name="gpu-1", queues=ALL_GPU, models=["quick"])
    client = Caller.of(studio)
    _deliver(client)
    _fail(client)
    client.call("DELETE", f"/projects/{client.generate()}")
    _abandon(client)
    client.generate(prompt="one that waits")
    Caller.of(starter).generate()
    _book(studio.id)
    return client.key


def _deliver(client: Caller) -> None:
    client.post(COMPLETED, Idempotency_Key=IDEMPOTENCY_KEY)
    generation = _running()
    assert settle(generation, generation.fence, images=2)
    refund_credits(
        workspace_id=client.workspace.id,
        reference=generation.id,
        amount=1,
        reason="a stain",
        actor="user:1",
        idempotency_key="refund-1",
    )


def _fail(client: Caller) -> None:
    client.generate(webhook=HOOK)
    generation = _running()
    assert fail_generation(generation_id=generation.id, fence=generation.fence, code="model_broken", message="Broken.")


def _abandon(client: Caller) -> None:
    """A worker has begun, and is not there any more."""
    client.generate(prompt="one that runs")
    _running("prompt")


def _running(stage: str = "upload") -> Generation:
    """The generation that waits is dispatched and claimed, and `stage` runs."""
    assert dispatch_next()
    generation = Generation.objects.get(status="dispatched")
    fence = start(generation)
    walk_to(generation, fence, stage)
    return Generation.objects.get(id=generation.id)


def _book(workspace_id: str) -> None:
    """What happens in the books besides generations."""
    grant_credits(workspace_id=workspace_id, amount=7, idempotency_key="top-up-1", source="top_up", note="a top-up")
    adjustment = adjust_credits(workspace_id=workspace_id, amount=5000, reason="a contract", actor="user:1")
    decide_adjustment(adjustment_id=adjustment.id, actor="user:2", approved=True)
    record(workspace_id=None, actor="user:1", action="tier.changed", subject="starter", facts={"burst": [5, 6]})
    assert query("SELECT count(*) FROM billing_adjustmentdecision") == [(1,)]
