"""The starter model: how long one picture takes when it is loaded, and what a process with it holds."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

from atelier.stacks.home import PROJECT
from bench.report import Result, spread
from bench.session import Session

STEPS, ROUNDS, LONGEST_MS, LARGEST_MB = 24, 12, 1000, 1500
_WORK = f"""
import json, resource, time
from pathlib import Path
import generation
from generation.engines.local import LocalEngines
from generation.pipeline.catalog import load_catalog
from generation.pipeline.engines import FACE_FINDER, UPSCALER, DrawRequest
home = Path(generation.__file__).parent
engines = LocalEngines(load_catalog(home / "models.toml", home / "styles.toml"), home, 10**9)
engine, upscaler = engines.text_to_image("starter").engine, engines.tool(UPSCALER).engine
engines.tool(FACE_FINDER)
quiet = lambda done, total: None
took = []
for seed in range({ROUNDS} + 2):
    begun = time.perf_counter()
    request = DrawRequest("a red apple", "", 64, 64, {STEPS}, None, (seed,))
    picture = next(iter(engine.draw(request, quiet)))
    took.append((time.perf_counter() - begun) * 1000)
upscaler.upscale(picture, 1024, 1024, quiet)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
print(json.dumps({{"took": took[2:], "peak": peak}}))
"""


def measure(session: Session) -> Iterator[Result]:
    """One warm process draws a dozen pictures and enlarges the last one to 1024 pixels."""
    ran = subprocess.run([sys.executable, "-c", _WORK], cwd=PROJECT, capture_output=True, text=True, check=True)
    seen = json.loads(ran.stdout.splitlines()[-1])
    took = spread(seen["took"])
    yield Result(
        f"starter model, one picture of {STEPS} steps",
        {"ms": took},
        f"median at most {LONGEST_MS} ms",
        took["p50"] <= LONGEST_MS,
    )
    figures = {"peakMb": round(seen["peak"])}
    target = f"at most {LARGEST_MB} MB with the upscaler and the face finder"
    yield Result("starter model, memory", figures, target, seen["peak"] <= LARGEST_MB)
