"""transformers and diffusers, imported in the one order in which they keep quiet."""

from __future__ import annotations

import transformers

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()

import diffusers  # noqa: E402  it makes transformers warn of a missing torchvision

diffusers.utils.logging.set_verbosity_error()
diffusers.utils.logging.disable_progress_bar()

__all__ = ["diffusers", "transformers"]
