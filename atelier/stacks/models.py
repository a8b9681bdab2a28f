"""Whether the starter model that ships with Atelier is whole, looked at before a stack starts."""

from __future__ import annotations

import os

from atelier.stacks.home import PROJECT
from atelier.stacks.process import StackError
from generation.weights import find_fault

FOLDER = PROJECT / "generation" / "starter" / "model"


def check_starter_model() -> None:
    """Raises StackError with what to do, unless the operator names a catalogue of their own."""
    if os.environ.get("ATELIER_MODELS_FILE"):
        return
    fault = find_fault(FOLDER) if FOLDER.is_dir() else "the folder generation/starter/model is missing: restore it."
    if fault:
        raise StackError(f"The starter model is not whole: {fault}")
