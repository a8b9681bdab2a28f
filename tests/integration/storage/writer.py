"""A process that puts bytes when told to. Run by test_writers.py, one line in and one line out for each put.

argv[1] is a JSON list: the backend's name, its arguments. Each line of standard input is a JSON list: key, the
content's one byte value, its size. The answer is `kept` or the name of the error.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from storage.blobs import Blobs
from storage.local import LocalBlobs
from storage.s3 import S3Blobs


def connect(backend: str, arguments: dict[str, str]) -> Blobs:
    return LocalBlobs(Path(arguments["root"])) if backend == "local" else S3Blobs(**arguments)


def main() -> None:
    blobs = connect(*json.loads(sys.argv[1]))
    print("ready", flush=True)
    for line in sys.stdin:
        key, value, size = json.loads(line)
        try:
            blobs.put(key, bytes([value]) * size, "image/png")
        except Exception as error:
            print(type(error).__name__, flush=True)
        else:
            print("kept", flush=True)


if __name__ == "__main__":
    main()
