"""The private S3 store: it enforces its signatures and keeps what it answered for."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from atelier.stacks.seaweedfs import VOLUME_MB, SeaweedFS
from tests.support.servers import short_directory


@pytest.fixture(scope="module")
def store() -> Iterator[SeaweedFS]:
    with short_directory() as directory:
        store = SeaweedFS(directory)
        try:
            store.start()
            yield store
        finally:
            store.stop()


def test_objects_survive_a_kill(store: SeaweedFS) -> None:
    store.client().put_object(Bucket=store.bucket, Key="a/b", Body=b"apple")
    assert store.child is not None
    store.child.kill()
    store.start()
    assert store.client().get_object(Bucket=store.bucket, Key="a/b")["Body"].read() == b"apple"


def test_a_signed_link_opens_one_object_and_a_changed_one_opens_nothing(store: SeaweedFS) -> None:
    store.client().put_object(Bucket=store.bucket, Key="picture", Body=b"pear")
    link = store.client().generate_presigned_url(
        "get_object", Params={"Bucket": store.bucket, "Key": "picture"}, ExpiresIn=60
    )
    assert urllib.request.urlopen(link, timeout=5).read() == b"pear"
    for changed in (link.replace("picture", "other"), link.replace("X-Amz-Expires=60", "X-Amz-Expires=600")):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(changed, timeout=5)


def test_it_may_fill_the_disk(store: SeaweedFS) -> None:
    """A fixed number of volumes was full after a few hundred pictures."""
    with urllib.request.urlopen(f"http://127.0.0.1:{store.ports.master}/dir/status", timeout=5) as answer:
        volumes = json.load(answer)["Topology"]["Max"]
    assert volumes * VOLUME_MB * 2**20 > shutil.disk_usage(store.directory).free / 2


def test_nobody_reads_without_a_signature(store: SeaweedFS) -> None:
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{store.endpoint}/{store.bucket}/picture", timeout=5)
    stranger = SeaweedFS(store.directory, secret_key="wrong", ports=store.ports)
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        stranger.client().list_buckets()


@pytest.mark.parametrize(
    ("method", "port"), [("POST", "filer"), ("PUT", "filer"), ("DELETE", "filer"), ("GET", "filer")]
)
def test_the_filer_behind_it_takes_and_gives_nothing_without_a_signature(
    store: SeaweedFS, method: str, port: str
) -> None:
    """The S3 API is a door; the filer was an open window beside it, on loopback."""
    store.client().put_object(Bucket=store.bucket, Key="kept", Body=b"apple")
    path = f"http://127.0.0.1:{getattr(store.ports, port)}/buckets/{store.bucket}/kept"
    content = b"worm" if method in ("POST", "PUT") else None
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(urllib.request.Request(path, content, method=method), timeout=5)
    assert store.client().get_object(Bucket=store.bucket, Key="kept")["Body"].read() == b"apple"


def test_a_volume_takes_nothing_without_a_signature(store: SeaweedFS) -> None:
    address = f"http://127.0.0.1:{store.ports.volume}/1,0123456789"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(urllib.request.Request(address, b"worm", method="PUT"), timeout=5)


def test_the_environment_is_what_a_service_needs(store: SeaweedFS) -> None:
    made = store.environment
    assert made["ATELIER_STORAGE_URL"] == f"s3://atelier?endpoint={store.endpoint}&region=us-east-1"
    assert (made["AWS_ACCESS_KEY_ID"], made["AWS_SECRET_ACCESS_KEY"]) == (store.access_key, store.secret_key)


def test_nothing_is_left_outside_its_directory() -> None:
    with short_directory() as directory:
        store = SeaweedFS(directory)
        store.start()
        store.stop()
        ports = store.ports
        for port in (ports.filer, ports.s3, ports.master_grpc, ports.volume_grpc, ports.filer_grpc, ports.s3_grpc):
            assert not list(Path("/tmp").glob(f"seaweedfs-*-{port}.sock"))
