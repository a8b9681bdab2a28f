"""The people and workers of the tests' stories, acting through the product's own services."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, transaction
from pydantic.alias_generators import to_camel

from atelier.accounts.models import Workspace
from atelier.accounts.services import create_workspace
from billing.selectors import list_unbalanced_accounts, trial_balance
from billing.services.grants import grant_credits
from generation.kinds import image
from generation.kinds.image.body import GenerationRequest
from generation.models import Generation
from generation.pipeline.registry import pool_of, stages_of
from generation.services.acceptance import submit_generation
from generation.services.claims import StageClaim, claim_generation, claim_stage, record_stage
from generation.services.completion import settle_generation
from generation.services.idempotency import Answer, Key
from generation.services.presence import announce_worker
from generation.services.scheduling import dispatch_next
from storage.services import StoredImage, store_image

ALL_GPU = ("gpu.priority", "gpu.standard", "gpu.basic")
TIMES = (
    "created_at",
    "target_at",
    "deadline_at",
    "not_before",
    "dispatched_at",
    "started_at",
    "lease_expires_at",
    "waiting_since",
)


def open_workspace(name: str = "one", tier: str = "studio", credits: int = 1000) -> Workspace:
    """A workspace with credits."""
    workspace = create_workspace(name=name, tier=tier)
    if credits:
        grant_credits(workspace_id=workspace.id, amount=credits, idempotency_key=f"start:{name}")
    return workspace


def start_worker(name: str = "gpu-1", queues: tuple[str, ...] = ALL_GPU) -> None:
    """A worker says that it is there."""
    announce_worker(name=name, queues=queues, models=["tiny"])


def wish(*, width: int = 256, height: int = 256, **members: Any) -> GenerationRequest:
    """A body of POST /generate by Python's names: small and of one image unless `members` say otherwise."""
    given = {"prompt": "a red apple", "seed": 1} | members
    sent = {to_camel(name): value for name, value in given.items()}
    return GenerationRequest.parse(sent | {"dimensions": {"width": width, "height": height}})


def order(workspace: Workspace, key: Key | None = None, **members: Any) -> Answer:
    """The workspace asks for a picture; the answer it gets."""
    return submit_generation(workspace=workspace, actor="key_test", kind=image.KIND, body=wish(**members), key=key)


def submit(workspace: Workspace, *, key: Key | None = None, **members: Any) -> Generation:
    """The workspace asks for a picture; the generation that was queued."""
    return Generation.objects.get(id=json.loads(order(workspace, key, **members).body)["generationId"])


def submit_many(workspace: Workspace, count: int, **asked: Any) -> list[Generation]:
    """`count` requests of a workspace, one commit."""
    with transaction.atomic():
        return [submit(workspace, **asked) for _ in range(count)]


def drain() -> int:
    """Dispatch until nothing can start; how many."""
    count = 0
    while dispatch_next():
        count += 1
    return count


def dispatch_all() -> list[str]:
    """Dispatch until nothing can start; the ids of all that are dispatched, in the order in which they were."""
    drain()
    return [
        row
        for (row,) in query("SELECT id FROM generation_generation WHERE status = 'dispatched' ORDER BY dispatched_at")
    ]


def start(generation: Generation) -> int:
    """A dispatched generation is claimed; its fence."""
    claimed = claim_generation(generation_id=generation.id)
    assert claimed is not None
    return claimed.fence


def send_off(workspace: Workspace, **asked: Any) -> tuple[Generation, int]:
    """A generation that a worker has claimed, its first link waiting in a queue; and its fence."""
    generation = submit(workspace, **asked)
    assert dispatch_next()
    return generation, start(generation)


def take(generation: Generation, fence: int, stage: str, worker: str = "worker-1") -> StageClaim | None:
    """A worker takes a stage that waits."""
    return claim_stage(generation_id=generation.id, fence=fence, stage=stage, worker=worker)


def pass_stage(claim: StageClaim, following: str, facts: dict[str, Any] | None = None) -> bool:
    """The stage of `claim` is done and recorded; `following` is next."""
    return record_stage(
        claim,
        next_stage=following,
        hand_over=pool_of(following) != pool_of(claim.stage),
        artifacts=[],
        facts=facts or {},
        duration_ms=5,
        worker="worker-1",
    )


def walk_to(generation: Generation, fence: int, stage: str) -> StageClaim:
    """Run everything before `stage`, and claim it."""
    names = stages_of(generation.plan_spec)
    claim = take(generation, fence, names[0])
    for name, following in zip(names, names[1:], strict=False):
        assert claim is not None
        if name == stage:
            break
        pass_stage(claim, following)
        claim = take(generation, fence, following) or _inherit(claim, following)
    assert claim is not None
    return claim


def _inherit(claim: StageClaim, stage: str) -> StageClaim:
    """The next stage of the same link: its lease is already held."""
    return StageClaim(claim.generation_id, claim.workspace_id, claim.fence, stage, claim.spec, claim.facts)


def paint(generation: Generation, ordinal: int = 0) -> StoredImage:
    """Bytes of an image, kept in storage."""
    content = f"{generation.id} {ordinal}".encode()
    return store_image(
        workspace_id=generation.workspace_id,
        source_id=generation.id,
        ordinal=ordinal,
        content=content,
        format="png",
        width=256,
        height=256,
    )


def delivery(generation: Generation, fence: int, images: int = 1) -> dict[str, Any]:
    """What a worker hands to `settle_generation`: `images` pictures in storage."""
    painted = [paint(generation, ordinal) for ordinal in range(images)]
    return {
        "generation_id": generation.id,
        "fence": fence,
        "images": painted,
        "retention_days": 7,
        "worker": "worker-1",
        "duration_ms": 1,
    }


def settle(generation: Generation, fence: int, images: int = 1) -> bool:
    """The worker delivers `images` pictures."""
    return settle_generation(**delivery(generation, fence, images))


def age(generation: Generation, seconds: float) -> None:
    """Let `seconds` pass for one generation: all its times move back."""
    moved = ", ".join(f"{name} = {name} - %(by)s * interval '1 second'" for name in TIMES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE generation_generation SET {moved} WHERE id = %(id)s", {"by": seconds, "id": generation.id}
        )


def query(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of a SQL statement: what stands in the database, whatever the models say."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def status(generation: Generation) -> str:
    return query("SELECT status FROM generation_generation WHERE id = %s", generation.id)[0][0]


def outcome(generation: Generation) -> tuple[str, int, int, int]:
    """(status, credits captured, credits released, terminal events); and the books must balance."""
    assert trial_balance() == 0
    assert list_unbalanced_accounts() == []
    rows = query(
        """SELECT g.status, o.captured, o.released,
               (SELECT count(*) FROM generation_generationevent e WHERE e.generation_id = g.id AND e.type = 'terminal')
           FROM generation_generation g JOIN billing_hold h ON h.reference = g.id
           LEFT JOIN billing_holdoutcome o ON o.hold_id = h.id WHERE g.id = %s""",
        generation.id,
    )
    assert len(rows) == 1
    return rows[0]
