"""The one shape of an image that clients are shown: in HTTP answers, lists and webhooks alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from atelier.core.http.times import rfc3339
from generation.kinds import find_kind
from generation.models import Generation
from generation.pipeline.spec import Spec
from storage.selectors import list_assets
from storage.services import AssetExpired, link_asset


def describe_images(assets: Iterable[Any], spec: Spec) -> list[dict[str, Any]]:
    """The images of a generation in the order of `assets`, with links that begin to live now.

    One whose retention ends in this very second is left out.
    """
    return [image for asset in assets if (image := _describe(asset, spec))]


def list_images(workspace_id: str, generation_id: str) -> list[dict[str, Any]]:
    """The images of one of the workspace's generations; none where there is no such generation. Two queries."""
    generation = Generation.objects.filter(workspace_id=workspace_id, id=generation_id).only("spec").first()
    if generation is None:
        return []
    return describe_images(list_assets([generation_id])[generation_id], generation.plan_spec)


def _describe(asset: Any, spec: Spec) -> dict[str, Any] | None:
    try:
        link = link_asset(asset)
    except AssetExpired:
        return None
    shot, kind = spec.shots[asset.ordinal], find_kind(spec.kind)
    image = {
        "id": asset.id,
        "url": link.url,
        "width": asset.width,
        "height": asset.height,
        "format": asset.format,
        "sizeBytes": asset.size_bytes,
        "sha256": asset.sha256,
        "seed": shot.seed,
        "expiresAt": rfc3339(link.expires_at),
        "safety": None,
        "quality": None,
    }
    return image | (dict(kind.describe_image(shot)) if kind else {})
