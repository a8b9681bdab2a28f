"""The spec: everything that decides the pixels of one generation, fixed when it is submitted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

MAX_SEED = 2**32 - 1
FORMATS = ("png", "jpeg", "webp")
GENERATION_TYPES = ("standard", "photorealistic", "illustration", "book-cover")
STEPS_BY_QUALITY = {"standard": 20, "high": 35, "ultra": 50}


@dataclass(frozen=True, slots=True)
class GenerationSpec:
    """One accepted request with every default filled in.

    `width` x `height` is the delivered size and `native_width` x `native_height` what the model draws, both in
    pixels. Image k of `count` is drawn from `image_seed(k)`. `guidance_scale` None means the model's own default.
    """

    generation_id: str
    prompt: str
    negative_prompt: str
    style: str | None
    generation_type: str
    model: str
    model_revision: str
    width: int
    height: int
    native_width: int
    native_height: int
    quality: str
    steps: int
    count: int
    seed: int
    guidance_scale: float | None
    format: str
    face_correction: str

    def image_seed(self, index: int) -> int:
        """Seed of image `index` (0-based), in 0..2^32-1."""
        return (self.seed + index) % (MAX_SEED + 1)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> GenerationSpec:
        return cls(**values)
