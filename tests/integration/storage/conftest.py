"""Both backends, each on the real thing: a private directory, a private SeaweedFS."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from atelier.stacks.seaweedfs import REGION, SeaweedFS
from storage.blobs import Blobs
from storage.local import LocalBlobs
from storage.s3 import S3Blobs

LINK_SECRET = "links of the storage tests"


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeaweedFS]:
    """A server of its own for the session; stopped by its pid."""
    server = SeaweedFS(tmp_path_factory.mktemp("seaweed"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def s3_arguments(seaweed: SeaweedFS) -> dict[str, Any]:
    """What S3Blobs takes to reach that server."""
    return {
        "bucket": seaweed.bucket,
        "endpoint": seaweed.endpoint,
        "region": REGION,
        "access_key": seaweed.access_key,
        "secret_key": seaweed.secret_key,
    }


@pytest.fixture
def local_blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs", public_url="http://testserver", secrets=[LINK_SECRET])


@pytest.fixture(scope="session")
def s3_blobs(s3_arguments: dict[str, Any]) -> S3Blobs:
    return S3Blobs(**s3_arguments)


@pytest.fixture(params=["local", "s3"])
def blobs(request: pytest.FixtureRequest) -> Blobs:
    """Each backend in turn."""
    return request.getfixturevalue(f"{request.param}_blobs")


@pytest.fixture
def place() -> str:
    """A prefix of this test's own, for the bucket is shared by the session."""
    return f"t{uuid.uuid4().hex}/"
