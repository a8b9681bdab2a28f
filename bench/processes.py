"""What processes take of the machine: processor time, and memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import psutil


class CpuClock:
    """Processor time of each part of a stack, its child processes included, within the `with` block."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = dict(pids)
        self.spent_ms: dict[str, float] = {}

    def __enter__(self) -> CpuClock:
        self._before = {name: _cpu_ms(pid) for name, pid in self._pids.items()}
        return self

    def __exit__(self, *_: object) -> None:
        after = {name: _cpu_ms(pid) for name, pid in self._pids.items()}
        self.spent_ms = {name: _grown(self._before[name], after[name]) for name in after}

    def per(self, count: int) -> dict[str, float]:
        """Milliseconds for each of `count` pieces of work, the parts that took any."""
        shares = {name: round(spent / count, 2) for name, spent in self.spent_ms.items()}
        return {name: share for name, share in shares.items() if share >= 0.05}


def _cpu_ms(pid: int) -> dict[int, float]:
    """By process: a part and its children."""
    spent = {}
    try:
        for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
            times = process.cpu_times()
            spent[process.pid] = (times.user + times.system) * 1000
    except psutil.NoSuchProcess:
        pass
    return spent


def _grown(before: dict[int, float], after: dict[int, float]) -> float:
    return sum(spent - before.get(pid, 0.0) for pid, spent in after.items())


def resident_mb(pid: int) -> float:
    """Resident memory of one process, millions of bytes."""
    return round(psutil.Process(pid).memory_info().rss / 1e6, 1)


def proportional_mb(pid: int) -> float:
    """The same with shared pages split between those who share them (PSS), millions of bytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kib = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return round(kib * 1024 / 1e6, 1)


def loaded_libraries(pid: int, names: tuple[str, ...]) -> list[str]:
    """Those of `names` (torch, cv2, ...) whose native code is mapped into the process."""
    maps = Path(f"/proc/{pid}/maps").read_text()
    return [name for name in names if f"/site-packages/{name}/" in maps]


def child_pids(pid: int) -> list[int]:
    """Process ids of the direct children, such as gunicorn's workers."""
    return [process.pid for process in psutil.Process(pid).children()]
