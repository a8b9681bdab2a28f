"""Putting and getting an artifact of three million bytes, on the local disk and in SeaweedFS."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from bench.report import Result, spread
from bench.session import Session
from bench.stub import draw_pixels
from storage.blobs import Blobs
from storage.local import LocalBlobs
from storage.s3 import S3Blobs

SIDE, ROUNDS, WARM_UP = 1024, 30, 3
REGION = "us-east-1"


def measure(session: Session) -> Iterator[Result]:
    """Context: a frame of 1024 x 1024 pixels is what one stage hands to another through storage."""
    content = draw_pixels(1, SIDE, SIDE).tobytes()
    yield _measure("local disk", LocalBlobs(session.directory / "blobs"), content)
    weed = session.server.seaweedfs
    store = S3Blobs(
        bucket=weed.bucket,
        region=REGION,
        endpoint=weed.endpoint,
        access_key=weed.access_key,
        secret_key=weed.secret_key,
    )
    yield _measure("SeaweedFS", store, content)


def _measure(name: str, blobs: Blobs, content: bytes) -> Result:
    keys = [f"bench/{number}" for number in range(WARM_UP + ROUNDS)]
    puts = [_timed_ms(lambda key=key: blobs.put(key, content, "application/octet-stream")) for key in keys]
    gets = [_timed_ms(lambda key=key: blobs.get(key)) for key in keys]
    blobs.delete_prefix("bench/")
    figures = {"bytes": len(content), "putMs": spread(puts[WARM_UP:]), "getMs": spread(gets[WARM_UP:])}
    return Result(f"storage, {name}", figures)


def _timed_ms(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000
