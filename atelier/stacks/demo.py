"""`make demo`: one command from a prompt to a picture, over HTTP, on this machine. `python -m atelier.stacks.demo`

PROMPT, COUNT, STYLE, SIZE and FORMAT come from the environment.
"""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from atelier.stacks.client import Api, Refused
from atelier.stacks.embedded import KIND, EmbeddedStack
from atelier.stacks.envfile import find_live
from atelier.stacks.home import chosen_port, find_home
from atelier.stacks.ports import free_port, is_free
from atelier.stacks.process import StackError
from atelier.stacks.terminal import catch_signals, start_or_give_up

PROMPT = "a red apple"
POLL_SECONDS = 2.0
LONGEST_SECONDS = 900.0
console = Console(highlight=False, soft_wrap=True)


class Interrupted(Exception):
    """The person asked to stop."""


def make_request(environment: Mapping[str, str]) -> dict[str, Any]:
    """The body of POST /generate. Raises Refused when COUNT or SIZE cannot be read; the API judges the rest."""
    body: dict[str, Any] = {"prompt": environment.get("PROMPT", "").strip() or PROMPT}
    count, size = environment.get("COUNT", "").strip(), environment.get("SIZE", "").strip().lower()
    if count:
        if not re.fullmatch(r"[0-9]{1,4}", count):
            raise Refused(f"COUNT={count} is not a number.")
        body["count"] = int(count)
    if size:
        found = re.fullmatch(r"([0-9]{1,6})(?:x([0-9]{1,6}))?", size)
        if found is None:
            raise Refused(f"SIZE={size} is not a size: write 512x768, or 512 for a square.")
        body["dimensions"] = {"width": int(found[1]), "height": int(found[2] or found[1])}
    for name in ("style", "format"):
        if environment.get(name.upper(), "").strip():
            body[name] = environment[name.upper()].strip()
    return body


def main() -> int:
    """Run the demo; 0 when the pictures are on disk."""
    asked = catch_signals()
    try:
        body = make_request(os.environ)
        home = find_home(KIND)
        live = find_live(home.env)
        if live:
            console.print(f"Using the stack that is up on {live['ATELIER_URL']}.")
            return draw(Api(live["ATELIER_URL"], live["ATELIER_API_KEY"]), body, asked)
        return _with_own_stack(body, asked)
    except (StackError, Refused) as error:
        console.print(str(error), style="red", markup=False)
        return 1
    except Interrupted:
        console.print("Stopped. The next start finishes what was begun.")
        return 130


def _with_own_stack(body: dict[str, Any], asked: threading.Event) -> int:
    begun = time.monotonic()
    stack = EmbeddedStack(find_home(KIND), _port())
    with console.status("Starting Atelier: PostgreSQL, web server, scheduler, worker ..."):
        if not start_or_give_up(stack, asked):
            raise Interrupted
    try:
        console.print(f"Atelier is up on {stack.url} after {time.monotonic() - begun:.1f} s.")
        return draw(Api(stack.url, stack.api_key), body, asked)
    finally:
        stack.stop()


def _port() -> int:
    """PORT, else 8000, else any free one: a demo should not fail because of somebody else's server."""
    wanted = chosen_port(0)
    if wanted:
        return wanted
    return 8000 if is_free(8000) else free_port()


def draw(api: Api, body: dict[str, Any], asked: threading.Event) -> int:
    """Send the request, follow it, save what comes; the exit status. Raises Refused, Interrupted."""
    before = api.get("/account")
    accepted = api.post("/generate", body)
    generation_id = accepted["generationId"]
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=console,
    ) as progress:
        follow(api, generation_id, _bar(progress), asked)
    done = api.get(f"/projects/{generation_id}")
    if done["status"] != "completed":
        error = done.get("error") or {}
        raise Refused(f"The generation ended as {done['status']}: {error.get('message', 'no reason was given')}")
    paths = save(api, done, Path.cwd() / "out" / generation_id)
    report(done, paths, before["balance"], api.get("/account")["balance"], find_notes(api, done))
    return 0


def follow(api: Api, generation_id: str, show: Callable[[str, int, int], None], asked: threading.Event) -> None:
    """Call `show(stage, step, steps)` until the generation has ended: by events, by asking when they break off."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        try:
            for kind, content in api.events(f"/projects/{generation_id}/events"):
                if asked.is_set():
                    raise Interrupted
                if kind == "terminal":
                    return
                show(content.get("stage", ""), content.get("step", 0), content.get("steps", 0))
        except (Refused, OSError, ValueError):
            pass  # the stream is a comfort, the resource below is the truth
        if asked.wait(POLL_SECONDS):
            raise Interrupted
        if _poll(api, generation_id, show):
            return
    raise Refused(f"The generation {generation_id} has not ended after {LONGEST_SECONDS:.0f} s.")


def _poll(api: Api, generation_id: str, show: Callable[[str, int, int], None]) -> bool:
    seen = api.get(f"/projects/{generation_id}")
    progress = seen.get("progress") or {}
    show(progress.get("stage") or "", progress.get("step") or 0, progress.get("steps") or 0)
    return bool(seen["isTerminal"])


def _bar(progress: Progress) -> Callable[[str, int, int], None]:
    task = progress.add_task("waiting", total=None)

    def show(stage: str, step: int, steps: int) -> None:
        if not stage:
            return
        label = f"{stage} {step}/{steps}" if steps else stage
        progress.update(task, description=f"{label:<22}", completed=step, total=steps or None)

    return show


def save(api: Api, done: dict[str, Any], folder: Path) -> list[Path]:
    """Download every picture into `folder`; their paths in order."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, image in enumerate(done["images"], start=1):
        path = folder / f"{number}.{image['format']}"
        path.write_bytes(api.download(image["url"]))
        paths.append(path)
    return paths


def find_notes(api: Api, done: dict[str, Any]) -> str:
    """What the model's owner says of it, and what the stages have to say of this request; one line."""
    facts = done.get("metadata") or {}
    models = {model["name"]: model.get("note") for model in api.get("/models")["models"]}
    return " ".join(note for note in (models.get(facts.get("model")), facts.get("note")) if note)


def report(done: dict[str, Any], paths: list[Path], before: int, after: int, notes: str) -> None:
    """Print what was made, from what, how long it took and what it cost (balances in credits)."""
    facts = done.get("metadata") or {}
    stages = ", ".join(f"{name} {ms / 1000:.2f} s" for name, ms in (facts.get("stageMs") or {}).items())
    rows = {
        "Pictures": "\n             ".join(str(path) for path in paths),
        "Seed": str(facts.get("seed", "")),
        "Time": f"{(done.get('processingTimeMs') or 0) / 1000:.2f} s: {stages}",
        "Credits": f"{before} before, {after} after",
        "Model": str(facts.get("model", "")),
        "Note": notes,
        "Next": "`make serve` keeps Atelier running, with its API, the API's documentation and an admin.",
    }
    for name, text in rows.items():
        if text:
            console.print(f"  {name:<10} {text}", markup=False)


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # a thread of a library must not keep a finished demo waiting
