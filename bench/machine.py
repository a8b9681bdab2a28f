"""On what was measured: the machine, the versions, how durable its disk is and how busy it was."""

from __future__ import annotations

import os
import platform
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
import psycopg

from bench.report import percentile

PACKAGES = ("Django", "djangorestframework", "celery", "kombu", "psycopg", "gunicorn", "waitress", "boto3")
SETTINGS = ("server_version", "fsync", "synchronous_commit", "full_page_writes")


def describe_machine() -> dict[str, Any]:
    """Processor, memory, system, versions, and the cost of one durable write."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memoryGiB": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "fdatasyncMs": round(_sync_ms(), 2),
    }


def describe_database(url: str) -> dict[str, str]:
    """The settings of PostgreSQL that decide whether a commit survives a power cut."""
    with psycopg.connect(url) as connection:
        return {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in SETTINGS}


def load_average() -> list[float]:
    """Processes that wanted to run, over 1, 5 and 15 minutes."""
    return [round(value, 2) for value in os.getloadavg()]


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _sync_ms() -> float:
    """Median time of writing one page durably where the benchmarks keep their databases."""
    times = []
    with tempfile.TemporaryFile() as file:
        for _ in range(100):
            begun = time.perf_counter()
            os.pwrite(file.fileno(), b"x" * 8192, 0)
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - begun) * 1000)
    return percentile(times, 50)
