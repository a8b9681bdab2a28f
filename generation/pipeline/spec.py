"""The spec: everything that decides the pixels of one generation, fixed when it is submitted.

Reading is tolerant: a row of an older release lacks members, and one of a newer release has more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

MAX_SEED = 2**32 - 1
FORMATS = ("png", "jpeg", "webp")
GENERATION_TYPES = ("standard", "photorealistic", "illustration", "book-cover")
STEPS_BY_QUALITY = {"standard": 20, "high": 35, "ultra": 50}
IMAGE = "image"
"""The kind of a spec without one: it was written before there were kinds."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One image of a generation. `index` counts from 0, `role` is its purpose, if the kind has roles.

    `width` x `height` is the delivered size and `native_width` x `native_height` what the model draws, in pixels.
    """

    index: int = 0
    role: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    seed: int = 0
    width: int = 1024
    height: int = 1024
    native_width: int = 1024
    native_height: int = 1024


_SHARED = tuple(member.name for member in fields(Shot) if member.name not in ("index", "role"))
"""Members that a spec without `shots` has once for all images; the seed is that of the first."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One accepted request with every default filled in: what its images share, and one shot for each image.

    `guidance_scale` None means the model's own default. `brief` is data of the kind, JSON values only, for the
    stages that only this kind has.
    """

    generation_id: str
    shots: tuple[Shot, ...]
    model: str
    model_revision: str = ""
    kind: str = IMAGE
    style: str | None = None
    generation_type: str = "standard"
    quality: str = "standard"
    steps: int = STEPS_BY_QUALITY["standard"]
    guidance_scale: float | None = None
    format: str = "png"
    face_correction: str = "auto"
    brief: Mapping[str, Any] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The number of images."""
        return len(self.shots)

    @property
    def seed(self) -> int:
        """The seed of the first image."""
        return self.shots[0].seed

    def to_json(self) -> dict[str, Any]:
        """The JSON of a row. Images that differ only in their seeds are written once, as before there were shots, so
        that a worker of such a release can draw them; `count` is for SQL."""
        members = {member.name: getattr(self, member.name) for member in fields(self) if member.name != "shots"}
        for name, default in (("kind", IMAGE), ("brief", {})):
            if members[name] == default:
                del members[name]
        members["count"] = self.count
        first = self.shots[0]
        if not first.role and self.shots == repeated(first, self.count):
            return members | {name: getattr(first, name) for name in _SHARED}
        return members | {"shots": [asdict(shot) for shot in self.shots]}

    @classmethod
    def from_json(cls, members: Mapping[str, Any]) -> Spec:
        """Read the JSON of any release: unknown members are ignored, missing ones get their defaults.

        Raises KeyError without `generation_id` or `model`, which every release writes.
        """
        known = _known(cls, members) | {"shots": _read_shots(members)}
        return cls(**{"generation_id": members["generation_id"], "model": members["model"]} | known)


def repeated(first: Shot, count: int) -> tuple[Shot, ...]:
    """`count` images of one prompt: image k is drawn from the first seed + k, in 0..2^32-1."""
    return tuple(replace(first, index=k, seed=(first.seed + k) % (MAX_SEED + 1)) for k in range(count))


def _read_shots(members: Mapping[str, Any]) -> tuple[Shot, ...]:
    listed: Sequence[Mapping[str, Any]] = members.get("shots") or ()
    if listed:
        return tuple(Shot(**_known(Shot, shot)) for shot in listed)
    first = Shot(**{name: members[name] for name in _SHARED if name in members})
    return repeated(first, members.get("count", 1))


def _known(kind: type[Any], members: Mapping[str, Any]) -> dict[str, Any]:
    return {member.name: members[member.name] for member in fields(kind) if member.name in members}
