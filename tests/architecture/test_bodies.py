"""One class a body: a view reads the body that its operation documents, and answers have classes too."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from atelier.core.http.bodies import Answer, Body
from atelier.core.http.documentation import json_schema
from atelier.site import openapi
from generation.api.components import CHOICES
from tests.architecture.source import PRODUCT, calls, imports, python_files, tree_of

HTTP = "atelier/core/http/"
OF_A_KIND = {"submit", "submit(kind)"}
"""The view of submissions and its operation: both take the class from the row of a kind, as another test sees."""
CODES = {"Problem"}
"""`code` of a problem lists every code of the service, which its class cannot know."""


def views() -> Iterator[tuple[Path, ast.FunctionDef, str]]:
    """(file, method, name of its operation or "") of every method that an entry of `operations` documents, or that
    reads a body."""
    for path in python_files(*PRODUCT):
        if str(path).startswith(HTTP):
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef):
                decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
                names = [name.removeprefix("operations.") for name in decorators if name.startswith("operations.")]
                if names or "request.data" in ast.unparse(node):
                    yield path, node, "".join(names)


def documented_bodies(operations: Path) -> dict[str, str]:
    """The class that each operation of a module names as its body; "" without one."""
    found = {}
    for node in tree_of(operations).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            bodies = [ast.unparse(word.value) for word in node.value.keywords if word.arg == "body"]
            found[ast.unparse(node.targets[0])] = bodies[0] if bodies else ""
    return found


def parsed_bodies(method: ast.FunctionDef) -> list[str]:
    """The classes whose `parse` a method gives the body of its request."""
    calls = [node for node in ast.walk(method) if isinstance(node, ast.Call)]
    return [
        ast.unparse(call.func).removesuffix(".parse")
        for call in calls
        if ast.unparse(call).endswith(".parse(request.data)")
    ]


def test_every_view_parses_the_body_that_its_operation_documents() -> None:
    wrong, found = {}, 0
    for path, method, operation in views():
        if path.parts[0] == "generation" and (operation or method.name) in OF_A_KIND:
            continue
        documented = documented_bodies(path.with_name("operations.py"))[operation] if operation else ""
        found += bool(documented)
        once = ast.unparse(method).count("request.data") == bool(documented)
        if parsed_bodies(method) != ([documented] if documented else []) or not once:
            wrong[f"{path}:{method.lineno}"] = (documented, parsed_bodies(method))
    assert wrong == {}
    assert found >= 11


def test_submissions_document_and_parse_the_class_of_their_kind() -> None:
    texts = {
        name: [
            ast.unparse(node)
            for node in ast.walk(tree_of(Path("generation/api") / name))
            if isinstance(node, ast.FunctionDef) and node.name == "submit"
        ]
        for name in ("views.py", "operations.py")
    }
    assert ["kind.body.parse(members)" in text for text in texts["views.py"]] == [True]
    assert ["body=kind.body" in text for text in texts["operations.py"]] == [True]


def test_no_two_classes_of_bodies_share_the_name_of_a_component() -> None:
    names = [model.__name__ for model in {*_ours(Answer), *_ours(Body)}]
    assert sorted(names) == sorted(set(names))


def test_every_component_of_the_document_is_the_schema_of_a_class() -> None:
    document = openapi.build_openapi()
    classes = _parts(Answer, request=False) | _parts(Body, request=True)
    for name, component in document["components"]["schemas"].items():
        if name not in CODES | set(CHOICES):
            assert component == classes.get(name), name
    problem = document["components"]["schemas"]["Problem"]
    assert problem["properties"].pop("code").pop("x-extensible-enum")
    assert problem["required"] == ["type", "title", "status", "detail", "instance", "code", "requestId"]
    assert classes["Problem"]["properties"].pop("code") and problem == classes["Problem"]


def _parts(base: type[Any], *, request: bool) -> dict[str, Any]:
    """Name to JSON Schema of every class of ours, and of the classes inside it."""
    found: dict[str, Any] = {}
    for model in _ours(base):
        schema = json_schema(model, request=request)
        found |= schema.pop("$defs", {}) | {model.__name__: schema}
    return found


def _ours(base: type[Any]) -> Iterator[type[Any]]:
    for model in base.__subclasses__():
        if not model.__module__.startswith("tests."):
            yield model
        yield from _ours(model)


def test_a_member_that_may_be_null_says_so_with_anyof() -> None:
    text = json.dumps(_parts(Answer, request=False))
    assert '{"anyOf": [{"' in text and ', {"type": "null"}]' in text
    assert not re.search(r'"type": \[|"nullable":', text)


def outside_http() -> list[Path]:
    return [path for path in python_files(*PRODUCT) if not str(path).startswith(HTTP)]


def test_times_are_read_in_one_module() -> None:
    readers = ("fromisoformat", "strptime")
    found = [f"{path}:{node.lineno}" for path in outside_http() for name, node in calls(path) if name.endswith(readers)]
    assert found == [], "use atelier.core.http.times"


def test_json_pointers_are_built_in_one_module() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path in outside_http()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and node.value in ("~0", "~1")
    ]
    assert found == [], "use atelier.core.http.pointers"


def test_cursors_are_written_in_one_module() -> None:
    edges = [path for path in outside_http() if "api" in path.parts or path.stem in ("pages", "paging")]
    found = [str(path) for path in edges if {"base64", "binascii"} & set(imports(path))]
    assert found == [], "use atelier.core.http.paging"
    assert len(edges) > 10
