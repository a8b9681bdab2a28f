"""Makes the `tiny` model: a complete diffusers folder with untrained weights, so that nothing is downloaded.

It draws noise. 5 MB, the same bytes each time. `python -m generation.engines.tiny FOLDER` makes it from a
shell.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path


def make_tiny_model(folder: Path) -> Path:
    """Write the model to `folder` and return it; nothing happens where a model already is.

    Safe to interrupt and to run twice at once: the files appear all together, by a rename. Raises
    `FileExistsError` when `folder` holds something else.
    """
    if _is_model(folder):
        return folder
    from generation.engines.tiny_networks import build_pipeline  # torch takes seconds: only where it is needed

    folder.parent.mkdir(parents=True, exist_ok=True)
    workplace = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        build_pipeline().save_pretrained(workplace, safe_serialization=True)
        workplace.chmod(0o755)
        _publish(workplace, folder)
    finally:
        shutil.rmtree(workplace, ignore_errors=True)
    return folder


def _is_model(folder: Path) -> bool:
    return (folder / "model_index.json").is_file()


def _publish(workplace: Path, folder: Path) -> None:
    try:
        os.rename(workplace, folder)
    except OSError as error:
        if not _is_model(folder):
            raise FileExistsError(f"{folder} is in the way of the tiny model") from error


if __name__ == "__main__":
    print(make_tiny_model(Path(sys.argv[1])))
