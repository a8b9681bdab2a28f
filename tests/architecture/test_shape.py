"""The shape of the code: small files, small functions, one stated purpose each."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source import PRODUCT, PROJECT, ours, python_files, tree_of

LONGEST_FILE = 400
LONGEST_FUNCTION = 35
ALL = python_files(*PRODUCT, "tests", "bench")


def text(path: Path) -> str:
    return (PROJECT / path).read_text()


def test_there_is_something_to_look_at() -> None:
    assert len(ALL) > 100


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    assert [f"{path}: {text(path).count(chr(10))}" for path in ALL if text(path).count("\n") > LONGEST_FILE] == []


def test_no_function_is_longer_than_thirty_five_lines() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path in python_files(*PRODUCT)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_every_file_says_first_what_it_is_for() -> None:
    assert [str(path) for path in ALL if text(path).strip() and not ast.get_docstring(tree_of(path))] == []


@pytest.mark.parametrize("word", ["manager", "helper", "util", "processor"])
def test_no_file_or_class_has_a_name_that_says_nothing(word: str) -> None:
    named = [str(path) for path in ALL if word in path.stem.lower()]
    named += [
        f"{path} {node.name}"
        for path in ALL
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef) and word in node.name.lower()
    ]
    assert named == []


def test_nothing_is_put_off() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [str(path) for path in python_files(*PRODUCT, "bench") if marks.search(text(path))]
    assert found == []


def test_every_silenced_warning_says_why() -> None:
    silenced = re.compile(r"#\s*(type: ignore|noqa)(?!.*\(.+\)|.*#.+|\S*\s+\S+)")
    found = [
        f"{path}:{number}"
        for path in python_files(*PRODUCT)
        for number, line in enumerate(text(path).splitlines(), 1)
        if silenced.search(line)
    ]
    assert found == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    home = re.compile(r"(?<![\w.>$}/])/(home|Users|work|workspace)/\w|/root/\.|/var/folders/")
    pictures = {".png", ".jpg", ".webp", ".ico", ".woff2", ".safetensors"}
    here = Path(__file__).relative_to(PROJECT)
    readable = [path for path in ours() if path.suffix not in pictures and path != here]
    assert [str(path) for path in readable if home.search(text(path))] == []


def test_no_file_names_a_package_registry_of_its_own() -> None:
    registry = re.compile(r"--(extra-)?index-url|PIP_INDEX_URL|--trusted-host")
    named = [path for path in ours() if path.parts[0] in ("requirements", "deploy", ".ci") or path.name == "Makefile"]
    assert [str(path) for path in named if registry.search(text(path))] == []
