"""A worker's side: links of the chain run for real, one image from prompt to asset, with what can go wrong between."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.db import OperationalError
from pytest_django import Settings

from generation import heartbeat, runner
from generation.engines.local import LocalEngines
from generation.models import Generation, StageResult
from generation.pipeline.catalog import load_catalog
from generation.runner import run_link
from generation.services.artifacts import sweep_artifacts
from generation.services.cancellation import cancel_generation
from generation.services.claims import claim_generation, requeue_claim
from generation.services.recovery import reconcile
from generation.services.scheduling import dispatch_next
from storage.backend import get_blobs
from storage.services import store_image
from tests.support.stories import open_workspace, outcome, query, send_off, start, start_worker

pytestmark = pytest.mark.usefixtures("committed", "no_limits")
PROJECT = Path(__file__).parents[3]
DRAWN_AS_IT_IS = {"width": 64, "height": 64, "face_correction": "off"}
LINKS = ("prompt", "diffusion", "encode")


@pytest.fixture(autouse=True)
def world(committed: object, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """One worker, with an engine that draws gradients under the name of the starter model."""
    start_worker()
    catalog = load_catalog(PROJECT / "tests" / "support" / "models.toml", settings.ATELIER_STYLES_FILE)
    engines = LocalEngines(catalog, settings.ATELIER_MODELS_DIR, 10**9)
    monkeypatch.setattr(runner, "get_engines", lambda: engines)
    monkeypatch.setattr(runner, "PATIENCE_SECONDS", 0.3)


@pytest.fixture
def sent() -> tuple[Generation, int]:
    """A generation of three images whose first link waits. Its model is the quick one of the tests' catalogue."""
    generation, fence = send_off(open_workspace(), count=3, **DRAWN_AS_IT_IS)
    query('UPDATE generation_generation SET spec = spec || \'{"model": "quick"}\' RETURNING 1')
    return generation, fence


def run(generation: Generation, fence: int, *links: str) -> list[bool]:
    return [run_link(generation_id=generation.id, fence=fence, stage=link, worker="w") for link in links or LINKS]


def try_again(generation: Generation) -> int:
    query("UPDATE generation_generation SET not_before = NULL WHERE id = %s RETURNING 1", generation.id)
    assert dispatch_next()
    return start(generation)


def stages() -> Counter[str]:
    return Counter(StageResult.objects.values_list("stage", flat=True))


def trouble() -> tuple[str, int, str]:
    return query("SELECT status, attempt, error_code FROM generation_generation")[0]


@pytest.mark.parametrize(
    ("member", "value", "code"), [("model", "newer", "unknown_model"), ("kind", "poster", "unknown_kind")]
)
def test_what_this_worker_does_not_know_goes_back_at_no_cost(
    member: str, value: str, code: str, sent: tuple[Generation, int]
) -> None:
    """A newer web process or worker wrote it; another worker will take it, however often this one has to pass."""
    generation, fence = sent
    for _ in range(4):  # more often than there are attempts
        query("UPDATE generation_generation SET spec = spec || %s RETURNING 1", json.dumps({member: value}))
        run(generation, fence, *(("prompt", "diffusion") if member == "model" else ("prompt",)))
        assert trouble() == ("queued", 0, code)
        fence = try_again(generation)
    query(
        "UPDATE generation_generation SET spec = spec || %s RETURNING 1",
        json.dumps({"model": "quick", "kind": "image"}),
    )
    run(generation, fence)
    assert outcome(generation)[0] == "completed"


def test_a_stage_that_this_worker_does_not_know_goes_back_at_no_cost(sent: tuple[Generation, int]) -> None:
    generation, fence = sent
    query("UPDATE generation_generation SET stage = 'matting' RETURNING 1")
    run(generation, fence, "matting")
    assert trouble() == ("queued", 0, "unknown_stage")


