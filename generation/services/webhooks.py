"""The webhook of one generation, as its row keeps it: the secret sealed for that row."""

from __future__ import annotations

from typing import Any

from atelier.messaging.webhook_secrets import open_hook_secret, seal_hook_secret
from generation.kinds.submission import GenerationWebhook


def seal_for(generation_id: str, webhook: GenerationWebhook | None) -> dict[str, Any] | None:
    """What a client gave, for the row of `generation_id`: {url, events, secret where there is one}."""
    if webhook is None:
        return None
    return _sealed(generation_id, webhook.model_dump(by_alias=True), webhook.secret)


def reseal_for_retry(webhook: dict[str, Any] | None, source_id: str, generation_id: str) -> dict[str, Any] | None:
    """The webhook in the row of `source_id`, for the row of the generation that tries it again."""
    if webhook is None or not webhook.get("secret"):
        return webhook
    return _sealed(generation_id, webhook, open_hook_secret(source_id, webhook["secret"]))


def _sealed(generation_id: str, shown: dict[str, Any], secret: str) -> dict[str, Any]:
    return shown | ({"secret": seal_hook_secret(generation_id, secret)} if secret else {})
