"""Who may import whom."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import PROJECT, imports, python_files

PURE = {*sys.stdlib_module_names, "numpy", "PIL", "cv2"}
NOT_PURE = {"time", "random", "secrets", "datetime", "socket", "subprocess", "urllib", "threading", "os", "http"}
HEAVY = ("torch", "diffusers", "transformers", "cv2", "ncnn", "numpy", "generation.engines", "generation.runner")


def test_the_contracts_of_setup_cfg_are_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [linter, "--config", "setup.cfg", "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout


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