def test_a_kind_that_this_worker_does_not_know_is_not_claimed(sent: tuple[Generation, int]) -> None:
    generation, fence = sent
    requeue_claim(generation_id=generation.id, fence=fence, code="", message="", counts=False)
    query("UPDATE generation_generation SET not_before = NULL RETURNING 1")
    assert dispatch_next()
    query("UPDATE generation_generation SET kind = 'poster' RETURNING 1")
    assert claim_generation(generation_id=generation.id) is None
    assert trouble() == ("queued", 0, "")
    assert query("SELECT count(*) FROM generation_slot") == [(0,)]


def test_a_prompt_becomes_delivered_pictures(sent: tuple[Generation, int]) -> None:
    generation, fence = sent
    assert run(generation, fence) == [True, True, False]
    assert outcome(generation) == ("completed", 3, 0, 1)
    assert stages() == {"prompt": 1, "diffusion": 1, "encode": 1, "upload": 1}
    assert query("SELECT ordinal, width, height, format FROM storage_asset ORDER BY ordinal") == [
        (ordinal, 64, 64, "png") for ordinal in range(3)
    ]
    assert query("SELECT count(DISTINCT sha256) FROM storage_asset") == [(3,)]
    told = query("SELECT type, count(*) FROM generation_generationevent GROUP BY type")
    assert dict(told)["image"] == 3
    assert dict(told)["terminal"] == 1


def test_every_link_three_times_is_every_link_once(sent: tuple[Generation, int]) -> None:
    generation, fence = sent
    assert run(generation, fence, *("prompt",) * 3) == [True] * 3
    assert run(generation, fence, *("diffusion",) * 3) == [True] * 3
    assert run(generation, fence, *("encode",) * 3) == [False] * 3
    assert run(generation, fence) == [False] * 3
    assert outcome(generation) == ("completed", 3, 0, 1)
    assert set(stages().values()) == {1}


def test_a_message_of_an_earlier_attempt_runs_nothing(sent: tuple[Generation, int]) -> None:
    generation, fence = sent
    run(generation, fence, "prompt")
    runner.requeue_claim(generation_id=generation.id, fence=fence, code="x", message="x", counts=True)
    later = try_again(generation)
    assert run(generation, fence, "prompt", "diffusion") == [False, False]
    assert run(generation, later, "diffusion", "encode") == [True, False]
    assert outcome(generation) == ("completed", 3, 0, 1)


def test_a_cancel_is_obeyed_between_two_steps(sent: tuple[Generation, int], monkeypatch: pytest.MonkeyPatch) -> None:
    generation, fence = sent
    run(generation, fence, "prompt")
    monkeypatch.setattr(heartbeat, "REPORT_SECONDS", 0.0)
    told = heartbeat.report_step
    steps: list[int] = []

    def cancel_at_step_three(claim: object, step: int, of: int) -> bool | None:
        steps.append(step)
        if step == 3:
            cancel_generation(workspace_id=generation.workspace_id, generation_id=generation.id, actor="key_test")
        return told(claim, step, of)  # type: ignore[arg-type]  # a StageClaim

    monkeypatch.setattr(heartbeat, "report_step", cancel_at_step_three)
    assert run(generation, fence, "diffusion") == [False]
    assert steps == [0, 1, 2, 3]
    assert outcome(generation) == ("cancelled", 0, 3, 1)


def test_a_worker_that_is_told_to_stop_gives_its_work_back_at_no_cost(sent: tuple[Generation, int]) -> None:
    generation, fence = sent
    run(generation, fence, "prompt")
    heartbeat.leaving.set()
    try:
        assert run(generation, fence, "diffusion") == [False]
    finally:
        heartbeat.leaving.clear()
    assert trouble() == ("queued", 0, "")
    assert run(generation, try_again(generation), "diffusion", "encode") == [True, False]
    assert outcome(generation) == ("completed", 3, 0, 1)


