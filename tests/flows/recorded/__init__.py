"""The table of requests whose answers are recorded, by topic, in the order in which they are sent."""

from __future__ import annotations

from tests.flows.recorded import access, books, edges, generate, projects, values, webhooks

ASKS = [*values.ASKS, *generate.ASKS, *projects.ASKS, *books.ASKS, *access.ASKS, *webhooks.ASKS, *edges.ASKS]
