"""Operators' pages of this app. Importing the modules registers them."""

from generation.admin.generations import GenerationAdmin
from generation.admin.workers import WorkerAdmin

__all__ = ["GenerationAdmin", "WorkerAdmin"]
