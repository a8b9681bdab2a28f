"""What a client asks for, checked for form, before prices and limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """The fields of POST /generate with their defaults (spec/api.md). Sizes in pixels, times in seconds."""

    prompt: str
    negative_prompt: str = ""
    style: str | None = None
    generation_type: str | None = None
    model: str | None = None
    width: int = 1024
    height: int = 1024
    quality: str = "standard"
    count: int = 1
    seed: int | None = None
    guidance_scale: float | None = None
    format: str = "png"
    face_correction: str = "auto"
    metadata: dict[str, Any] = field(default_factory=dict)
    deadline_seconds: int = 600
    webhook: dict[str, Any] | None = None
