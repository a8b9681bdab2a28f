"""The engines of one worker: loaded on first use by the catalogue's dotted paths, and kept."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from generation.engines.cache import EngineCache
from generation.pipeline.catalog import Catalog, ModelEntry, ToolEntry, UnknownModel
from generation.pipeline.engines import Loaded, Role, TextToImage
from generation.pipeline.stage import StageFailed

NO_LIMIT = 2**63
T = TypeVar("T")


class LocalEngines:
    """`Engines` in this process. Safe for threads: every engine locks itself.

    Models share `cache_bytes`, the least recently used leaves first. Tools are small,
    needed by nearly every generation, and stay outside that bound, so that a large model cannot push them out.
    """

    def __init__(self, catalog: Catalog, models_dir: Path, cache_bytes: int) -> None:
        self._catalog = catalog
        self._models_dir = models_dir
        self._models: EngineCache[Any] = EngineCache(cache_bytes)
        self._tools: EngineCache[Any] = EngineCache(NO_LIMIT)

    def text_to_image(self, model: str) -> Loaded[TextToImage]:
        """The engine of `model`. Raises `StageFailed` unknown_model, or what its adapter raises."""
        try:
            entry = self._catalog.model(model)
        except UnknownModel as error:
            message = f"This worker does not know the model {model!r}."
            raise StageFailed("unknown_model", message, retryable=True) from error  # another worker may
        # By revision too, so that another catalogue's weights of the same name are never taken for these.
        key = (entry.name, entry.revision)
        return self._models.get(key, lambda: self._load(entry), self._expected_bytes(entry))

    def tool(self, role: Role[T]) -> Loaded[T]:
        """The engine that the catalogue has for `role`. Raises what its adapter raises."""
        entry = self._catalog.tools[role.name]
        return self._tools.get(role, lambda: self._load(entry))

    def _load(self, entry: ModelEntry | ToolEntry) -> Any:
        """Call the adapter `module:function` with the entry and the models' directory."""
        module, _, function = entry.adapter.partition(":")
        return getattr(import_module(module), function)(entry, self._models_dir)

    def _expected_bytes(self, entry: ModelEntry) -> int:
        """Bytes of the weight files on disk, to make room before loading; 0 for a model from a hub."""
        folder = entry.path(self._models_dir)
        return 0 if folder is None else sum(path.stat().st_size for path in folder.rglob("*.safetensors"))
