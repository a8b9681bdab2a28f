"""The training: flow matching on several processes, checkpoints that chain, a schedule that can end at any time."""

from __future__ import annotations

import copy
import json
import os
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor, distributed, nn
from tqdm import tqdm

from generation.starter.config import Config
from generation.starter.dataset import over_white, read
from generation.starter.network import StarterNetwork

CHECKPOINT, COOL_DOWN, MEETING = "checkpoint.pt", "cool-down.json", "meeting"
EMA_EVERY, AGREE_EVERY = 4, 20
"""Steps."""
HIGHEST_WEIGHT_AT = 0.1
"""Samples nearer to the picture than this share of noise weigh no more than one at it."""


@dataclass(slots=True)
class Run:
    """One process of a training: its network, optimiser, averaged weights and count of steps."""

    network: StarterNetwork
    average: StarterNetwork
    optimiser: torch.optim.AdamW
    step: int = 0
    samples: int = 0


class Pictures:
    """The training set in memory; `draw` makes a batch of it."""

    def __init__(self, folder: Path, config: Config) -> None:
        pixels, self.codes, _ = read(folder)
        self.pixels = torch.from_numpy(pixels).flatten(0, 1).permute(0, 3, 1, 2).contiguous()
        self.told, self.config = torch.from_numpy(self.codes).flatten(0, 1), config

    def draw(self, count: int, random: torch.Generator) -> tuple[Tensor, Tensor]:
        """(pictures -1..1, codes), some codes shaken, some left out."""
        rule, chosen = self.config.training, torch.randint(len(self.pixels), (count,), generator=random)
        shaken = torch.rand(count, 1, generator=random) * rule["code_noise"]
        code = self.told[chosen] + shaken * torch.randn(count, self.told.shape[1], generator=random)
        code[torch.rand(count, generator=random) < rule["unconditional"]] = 0.0
        return over_white(self.pixels[chosen].float() / 255), code


def train(config: Config, folder: Path, minutes: float, rank: int = 0, ranks: int = 1) -> None:
    """Train for `minutes`, going on from the checkpoint in `folder`. One call a process; `ranks` of them meet."""
    torch.set_num_threads(1)
    if ranks > 1:
        distributed.init_process_group(
            "gloo", f"file://{(folder / MEETING).absolute()}", timeout=timedelta(hours=8), rank=rank, world_size=ranks
        )
    pictures = Pictures(folder, config)
    run = start_run(config, folder)
    random = torch.Generator().manual_seed(config.seed + 1000 * run.step + rank)
    ends = time.monotonic() + 60 * minutes
    saved, going = time.monotonic(), True
    with tqdm(desc="training", unit=" samples", initial=run.samples, disable=rank > 0) as bar:
        while going:
            _set_rate(run, config, folder)
            loss = _step(run, pictures, int(config.training["batch"]), random, ranks)
            bar.update(run.samples - bar.n)
            if run.step % AGREE_EVERY == 0:
                going = _agree(time.monotonic() < ends, ranks)
                bar.set_postfix(step=run.step, loss=f"{loss:.3f}")
            if rank == 0 and (time.monotonic() - saved > config.training["checkpoint_seconds"] or not going):
                save(run, folder)
                saved = time.monotonic()


def plan_cool_down(folder: Path, steps: int) -> int:
    """Let the rate go down over the next `steps` of the training in `folder`, running or not; the first of them.

    Raises `FileNotFoundError` where there is no checkpoint.
    """
    begin = int(torch.load(folder / CHECKPOINT, weights_only=True, mmap=True)["step"])
    plan = {"from_step": begin, "to_step": begin + steps}
    (folder / COOL_DOWN).write_text(json.dumps(plan), "utf-8")
    return begin


