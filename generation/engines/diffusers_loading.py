"""Where a model's files are and how many bytes they take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from generation.engines.libraries import diffusers
from generation.pipeline.catalog import ModelEntry
from generation.pipeline.stage import StageFailed


def find_folder(entry: ModelEntry, models_dir: Path) -> Path:
    """The folder of `entry`, fetched from the hub where it comes from there.

    Raises `StageFailed`: model_broken for a missing folder, model_unavailable (retryable) when the hub gives
    nothing.
    """
    if entry.hub_id:
        return _fetch(entry)
    folder = models_dir / (entry.folder or "")
    if not (folder / "model_index.json").is_file():
        fault = "holds no model_index.json" if folder.is_dir() else "is missing"
        raise StageFailed("model_broken", f"The model {entry.name!r} cannot be loaded: its folder {fault}.")
    return folder


def pipeline_bytes(pipeline: Any) -> int:
    """Bytes of all weights of a loaded diffusers pipeline."""
    modules = [part for part in pipeline.components.values() if isinstance(part, torch.nn.Module)]
    tensors = [tensor for module in modules for tensor in (*module.parameters(), *module.buffers())]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def _fetch(entry: ModelEntry) -> Path:
    """Download the pinned commit, or find it among earlier downloads."""
    try:
        return Path(diffusers.DiffusionPipeline.download(entry.hub_id, revision=entry.revision, use_safetensors=True))
    except Exception as error:  # the hub's client raises its own, requests', and operating system errors
        raise StageFailed(
            "model_unavailable", f"The model {entry.name!r} cannot be fetched from its hub.", retryable=True
        ) from error
