"""manage.py starter: make the starter model, from its data to its figures."""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

ACTIONS = ("build-data", "train", "cool-down", "export", "train-judge", "evaluate", "sample")
MADE_BY = {
    "pictures.npz": "build-data",
    "concepts.json": "build-data",
    "judge.npz": "build-data",
    "checkpoint.pt": "train",
    "judge.pt": "train-judge",
    "style-judge.pt": "train-judge",
}
"""Which action makes the file that another one needs."""


class Command(BaseCommand):
    help = (
        "Make the starter model: " + ", ".join(ACTIONS) + ". Everything is decided in generation/starter/config.toml."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = argparse.ArgumentDefaultsHelpFormatter
        parser.add_argument("action", choices=ACTIONS)
        parser.add_argument("--data", type=Path, default=settings.BASE_DIR / ".atelier" / "starter", help="work folder")
        parser.add_argument("--minutes", type=_positive, default=120.0, help="train, train-judge: how long")
        parser.add_argument("--processes", type=_count, default=2, help="train: one a core")
        parser.add_argument("--steps", type=_count, default=400, help="cool-down: steps until the rate is nothing")
        parser.add_argument("--prompt", default="a red apple", help="sample: what to draw")
        parser.add_argument("--out", type=Path, default=Path("starter.png"), help="sample, evaluate: the picture")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            from generation.starter import work  # torch takes seconds: not for --help

            options["data"].mkdir(parents=True, exist_ok=True)
            self.stdout.write(str(work.run(options["action"], options)))
        except ModuleNotFoundError as error:
            raise CommandError(f"The package {error.name} is missing: install requirements/starter.txt.") from error
        except FileNotFoundError as error:
            raise CommandError(_say_missing(error)) from error
        except subprocess.CalledProcessError as error:
            last = (error.stderr or "").strip().splitlines()[-1:] or ["it said nothing"]
            raise CommandError(f"{' '.join(error.cmd)} failed: {last[0]}") from error
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error


def _say_missing(error: FileNotFoundError) -> str:
    if str(error.filename).startswith("npm"):
        return f"{error.filename} is missing: the drawings come from its registry. Install Node.js."
    path = Path(str(error.filename))
    action = MADE_BY.get(path.name)
    return f"There is no {path}" + (f": run `manage.py starter {action}` first." if action else ".")


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number over 0")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1 on")
    return value
