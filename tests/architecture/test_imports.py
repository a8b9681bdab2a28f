"""Who may import whom."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from configparser import ConfigParser
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.architecture.source import PRODUCT, PROJECT, imported_modules, imports, modules, python_files

LINTER = Path(sys.executable).with_name("lint-imports")

PURE = {*sys.stdlib_module_names, "numpy", "PIL", "cv2"}
NOT_PURE = {"time", "random", "secrets", "datetime", "socket", "subprocess", "urllib", "threading", "os", "http"}
HEAVY = ("torch", "diffusers", "transformers", "cv2", "ncnn", "numpy", "generation.engines", "generation.runner")


def test_the_contracts_of_setup_cfg_are_kept() -> None:
    run = subprocess.run(
        [LINTER, "--config", "setup.cfg", "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout


def covering() -> dict[str, set[str]]:
    """The packages whose every module must stand in a layer, and the modules that do."""
    configuration = ConfigParser()
    configuration.read(PROJECT / "setup.cfg")
    contracts = [configuration[name] for name in configuration.sections() if name.startswith("importlinter:contract:")]
    return {
        contract["containers"].strip(): set(re.findall(r"\w+", contract["layers"]))
        for contract in contracts
        if contract.getboolean("exhaustive", fallback=False)
    }


def test_every_module_stands_in_a_contract() -> None:
    layers = covering()
    assert set(layers) == {*PRODUCT, "atelier.core"}
    outside = [
        name
        for name in modules(*PRODUCT)
        for package, listed in layers.items()
        if name.startswith(f"{package}.") and name.removeprefix(f"{package}.").partition(".")[0] not in listed
    ]
    assert outside == []


def test_a_module_in_no_layer_breaks_a_contract(tmp_path: Path) -> None:
    """The linter itself says so: this is what `exhaustive` is for."""
    (tmp_path / "setup.cfg").write_text((PROJECT / "setup.cfg").read_text().replace("    db\n", ""))
    run = subprocess.run(
        [LINTER, "--config", tmp_path / "setup.cfg", "--no-cache", "--contract", "inside-core"],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "- atelier.core.db" in run.stdout


def test_no_import_goes_in_a_circle() -> None:
    """Imports for type checking and those inside functions count too."""
    known = modules(*PRODUCT)
    order = TopologicalSorter(
        {name: {other for other in imported_modules(path, known) if other != name} for name, path in known.items()}
    )
    assert len(list(order.static_order())) == len(known)  # raises CycleError, which names the circle


@pytest.mark.parametrize("path", [path for path in python_files("generation") if path.parts[1] == "pipeline"], ids=str)
def test_the_pipeline_knows_no_framework_no_clock_and_no_chance(path: Path) -> None:
    roots = {name for name in imports(path) if not name.startswith("generation.pipeline")}
    tops = {name.partition(".")[0] for name in roots}
    assert tops <= PURE
    assert not tops & NOT_PURE


def test_the_web_process_loads_no_engine() -> None:
    program = f"""
import sys
import atelier.wsgi
from django.urls import get_resolver
def walk(patterns):
    for pattern in patterns:
        walk(getattr(pattern, "url_patterns", []))
walk(get_resolver().url_patterns)
print(*[name for name in sys.modules if name in {HEAVY!r} or name.startswith("generation.engines.")])
"""
    run = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_only_services_selectors_and_models_of_another_app_are_imported() -> None:
    apps = {"billing", "storage", "generation"}
    allowed = ("services", "selectors")
    wrong = [
        f"{path} imports {name}"
        for path in python_files(*apps)
        for name in imports(path)
        if name.partition(".")[0] in apps - {path.parts[0]} and name.split(".")[1] not in allowed
    ]
    assert wrong == []
