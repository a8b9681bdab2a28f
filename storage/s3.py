"""Bytes in an S3 bucket: AWS, SeaweedFS or any server that honours If-None-Match and Signature Version 4."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from storage.blobs import BlobConflict, BlobMissing, StorageUnavailable
from storage.keys import check_key, check_prefix
from storage.links import check_names, check_seconds
from storage.presigning import sign_links_by_window, signed_at

log = logging.getLogger(__name__)

CONNECT_SECONDS = 2
READ_SECONDS = 10
"""Silence on the socket, not the whole transfer: a slow upload that moves is not cut."""
ATTEMPTS = 3
"""Tries of one call with growing pauses; the worst case, a server that accepts and then is silent, is 35 s."""
CONNECTIONS = 16
"""At least the threads of one process (gunicorn has 4 to 8, a worker 1 and its heartbeat)."""

_LOST_RACE = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}
"""The key exists already, or another writer is putting it right now (S3 User Guide, conditional writes)."""
_ABSENT = {"NoSuchKey", "404"}


class S3Blobs:
    """`Blobs` in one bucket. Empty credentials leave the search to boto3: profile, instance role, web identity."""

    def __init__(
        self,
        *,
        bucket: str,
        region: str,
        endpoint: str | None = None,
        public_endpoint: str | None = None,
        access_key: str = "",
        secret_key: str = "",
    ) -> None:
        self.bucket = bucket
        session = boto3.session.Session(access_key or None, secret_key or None, region_name=region)
        self._client = _connect(session, endpoint)
        self._signer = _connect(session, public_endpoint) if public_endpoint else self._client

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """The server checks the content against its sha256; on return it has shown that it has the content."""
        checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
        try:
            with self._translated():
                answer = self._client.put_object(
                    Bucket=self.bucket,
                    Key=check_key(key),
                    Body=content,
                    ContentType=content_type,
                    ChecksumSHA256=checksum,
                    IfNoneMatch="*",
                )
        except _LostRace as lost:
            return self._check_same(key, content, lost)
        if not _proves(answer, content, checksum):
            self._check_kept(key, len(content))

    def get(self, key: str) -> bytes:
        with self._translated():
            return self._client.get_object(Bucket=self.bucket, Key=check_key(key))["Body"].read()

    def exists(self, key: str) -> bool:
        try:
            with self._translated():
                self._client.head_object(Bucket=self.bucket, Key=check_key(key))
        except BlobMissing:
            return False
        return True

    def delete(self, key: str) -> None:
        with self._translated():
            self._client.delete_object(Bucket=self.bucket, Key=check_key(key))

    def delete_prefix(self, prefix: str, keep: Collection[str] = ()) -> int:
        deleted = 0
        for page in self._pages(check_prefix(prefix)):
            if keys := [key for key in page if key not in keep]:
                self._delete_all(keys)
                deleted += len(keys)
        return deleted

    def _delete_all(self, keys: list[str]) -> None:
        with self._translated():
            answer = self._client.delete_objects(
                Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
            )
        if answer.get("Errors"):
            raise StorageUnavailable(f"S3 kept {len(answer['Errors'])} files that were to be deleted.")

    def link(
        self, key: str, *, expires_in: int, filename: str, content_type: str, since: datetime | None = None
    ) -> str:
        check_names(filename, content_type)
        parameters = {
            "Bucket": self.bucket,
            "Key": check_key(key),
            "ResponseContentType": content_type,
            "ResponseContentDisposition": f'inline; filename="{filename}"',
            "ResponseCacheControl": f"private, max-age={check_seconds(expires_in)}, immutable",
        }
        with self._translated(), signed_at(since):
            return self._signer.generate_presigned_url("get_object", Params=parameters, ExpiresIn=expires_in)

    def create_bucket(self) -> None:
        """Make the bucket; fine when it is ours already. Only start-up scripts and tests need it."""
        region = self._client.meta.region_name
        # us-east-1 is the one region that must not be named (S3 API reference, CreateBucket).
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        try:
            self._client.create_bucket(Bucket=self.bucket, **place)
        except self._client.exceptions.BucketAlreadyOwnedByYou:
            return
        except (ClientError, BotoCoreError) as error:
            raise StorageUnavailable("S3 did not create the bucket.") from error

    def _pages(self, prefix: str) -> Iterator[list[str]]:
        """At most 1,000 keys at a time, the most that one deletion takes."""
        with self._translated():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
                if keys := [entry["Key"] for entry in page.get("Contents", ())]:
                    yield keys

    def _check_kept(self, key: str, size: int) -> None:
        """Look, where the answer to a put named nothing by which to know the bytes again."""
        try:
            with self._translated():
                kept = self._client.head_object(Bucket=self.bucket, Key=key)["ContentLength"]
        except BlobMissing:
            raise StorageUnavailable("S3 said that it had stored a file and has none.") from None
        if kept != size:
            raise StorageUnavailable("S3 said that it had stored a file and has another one.")

    def _check_same(self, key: str, content: bytes, lost: Exception) -> None:
        """After a lost race: fine when the winner's bytes are ours."""
        try:
            kept = self.get(key)
        except BlobMissing:
            raise StorageUnavailable("Another writer of this file has not finished.") from lost
        if hashlib.sha256(kept).digest() != hashlib.sha256(content).digest():
            raise BlobConflict() from lost

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """boto3's errors in the words of the interface. Only their code is passed on: messages may name hosts."""
        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _ABSENT:
                raise BlobMissing() from error
            if code in _LOST_RACE:
                raise _LostRace() from error
            log.warning("S3 answered with an error: %s", error)
            raise StorageUnavailable(f"S3 answered {code or 'with an error'}.") from error
        except BotoCoreError as error:
            log.warning("S3 did not answer: %s", error)
            raise StorageUnavailable("S3 did not answer.") from error


class _LostRace(Exception):
    """The conditional put was refused."""


def _connect(session: Any, endpoint: str | None) -> Any:
    config = Config(
        signature_version="s3v4",
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        max_pool_connections=CONNECTIONS,
        tcp_keepalive=True,
        # A server of one's own is found by path; AWS wants the bucket in the host's name.
        s3={"addressing_style": "path" if endpoint else "auto"},
        # Every put carries a sha256; the CRC trailers that boto3 adds unasked are unknown to some servers.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    client = session.client("s3", endpoint_url=endpoint, config=config)
    sign_links_by_window(client)
    return client


def _proves(answer: Mapping[str, Any], content: bytes, checksum: str) -> bool:
    """Whether the answer to a put names the content: by its SHA-256, or by its MD5 as entity tag.

    An entity tag is something else where the server encrypts with keys of its own (S3 API reference, Object).
    """
    if answer.get("ChecksumSHA256"):
        return bool(answer["ChecksumSHA256"] == checksum)
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return str(answer.get("ETag", "")).strip('"') == digest
