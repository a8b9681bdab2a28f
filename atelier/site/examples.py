"""Examples in the OpenAPI document: what "Try it out" offers, and an answer of each operation."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("examples.json")


@cache
def read_examples() -> dict[str, dict[str, Any]]:
    """The file: `bodies` and `answers` by the names of operations, `webhooks` by the names of events."""
    found: dict[str, dict[str, Any]] = json.loads(FILE.read_text("utf-8"))
    return found


def add_examples(document: dict[str, Any]) -> None:
    """Give each operation of the document its examples."""
    examples = read_examples()
    for group in document["paths"].values():
        for operation in group.values():
            name = operation["operationId"]
            if name in examples["bodies"] and "requestBody" in operation:
                operation["requestBody"]["content"]["application/json"]["example"] = examples["bodies"][name]
            for status, answer in examples["answers"].get(name, {}).items():
                for media_type, example in answer.items():
                    operation["responses"][status]["content"][media_type]["example"] = example
