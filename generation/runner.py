"""Runs one link of the chain: the stages of one pool, each between two checkpoints, then passes on."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import lru_cache, partial
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection

from atelier.accounts.selectors import get_tier
from atelier.core.crashpoints import crashpoint
from atelier.core.db.database import DISCONNECTED
from atelier.core.db.tenancy import across, tenant
from generation.catalog import get_catalog
from generation.checkpoints import Artifact, ArtifactDamaged, Checkpoint, latest_artifacts, stored_image
from generation.device import DeviceSlot
from generation.heartbeat import CancelRequested, Heartbeat, LeaseLost, WorkerLeaving
from generation.kinds import find_kind
from generation.pipeline.engines import Engines
from generation.pipeline.registry import BY_NAME, UPLOAD, pool_of, stages_of
from generation.pipeline.stage import Beat, Facts, File, Product, Stage, StageFailed, State
from generation.services.artifacts import discard_results
from generation.services.claims import StageClaim, claim_stage, may_pass_on, record_stage, requeue_claim
from generation.services.completion import cancel_running, fail_generation, settle_generation
from generation.services.progress import report_image
from storage.services import StorageUnavailable

log = logging.getLogger(__name__)
T = TypeVar("T")
UPLOAD_LIMIT_SECONDS = 300
UNKNOWN_HERE = frozenset({"unknown_kind", "unknown_model", "unknown_stage"})
"""What a worker of another release or catalogue may be able to do: the generation goes back, at no cost."""
PATIENCE_SECONDS = 10.0
"""How long a step waits for storage or the database before the generation goes back to the queue."""


def run_link(*, generation_id: str, fence: int, stage: str, worker: str, slot: DeviceSlot | None = None) -> bool:
    """Run `stage` and the stages after it in the same pool. True: the chain goes on; False: it ends here.

    `slot` is this link's use of a device, where its first stage needs one. Safe to run twice: a stage is claimed by a
    guarded update, a finished one passes on.
    """
    with across("worker"):  # whose generation it is, the claim says
        claim = _patiently(lambda: claim_stage(generation_id=generation_id, fence=fence, stage=stage, worker=worker))
        if claim is None:
            return may_pass_on(generation_id=generation_id, fence=fence, stage=stage)
    with tenant(claim.workspace_id):
        return _run_claimed(claim, worker, slot)


def _run_claimed(claim: StageClaim, worker: str, slot: DeviceSlot | None) -> bool:
    generation_id, fence = claim.generation_id, claim.fence
    try:
        _check_known(claim)
        return _Link(claim, worker, slot).run()
    except CancelRequested:
        cancel_running(generation_id=generation_id, fence=fence)
    except LeaseLost:
        log.warning("lost the lease of %s", generation_id, extra={"generation_id": generation_id, "fence": fence})
    except Exception as error:
        _recover(generation_id, fence, error)
    except WorkerLeaving:
        requeue_claim(generation_id=generation_id, fence=fence, code="", message="", counts=False)
    return False


def _check_known(claim: StageClaim) -> None:
    """Raises `StageFailed` for what a newer release has written."""
    if find_kind(claim.spec.kind) is None:
        raise StageFailed("unknown_kind", "This worker does not know what was asked for.", retryable=True)
    if claim.stage not in stages_of(claim.spec):
        raise StageFailed("unknown_stage", f"This worker has no stage {claim.stage!r}.", retryable=True)


def _recover(generation_id: str, fence: int, error: Exception) -> None:
    """End it, or give it back: for storage and database at no cost, for anything else as a spent attempt."""
    log.warning("stage failed: %s", error, exc_info=error, extra={"generation_id": generation_id, "fence": fence})
    if isinstance(error, StageFailed) and not error.retryable:
        _patiently(
            lambda: fail_generation(generation_id=generation_id, fence=fence, code=error.code, message=error.message)
        )
        return
    if isinstance(error, ArtifactDamaged):
        _patiently(lambda: discard_results(generation_id=generation_id, fence=fence, key=error.key))
    code, message, counts = _explain(error)
    _patiently(
        lambda: requeue_claim(generation_id=generation_id, fence=fence, code=code, message=message, counts=counts)
    )


def _explain(error: Exception) -> tuple[str, str, bool]:
    if isinstance(error, StageFailed):
        return error.code, error.message, error.code not in UNKNOWN_HERE
    if isinstance(error, StorageUnavailable):
        return "storage_unavailable", "Storage could not be reached or is full.", False
    if isinstance(error, DISCONNECTED):
        return "database_unavailable", "The database could not be reached.", False
    if isinstance(error, ArtifactDamaged):
        return "artifact_damaged", "What an earlier stage had stored was damaged.", True
    return "internal_error", f"A stage failed ({type(error).__name__}).", True


class _Link:
    """The stages of one message, sharing one checkpoint."""

    def __init__(self, claim: StageClaim, worker: str, slot: DeviceSlot | None) -> None:
        self._claim = claim
        self._worker = worker
        self._slot = slot
        self._checkpoint = Checkpoint(claim.workspace_id, claim.generation_id, claim.fence)
        self._artifacts = latest_artifacts(claim.results, claim.spec, claim.stage)
        self._facts = dict(claim.facts)

    def run(self) -> bool:
        names = stages_of(self._claim.spec)
        for name, following in zip(names, (*names[1:], None), strict=True):
            if names.index(name) < names.index(self._claim.stage):
                continue
            if following is None:
                return self._upload()
            if not self._stage(name, following):
                return False
            if pool_of(following) != pool_of(name):
                return True
        return False

    def _stage(self, name: str, following: str) -> bool:
        """Run one pure stage and record it; False when the claim is lost."""
        stage, started = BY_NAME[name], time.monotonic()
        claim = self._at(name)
        before = self._checkpoint.items(self._artifacts)
        made: list[Artifact] = []
        learned: dict[str, Any] = {}
        with Heartbeat(claim, stage.time_limit_seconds) as beat:
            crashpoint(f"stage.{name}.started")
            with closing(self._products(stage, State(self._facts, before), beat)) as products:
                for product in products:
                    if isinstance(product, Facts):
                        learned |= product.values
                        continue
                    made.append(_patiently(partial(self._checkpoint.store, name, product, before)))
                    if isinstance(product, File):
                        report_image(claim, product.index)
            crashpoint(f"stage.{name}.stored")
            beat.check()
        self._facts |= learned
        self._artifacts = made or self._artifacts
        self._checkpoint.drop_all_but(self._artifacts)
        return _patiently(
            lambda: record_stage(
                claim,
                next_stage=following,
                hand_over=pool_of(following) != pool_of(name),
                artifacts=made,
                facts=learned,
                duration_ms=_since(started),
                worker=self._worker,
            )
        )

    def _products(self, stage: Stage, state: State, beat: Heartbeat) -> Generator[Product]:
        """Of a link's stages on a device the first one runs in its slot; those after it need the device little."""

        def run(beat: Beat) -> Iterator[Product]:
            return stage.run(state, self._claim.spec, get_engines(), beat)

        if self._slot is not None and stage.name == self._claim.stage:
            yield from self._slot.run(run, beat)
        else:
            yield from run(beat)

    def _upload(self) -> bool:
        """See that storage has every file as it was made, then settle."""
        claim, started = self._at(UPLOAD), time.monotonic()
        with Heartbeat(claim, UPLOAD_LIMIT_SECONDS) as beat:
            crashpoint("stage.upload.started")
            files = self._checkpoint.items(self._artifacts)
            for position in range(len(files)):
                _patiently(partial(files.__getitem__, position))  # in memory since it was stored, or read and checked
                beat(position + 1, len(files))
            crashpoint("stage.upload.stored")
        images = [stored_image(artifact) for artifact in self._artifacts]
        tier = get_tier(claim.workspace_id)
        _patiently(
            lambda: settle_generation(
                generation_id=claim.generation_id,
                fence=claim.fence,
                images=images,
                retention_days=tier.retention_days,
                worker=self._worker,
                duration_ms=_since(started),
            )
        )
        return False

    def _at(self, name: str) -> StageClaim:
        claim = self._claim
        return StageClaim(claim.generation_id, claim.workspace_id, claim.fence, name, claim.spec, self._facts)


def _patiently(work: Callable[[], T]) -> T:
    """Retry storage and the database for ten seconds, then let the error through."""
    until, pause = time.monotonic() + PATIENCE_SECONDS, 0.1
    while True:
        try:
            return work()
        except (StorageUnavailable, *DISCONNECTED) as error:
            if isinstance(error, DISCONNECTED):
                connection.close()
            if time.monotonic() + pause > until:
                raise
            time.sleep(pause)
            pause = min(pause * 2, 2.0)


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


@lru_cache(maxsize=1)
def get_engines() -> Engines:
    """This process's engines, loaded on first use and kept. Only workers call this."""
    from generation.engines.local import LocalEngines

    return LocalEngines(get_catalog(), settings.ATELIER_MODELS_DIR, settings.ATELIER_ENGINE_CACHE_BYTES)
