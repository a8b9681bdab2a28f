"""From a catalogue entry to a diffusers pipeline in memory, refusing whatever is not complete."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from generation.engines.failures import is_out_of_memory
from generation.engines.libraries import diffusers, transformers
from generation.pipeline.catalog import ModelEntry
from generation.pipeline.stage import StageFailed
from generation.weights import find_fault


def find_folder(entry: ModelEntry, models_dir: Path) -> Path:
    """The folder of `entry`, fetched from the hub where it comes from there.

    Raises `StageFailed`: model_broken for a missing folder, model_unavailable (retryable) when the hub gives
    nothing.
    """
    if entry.hub_id:
        return _fetch(entry)
    folder = entry.path(models_dir) or models_dir
    if not (folder / "model_index.json").is_file():
        fault = "holds no model_index.json" if folder.is_dir() else "is missing"
        raise StageFailed("model_broken", f"The model {entry.name!r} cannot be loaded: its folder {fault}.")
    if damage := find_fault(folder):
        raise StageFailed("model_broken", f"The model {entry.name!r} cannot be loaded: {damage}")
    return folder


def read_pipeline(folder: Path, entry: ModelEntry) -> Any:
    """The pipeline in `folder` on the best device here. Raises `StageFailed` model_broken with the reason.

    Reads safetensors only: a pickle could run code of its author. A missing weight is an error; the libraries would
    fill it with random numbers.
    """
    try:
        return _assemble(folder)
    except Exception as error:  # what a library raises over a broken file is not documented and not one class
        if is_out_of_memory(error):
            raise
        first_line = (str(error).strip() or type(error).__name__).splitlines()[0]
        reason = first_line.replace(str(folder), entry.source)[:200]
        message = f"The model {entry.name!r} cannot be loaded: {reason}"
        raise StageFailed("model_broken", message) from error


def count_bytes(pipeline: Any) -> int:
    """Bytes of all weights of a loaded pipeline."""
    tensors = [tensor for module in _modules(pipeline) for tensor in (*module.parameters(), *module.buffers())]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def _assemble(folder: Path) -> Any:
    device, dtype = _device()
    pipeline = diffusers.DiffusionPipeline.from_pretrained(
        folder, **_read_encoders(folder, dtype), dtype=dtype, use_safetensors=True, local_files_only=True
    )
    if any(tensor.is_meta for module in _modules(pipeline) for tensor in module.parameters()):
        raise ValueError("weights are missing")
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device)


def _read_encoders(folder: Path, dtype: torch.dtype) -> dict[str, Any]:
    """The parts that transformers loads, by name. Loaded here because only so it says which weights it missed."""
    encoders: dict[str, Any] = {}
    for name, (library, class_name) in _parts(folder).items():
        kind: Any = getattr(transformers, class_name, None) if library == "transformers" else None
        if isinstance(kind, type) and issubclass(kind, transformers.PreTrainedModel):
            pair: Any = kind.from_pretrained(
                folder / name, output_loading_info=True, dtype=dtype, use_safetensors=True, local_files_only=True
            )
            encoders[name], report = pair
            if missing := sorted(report["missing_keys"]):
                raise ValueError(f"weights are missing in {name}: {missing[0]}")
    return encoders


def _parts(folder: Path) -> dict[str, tuple[str, str]]:
    """(library, class) of every part that model_index.json names. Raises `ValueError` when one has no files."""
    try:
        index = json.loads((folder / "model_index.json").read_text("utf-8"))
    except ValueError as error:
        raise ValueError(f"model_index.json is not JSON: {error}") from error
    if not isinstance(index, dict) or "_class_name" not in index:
        raise ValueError("model_index.json names no pipeline")
    parts = {
        name: (origin[0], origin[1])
        for name, origin in index.items()
        if isinstance(origin, list) and len(origin) == 2 and origin[0] is not None and not name.startswith("_")
    }
    for name in parts:
        if not (folder / name).is_dir() or not any((folder / name).iterdir()):
            raise ValueError(f"its part {name} is missing")
    return parts


def _modules(pipeline: Any) -> list[torch.nn.Module]:
    return [part for part in pipeline.components.values() if isinstance(part, torch.nn.Module)]


def _device() -> tuple[str, torch.dtype]:
    """CUDA in bfloat16 (float16 on cards without it) where there is one, else the CPU in float32."""
    if not torch.cuda.is_available():
        return "cpu", torch.float32
    return "cuda", torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16


def _fetch(entry: ModelEntry) -> Path:
    """Download the pinned commit, or find it among earlier downloads."""
    try:
        return Path(diffusers.DiffusionPipeline.download(entry.hub_id, revision=entry.revision, use_safetensors=True))
    except Exception as error:  # the hub's client raises its own, requests', and operating system errors
        raise StageFailed(
            "model_unavailable", f"The model {entry.name!r} cannot be fetched from its hub.", retryable=True
        ) from error
