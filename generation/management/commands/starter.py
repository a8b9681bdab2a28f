"""manage.py starter: make the starter model, from its data to its figures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

ACTIONS = ("build-data", "train", "cool-down", "export", "train-judge", "evaluate", "sample")


class Command(BaseCommand):
    help = (
        "Make the starter model: " + ", ".join(ACTIONS) + ". Everything is decided in generation/starter/config.toml."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = argparse.ArgumentDefaultsHelpFormatter
        parser.add_argument("action", choices=ACTIONS)
        parser.add_argument("--data", type=Path, default=settings.BASE_DIR / ".atelier" / "starter", help="work folder")
        parser.add_argument("--minutes", type=float, default=120.0, help="train, train-judge: how long")
        parser.add_argument("--processes", type=int, default=2, help="train: one a core")
        parser.add_argument("--steps", type=int, default=400, help="cool-down: steps until the rate is nothing")
        parser.add_argument("--prompt", default="a red apple", help="sample: what to draw")
        parser.add_argument("--out", type=Path, default=Path("starter.png"), help="sample, evaluate: the picture")

    def handle(self, *args: Any, **options: Any) -> None:
        from generation.starter import work  # torch takes seconds: not for --help

        options["data"].mkdir(parents=True, exist_ok=True)
        self.stdout.write(str(work.run(options["action"], options)))
