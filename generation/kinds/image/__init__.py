"""Images of one prompt: POST /generate."""

from __future__ import annotations

from atelier.accounts.throttling import Limit
from generation.kinds.image.body import GenerationRequest, upgrade
from generation.kinds.image.plan import plan
from generation.kinds.kind import Kind
from generation.pipeline.spec import IMAGE

KIND = Kind(
    name=IMAGE,
    path="generate",
    operation="generate",
    title="Generate images",
    description=(
        "Accepts a request, holds its credits and answers at once. Follow `links.events`, poll `links.self`, or wait "
        "here."
    ),
    limit=Limit("generate", capacity=10, amount=10, period=60),
    body=GenerationRequest,
    plan=plan,
    upgrade=upgrade,
)
