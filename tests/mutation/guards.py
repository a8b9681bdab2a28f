"""A guard, what its absence does to a test, and the play in two acts that shows it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.mutation.mutants import Code, Method, Schema, Trigger, Wall
from tests.support.database import empty
from tests.support.stories import start_worker

RED = (AssertionError, pytest.fail.Exception)
Missing = Code | Method | Schema | Trigger | Wall


@dataclass(frozen=True)
class Scene:
    """What a test may ask for: Django's settings, an empty folder."""

    settings: Settings
    folder: Path


Test = Callable[[Scene], object]


@dataclass(frozen=True)
class Guard:
    """What is taken away, and the test that must notice. `workers` GPU workers are there when it begins."""

    name: str
    test: Test
    missing: tuple[Missing, ...]
    workers: int


def guard(name: str, test: Test, *missing: Missing, workers: int = 1) -> Guard:
    return Guard(name, test, missing, workers)


def play(guard: Guard, scene: Scene) -> None:
    """The test, from an empty database with workers."""
    scene.folder.mkdir()
    scene.settings.ATELIER_RATE_LIMITS = "bucket" in guard.name
    scene.settings.ATELIER_LEASE_SECONDS = 60
    for number in range(guard.workers):
        start_worker(f"gpu-{number}")
    guard.test(scene)


def prove(guard: Guard, superuser_url: str, settings: Settings, folder: Path) -> None:
    """Green as everything is, red without the guard."""
    play(guard, Scene(settings, folder / "whole"))
    empty(superuser_url)
    with contextlib.ExitStack() as gone:
        for part in guard.missing:
            gone.enter_context(part.applied(superuser_url))
        with pytest.raises(RED):
            play(guard, Scene(settings, folder / "without"))
