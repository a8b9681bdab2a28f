"""Artifacts between stages: frames and files in storage, named by their fence and verified by SHA-256 when read."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from generation.pipeline.registry import stages_of
from generation.pipeline.spec import Spec
from generation.pipeline.stage import File, Frame
from storage.services import BlobMissing, StoredImage, get_artifact, put_artifact, store_image

KEEP_BYTES = 128 * 1024 * 1024
"""Products of a stage that stay in memory for the next stage of the same link, in bytes."""

Artifact = dict[str, Any]
"""index, kind (frame or file), key, sha256, and for files format, width, height and size_bytes."""


class ArtifactDamaged(Exception):
    """The blob `key` is missing or does not have its SHA-256."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Items(Sequence[Frame | File]):
    """The products of a stage, loaded one by one; recent small ones come from memory."""

    def __init__(self, artifacts: Sequence[Artifact], recent: dict[str, Frame | File]) -> None:
        self.artifacts = list(artifacts)
        self._recent = recent

    def __len__(self) -> int:
        return len(self.artifacts)

    def __getitem__(self, position: Any) -> Any:
        if isinstance(position, slice):
            return [self[index] for index in range(*position.indices(len(self)))]
        return self.load(self.artifacts[position])

    def __iter__(self) -> Iterator[Frame | File]:
        return (self.load(artifact) for artifact in self.artifacts)

    def load(self, artifact: Artifact) -> Frame | File:
        """The product of an artifact. Raises `ArtifactDamaged`, or storage's errors."""
        kept = self._recent.get(artifact["key"])
        return kept if kept is not None else load(artifact)


class Checkpoint:
    """Stores the products of the stages of one claim of a generation."""

    def __init__(self, workspace_id: str, generation_id: str, fence: int) -> None:
        self._place = {"workspace_id": workspace_id, "generation_id": generation_id}
        self._fence = fence
        self._recent: dict[str, Frame | File] = {}

    def store(self, stage: str, product: Frame | File, before: Items) -> Artifact:
        """Store a product. A frame that the stage passed on unchanged keeps its artifact."""
        for artifact in before.artifacts:
            if self._recent.get(artifact["key"]) is product:
                return artifact
        artifact = self._store_file(product) if isinstance(product, File) else self._store_frame(stage, product)
        self._cache(artifact["key"], product)
        return artifact

    def _store_frame(self, stage: str, frame: Frame) -> Artifact:
        buffer = io.BytesIO()
        np.save(buffer, np.ascontiguousarray(frame.pixels), allow_pickle=False)
        content = buffer.getvalue()
        key = put_artifact(**self._place, fence=self._fence, stage=stage, index=frame.index, content=content)
        return {"key": key, "sha256": hashlib.sha256(content).hexdigest(), "index": frame.index, "kind": "frame"}

    def _store_file(self, file: File) -> Artifact:
        """A file is what is delivered, so it is stored under its asset key at once and not copied later."""
        stored = store_image(
            workspace_id=self._place["workspace_id"],
            source_id=self._place["generation_id"],
            ordinal=file.index,
            content=file.content,
            format=file.format,
            width=file.width,
            height=file.height,
        )
        described = asdict(stored)
        return {"index": described.pop("ordinal"), "kind": "file", **described}

    def items(self, artifacts: Sequence[Artifact]) -> Items:
        """The products behind `artifacts`."""
        return Items(artifacts, self._recent)

    def _cache(self, key: str, product: Frame | File) -> None:
        if _size(product) + sum(_size(kept) for kept in self._recent.values()) <= KEEP_BYTES:
            self._recent[key] = product

    def drop_all_but(self, artifacts: Sequence[Artifact]) -> None:
        """Drop the other products from memory: no later stage reads them."""
        wanted = {artifact["key"] for artifact in artifacts}
        self._recent = {key: product for key, product in self._recent.items() if key in wanted}


def stored_image(artifact: Artifact) -> StoredImage:
    """The image of a file's artifact, ready to be recorded as an asset."""
    names = ("key", "sha256", "size_bytes", "width", "height", "format")
    return StoredImage(ordinal=artifact["index"], **{name: artifact[name] for name in names})


def latest_artifacts(results: dict[str, list[Artifact]], spec: Spec, stage: str) -> list[Artifact]:
    """The artifacts of the last stage before `stage` that has any, else an empty list; `results` are by stage."""
    names = stages_of(spec)
    earlier = names[: names.index(stage)]
    return next((results[name] for name in reversed(earlier) if results.get(name)), [])


def load(artifact: Artifact) -> Frame | File:
    """Load one product. Raises `ArtifactDamaged` if it is missing or its SHA-256 differs."""
    try:
        content = get_artifact(artifact["key"])
    except BlobMissing as error:
        raise ArtifactDamaged(artifact["key"]) from error
    if hashlib.sha256(content).hexdigest() != artifact["sha256"]:
        raise ArtifactDamaged(artifact["key"])
    if artifact["kind"] == "frame":
        return Frame(artifact["index"], np.load(io.BytesIO(content), allow_pickle=False))
    return File(artifact["index"], content, artifact["format"], artifact["width"], artifact["height"])


def _size(product: Frame | File) -> int:
    return len(product.content) if isinstance(product, File) else product.pixels.nbytes
