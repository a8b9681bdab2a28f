"""A queue is counted by its own index, whatever the statistics were taken beside."""

from __future__ import annotations

import psycopg
import pytest

from atelier.stacks.postgres import Postgres
from generation.services.cancellation import cancel_generation
from tests.support.stories import open_workspace, submit

QUESTIONS = (
    "SELECT count(*) FROM generation_generation WHERE status = 'queued' AND queue = 'basic' AND workspace_id = '{}'",
    "SELECT queue, workspace_id, count(*) FROM generation_generation WHERE status = 'queued' GROUP BY 1, 2",
)
ENDED = """
INSERT INTO generation_generation SELECT copy.* FROM generation_generation g, generate_series(1, 5000) AS number,
    LATERAL jsonb_populate_record(g, jsonb_build_object('id', 'gen_' || number)) AS copy
"""


@pytest.mark.parametrize("question", QUESTIONS)
def test_statistics_of_an_empty_queue_lead_nobody_through_all_that_lives(committed: Postgres, question: str) -> None:
    with psycopg.connect(committed.superuser_url, autocommit=True) as connection:
        workspace = open_workspace()
        cancel_generation(workspace_id=workspace.id, generation_id=submit(workspace).id, actor="key")
        connection.execute("SET session_replication_role = replica")
        connection.execute(ENDED)
        connection.execute("VACUUM ANALYZE generation_generation")
        submit(workspace)
        connection.execute("SET enable_seqscan = off")
        plan = "\n".join(line for (line,) in connection.execute("EXPLAIN " + question.format(workspace.id)).fetchall())
    assert "generation_queue" in plan
