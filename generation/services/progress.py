"""Progress events for single images."""

from __future__ import annotations

import json

from atelier.core.db.statements import Statement
from generation.services.claims import StageClaim
from generation.services.events import GENERATION_CHANNEL

_REPORT = Statement("""
WITH mine AS (
    SELECT id FROM generation_generation WHERE id = %(id)s AND fence = %(fence)s AND status = 'running' FOR UPDATE
), logged AS (
    INSERT INTO generation_generationevent (generation_id, type, data)
    SELECT id, 'image', %(data)s::jsonb FROM mine RETURNING id
)
SELECT pg_notify(%(channel)s, %(id)s) FROM logged
""")


def report_image(claim: StageClaim, index: int) -> None:
    """Add the event `image`: image `index` (0-based) is stored. Does nothing if the claim is lost."""
    values = {
        "id": claim.generation_id,
        "fence": claim.fence,
        "data": json.dumps({"index": index}),
        "channel": GENERATION_CHANNEL,
    }
    _REPORT.run(values)