def test_a_stage_past_its_time_limit_is_tried_again(
    sent: tuple[Generation, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    generation, fence = sent
    run(generation, fence, "prompt")
    monkeypatch.setattr(runner.BY_NAME["diffusion"], "time_limit_seconds", 0)
    assert run(generation, fence, "diffusion") == [False]
    assert trouble() == ("queued", 1, "stage_timeout")


@pytest.fixture
def no_disk(settings: Settings, tmp_path: Path) -> None:
    """Storage that cannot be written: its folder is a file."""
    (tmp_path / "storage").write_text("not a folder")
    settings.ATELIER_STORAGE_URL = f"file://{tmp_path / 'storage'}"


def test_storage_that_cannot_be_written_costs_no_attempt(sent: tuple[Generation, int], no_disk: None) -> None:
    generation, fence = sent
    run(generation, fence, "prompt")
    assert run(generation, fence, "diffusion") == [False]
    assert trouble() == ("queued", 0, "storage_unavailable")


def test_a_database_that_goes_away_between_claim_and_work_costs_no_attempt(
    sent: tuple[Generation, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    generation, fence = sent
    run(generation, fence, "prompt")

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as patch:
        patch.setattr(runner, "Checkpoint", gone)
        assert run(generation, fence, "diffusion") == [False]
    assert trouble() == ("queued", 0, "database_unavailable")
    assert run(generation, try_again(generation), "diffusion", "encode") == [True, False]


def file_of(stage: str, index: int) -> Path:
    """Where the artifact lies on the local disk."""
    key = StageResult.objects.get(stage=stage).artifacts[index]["key"]
    root = Path(configured.ATELIER_STORAGE_URL.removeprefix("file://"))
    (file,) = (path for path in root.rglob("*") if path.as_posix().endswith(key))
    return file


@pytest.mark.parametrize("damage", ["changed", "cut", "gone"])
def test_a_damaged_artifact_is_made_again_and_never_delivered(sent: tuple[Generation, int], damage: str) -> None:
    generation, fence = sent
    run(generation, fence, "prompt", "diffusion")
    file = file_of("diffusion", 1)
    content = file.read_bytes()
    file.chmod(0o644)
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]) if damage == "changed" else content[:-9])
    assert run(generation, fence, "encode") == [False]
    assert trouble() == ("queued", 1, "artifact_damaged")
    fence = try_again(generation)
    assert run(generation, fence, "diffusion", "encode") == [True, False]
    assert outcome(generation) == ("completed", 3, 0, 1)
    assert query("SELECT stage, fence FROM generation_stageresult ORDER BY stage") == [
        ("diffusion", 2),
        ("encode", 2),
        ("prompt", 1),
        ("upload", 2),
    ]
    query("UPDATE outbox_outboxmessage SET published_at = clock_timestamp() RETURNING 1")
    assert reconcile() == {}


def test_what_an_attempt_that_was_forgiven_stored_is_swept(sent: tuple[Generation, int]) -> None:
    """It counts as the first attempt still, but it is not the first start."""
    generation, fence = sent
    place = {"workspace_id": generation.workspace_id, "source_id": generation.id}
    stray = store_image(**place, ordinal=0, content=b"never recorded", format="png", width=1, height=1)
    requeue_claim(generation_id=generation.id, fence=fence, code="storage_unavailable", message="", counts=False)
    run(generation, try_again(generation))
    assert outcome(generation)[0] == "completed"
    assert Generation.objects.get(id=generation.id).attempt == 1
    sweep_artifacts(generation_id=generation.id)
    assert not get_blobs().exists(stray.key)
    assert [get_blobs().exists(key) for (key,) in query("SELECT key FROM storage_asset")] == [True] * 3


def test_a_single_frame_of_a_first_start_is_swept_by_its_name(sent: tuple[Generation, int]) -> None:
    generation, fence = sent
    query("UPDATE generation_generation SET spec = spec || '{\"count\": 1}' RETURNING 1")
    run(generation, fence)
    (frame,) = {made["key"] for made in StageResult.objects.get(stage="diffusion").artifacts}
    assert get_blobs().exists(frame)
    assert sweep_artifacts(generation_id=generation.id) == 1
    assert not get_blobs().exists(frame)
