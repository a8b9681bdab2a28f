"""What the contract of kinds is tried with: a body of each kind, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Example:
    """`body` is accepted for `credits` and gives pictures of `sizes`; `echo` and `adds` are parts of the resource."""

    kind: str
    path: str
    limit: str
    body: dict[str, Any]
    credits: int
    sizes: tuple[tuple[int, int], ...]
    prompts: tuple[str, ...]
    roles: tuple[str | None, ...]
    adds: dict[str, Any]
    request: str
    answer: str
    old_request: dict[str, Any]
    old_spec: dict[str, Any]


IMAGE = Example(
    kind="image",
    path="/generate",
    limit="generate",
    body={"prompt": "a red apple", "count": 2, "dimensions": {"width": 64, "height": 64}, "faceCorrection": "off"},
    credits=2,
    sizes=((64, 64), (64, 64)),
    prompts=("a red apple", "a red apple"),
    roles=(None, None),
    adds={},
    request="GenerationRequest",
    answer="Generation",
    old_request={
        "prompt": "a red apple",
        "negative_prompt": "",
        "style": None,
        "generation_type": None,
        "model": None,
        "width": 64,
        "height": 64,
        "quality": "standard",
        "count": 2,
        "seed": 7,
        "guidance_scale": None,
        "format": "png",
        "face_correction": "off",
        "metadata": {"order": 7},
        "deadline_seconds": 600,
        "webhook": None,
    },
    old_spec={
        "prompt": "a red apple",
        "negative_prompt": "",
        "style": None,
        "generation_type": "standard",
        "model": "tiny",
        "model_revision": "1",
        "width": 64,
        "height": 64,
        "native_width": 64,
        "native_height": 64,
        "quality": "standard",
        "steps": 20,
        "count": 2,
        "seed": 7,
        "guidance_scale": None,
        "format": "png",
        "face_correction": "off",
    },
)
"""Its old row is that of the release before kinds."""

CARD = Example(
    kind="card",
    path="/cards",
    limit="cards",
    body={"title": "Fruit", "words": ["apple", "pear", "plum"]},
    credits=4,
    sizes=((64, 64), (72, 64), (80, 64)),
    prompts=("a card with apple", "a card with pear", "a card with plum"),
    roles=("apple", "pear", "plum"),
    adds={"title": "Fruit"},
    request="CardRequest",
    answer="Card",
    old_request={"words": ["apple", "pear", "plum"], "metadata": {"order": 7}, "glitter": True},
    old_spec={
        "kind": "card",
        "model": "tiny",
        "format": "png",
        "face_correction": "off",
        "glitter": True,
        "steps": 20,
        "count": 3,
        "shots": [
            {
                "index": index,
                "role": word,
                "prompt": f"a card with {word}",
                "seed": 7,
                "width": width,
                "height": 64,
                "native_width": width,
                "native_height": 64,
                "glitter": True,
            }
            for index, (word, width) in enumerate((("apple", 64), ("pear", 72), ("plum", 80)))
        ],
    },
)
"""Its old row lacks members that the kind has now, and has some that it knows no more."""
