"""The actions of `manage.py starter`, each from the configuration and a work folder to files and one line of text."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path
from typing import Any

import torch

from generation.starter import dataset, evaluation, export, judge, style_judge, training
from generation.starter.config import read_config
from generation.starter.grid import sheet
from generation.starter.pipeline import Drawing, StarterPipeline
from generation.starter.sentences import shared_sentences


def run(action: str, options: dict[str, Any]) -> str:
    """Do `action` and say what came of it."""
    torch.set_num_threads(1)  # one process a core: several threads a process cost more than they bring
    return str(_ACTIONS[action](options))


def _build_data(options: dict[str, Any]) -> str:
    config = read_config()
    dataset.build(config, options["data"])
    judge.build(config, options["data"])
    return f"The drawings are in {options['data']}."


def _train(options: dict[str, Any]) -> str:
    ranks, folder = options["processes"], options["data"]
    (folder / training.MEETING).unlink(missing_ok=True)
    arguments = [(read_config(), folder, options["minutes"], rank, ranks) for rank in range(ranks)]
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=training.train, args=each) for each in arguments[1:]]
    for other in others:
        other.start()
    training.train(*arguments[0])
    for other in others:
        other.join()
    return f"The checkpoint is {folder / training.CHECKPOINT}; train again to go on."


def _cool_down(options: dict[str, Any]) -> str:
    begin = training.plan_cool_down(options["data"], options["steps"])
    return f"The rate goes down from step {begin} on; train until step {begin + options['steps']}."


def _export(options: dict[str, Any]) -> str:
    export.export(read_config(), options["data"])
    return f"The model is in {export.MODEL}."


def _train_judge(options: dict[str, Any]) -> str:
    config, folder, minutes = read_config(), options["data"], options["minutes"]
    things = judge.train(config, folder, minutes * 0.6)
    styles = style_judge.train(config, folder, minutes * 0.4)
    return f"Of the real drawings the judges name {things:.1%} of the things and {styles:.1%} of the styles right."


def _evaluate(options: dict[str, Any]) -> str:
    figures = evaluation.evaluate(read_config(), options["data"], options["out"])
    return json.dumps(figures, indent=2)


def _sample(options: dict[str, Any]) -> str:
    pipeline, config = StarterPipeline.from_pretrained(export.MODEL, shared_sentences()), read_config()
    wish = pipeline.read(options["prompt"])
    drawing = config.drawing
    pictures = [
        pipeline.draw(
            wish, Drawing(config.side, config.side, int(drawing["steps"]), drawing["guidance"], style, "", seed)
        )
        for style in config.styles
        for seed in range(4)
    ]
    out: Path = options["out"]
    sheet(pictures, columns=4, scale=4).save(out)
    return " ".join([f"Drawn to {out}.", *wish.notes])


_ACTIONS = {
    "build-data": _build_data,
    "train": _train,
    "cool-down": _cool_down,
    "export": _export,
    "train-judge": _train_judge,
    "evaluate": _evaluate,
    "sample": _sample,
}
