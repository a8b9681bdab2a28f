"""The one configuration file of the starter model, read and typed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("config.toml")


@dataclass(frozen=True, slots=True)
class Config:
    """What config.toml says, by its tables."""

    seed: int
    side: int
    styles: tuple[str, ...]
    sources: dict[str, str]
    judge_sources: dict[str, str]
    concepts: dict[str, Any]
    dictionary: dict[str, list[str]]
    aliases: dict[str, str]
    network: dict[str, int]
    training: dict[str, float]
    drawing: dict[str, float]


@cache
def read_config(path: Path = FILE) -> Config:
    """The configuration. Raises `TypeError` for a missing or unknown table."""
    values = tomllib.loads(path.read_text("utf-8"))
    return Config(**{**values, "styles": tuple(values["styles"])})