def start_run(config: Config, folder: Path) -> Run:
    """A run from the checkpoint in `folder`, or a new one. Raises `ValueError` for a checkpoint that cannot go on."""
    torch.manual_seed(config.seed)
    network = StarterNetwork(**config.network, side=config.side)
    average = copy.deepcopy(network).requires_grad_(False)
    decay = config.training["weight_decay"]
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=decay, betas=(0.9, 0.98), fused=True)
    run = Run(network, average, optimiser)
    if (folder / CHECKPOINT).is_file():
        try:
            _restore(run, torch.load(folder / CHECKPOINT, weights_only=True))
        except (RuntimeError, EOFError, KeyError, UnpicklingError) as error:
            raise ValueError(
                f"{folder / CHECKPOINT} is damaged or of another network than config.toml says: "
                f"move it away to begin anew."
            ) from error
    return run


def _restore(run: Run, stored: dict[str, Any]) -> None:
    run.network.load_state_dict(stored["network"])
    run.average.load_state_dict(stored["average"])
    run.optimiser.load_state_dict(stored["optimiser"])
    run.step, run.samples = stored["step"], stored["samples"]


def save(run: Run, folder: Path) -> None:
    """Write the checkpoint; a death while writing leaves the one before."""
    states = {
        "network": run.network.state_dict(),
        "average": run.average.state_dict(),
        "optimiser": run.optimiser.state_dict(),
    }
    torch.save({**states, "step": run.step, "samples": run.samples}, folder / f"{CHECKPOINT}.new")
    os.replace(folder / f"{CHECKPOINT}.new", folder / CHECKPOINT)


def _set_rate(run: Run, config: Config, folder: Path) -> None:
    """Warm up, hold, and go down linearly once `cool-down.json` says from which step to which."""
    rate = config.training["rate"] * min(1.0, (run.step + 1) / config.training["warm_up_steps"])
    if (folder / COOL_DOWN).is_file():
        cooling = json.loads((folder / COOL_DOWN).read_text("utf-8"))
        passed = (run.step - cooling["from_step"]) / (cooling["to_step"] - cooling["from_step"])
        rate *= max(0.01, 1.0 - max(0.0, passed))
    for group in run.optimiser.param_groups:
        group["lr"] = rate


def _step(run: Run, pictures: Pictures, batch: int, random: torch.Generator, ranks: int) -> float:
    picture, code = pictures.draw(batch, random)
    moment = torch.sigmoid(torch.randn(batch, generator=random) - 0.6)
    share = moment[:, None, None, None]
    noisy = share * picture + (1 - share) * torch.randn(picture.shape, generator=random)
    error = (run.network(noisy, moment, code) - picture).square().mean((1, 2, 3))
    loss = (error / (1 - moment).clamp(min=HIGHEST_WEIGHT_AT).square()).mean()
    run.optimiser.zero_grad()
    loss.backward()
    _share_gradients(run.network, ranks)
    nn.utils.clip_grad_norm_(run.network.parameters(), 1.0, foreach=True)
    run.optimiser.step()
    run.step, run.samples = run.step + 1, run.samples + batch * ranks
    if run.step % EMA_EVERY == 0:
        _average(run, pictures.config.training["ema"])
    return float(loss.detach())


def _share_gradients(network: nn.Module, ranks: int) -> None:
    if ranks == 1:
        return
    gradients = [weight.grad for weight in network.parameters() if weight.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    distributed.all_reduce(flat)
    flat /= ranks
    for gradient, part in zip(gradients, flat.split([gradient.numel() for gradient in gradients]), strict=True):
        gradient.copy_(part.view_as(gradient))


@torch.no_grad()
def _average(run: Run, kept: float) -> None:
    kept = min(kept, 1 - 1 / (run.step * 0.1 + 2)) ** EMA_EVERY
    torch._foreach_lerp_(list(run.average.parameters()), list(run.network.parameters()), 1 - kept)


def _agree(going: bool, ranks: int) -> bool:
    """True while every process wants to go on."""
    answer = torch.tensor([float(going)])
    if ranks > 1:
        distributed.all_reduce(answer, op=distributed.ReduceOp.MIN)
    return bool(answer.item())
