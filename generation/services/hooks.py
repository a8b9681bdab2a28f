"""The webhook of one generation, as its row keeps it: the secret sealed for that row."""

from __future__ import annotations

from typing import Any

from atelier.messaging.webhook_secrets import open_hook_secret, seal_hook_secret


def keep_hook(generation_id: str, hook: dict[str, Any] | None) -> dict[str, Any] | None:
    """What a client gave, for the row of `generation_id`."""
    if hook is None or not hook.get("secret"):
        return hook
    return hook | {"secret": seal_hook_secret(generation_id, hook["secret"])}


def shown_hook(hook: dict[str, Any] | None) -> dict[str, Any] | None:
    """What is shown of it: no secret."""
    return None if hook is None else {"url": hook["url"], "events": hook["events"]}


def move_hook(hook: dict[str, Any] | None, source_id: str, generation_id: str) -> dict[str, Any] | None:
    """The webhook of a generation, for the row of the one that tries it again."""
    if hook is None or not hook.get("secret"):
        return hook
    return keep_hook(generation_id, hook | {"secret": open_hook_secret(source_id, hook["secret"])})
