"""From a training to the folder that ships: averaged weights, codes, words, what it knows, checksums."""

from __future__ import annotations

import json
from errno import ENOENT
from pathlib import Path

import torch

from generation.starter.codes import Codes
from generation.starter.colours import BACKGROUNDS, COLOURS
from generation.starter.config import Config
from generation.starter.dataset import read
from generation.starter.drawings import fetch
from generation.starter.pipeline import StarterPipeline
from generation.starter.sentences import shared_sentences
from generation.starter.training import CHECKPOINT, start_run
from generation.starter.vocabulary import Vocabulary
from generation.starter.wordnet import Dictionary, Nouns
from generation.weights import write_checksums

MODEL = Path(__file__).with_name("model")
KNOWS, TRAINED = "knows.json", "training.json"


def export(config: Config, data: Path, target: Path = MODEL) -> None:
    """Write the model of the training in `data` to `target`; its README.md stays. Raises `FileNotFoundError`."""
    _, codes, concepts = read(data)
    if not (data / CHECKPOINT).is_file():
        raise FileNotFoundError(ENOENT, "nothing was trained", str(data / CHECKPOINT))
    run = start_run(config, data)
    nouns = Nouns(fetch(config.sources["nouns"], data / "packages") / "dict")
    dictionary = Dictionary(nouns, config.dictionary["without_kinds"])
    vocabulary = Vocabulary.build(concepts, config.aliases, shared_sentences(), dictionary)
    table = Codes(torch.from_numpy(codes), config.styles)
    StarterPipeline(run.average, table, vocabulary, shared_sentences()).save_pretrained(target)
    known = {
        "things": sorted(concept.label for concept in concepts),
        "styles": list(config.styles),
        "colours": sorted(COLOURS),
        "backgrounds": sorted(BACKGROUNDS),
    }
    _write(target / KNOWS, known)
    _write(target / TRAINED, {"steps": run.step, "samples": run.samples, "pictures": codes.shape[0] * codes.shape[1]})
    write_checksums(target)


def _write(file: Path, values: object) -> None:
    file.write_text(json.dumps(values, indent=0, ensure_ascii=False) + "\n", "utf-8")
