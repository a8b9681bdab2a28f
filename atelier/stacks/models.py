"""The starter model of a fresh installation: tiny untrained weights, made here, where nobody named better ones."""

from __future__ import annotations

import os
import sys

from atelier.stacks.home import PROJECT, Home
from atelier.stacks.process import Command, run_once

FOLDER = "tiny"  # as generation/models.toml names it
OWN_MODELS = ("ATELIER_MODELS_DIR", "ATELIER_MODELS_FILE")


def missing_tiny_model(home: Home) -> bool:
    """True when this installation should have the tiny model and has not."""
    if any(os.environ.get(name) not in (None, "", str(home.models)) for name in OWN_MODELS):
        return False
    return not (home.models / FOLDER / "model_index.json").exists()


def make_tiny_model(home: Home) -> None:
    """Make it in this process. Raises OSError."""
    from generation.engines.tiny import make_tiny_model as make

    make(home.models / FOLDER)


def make_tiny_model_apart(home: Home) -> None:
    """Make it in a process of its own, so that this one stays without torch. Raises ChildFailed."""
    argv = (sys.executable, "-m", "generation.engines.tiny", str(home.models / FOLDER))
    run_once(Command("tiny-model", argv, home.logs / "tiny-model.log", cwd=PROJECT, ready_seconds=120.0))
