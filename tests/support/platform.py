"""The platform around the service: it signs tokens, and serves its public keys over TLS on loopback."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from tests.support.certificates import Authority
from tests.support.nameserver import NameServer
from tests.support.receivers import Received, Receiver, Reply

HOST = "platform.example"
ISSUER, AUDIENCE = "https://platform.example/", "atelier"
_MAKERS = {
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


class SigningKey:
    """A private key of the platform, and how its public half stands in the set."""

    def __init__(self, kid: str, algorithm: str = "EdDSA") -> None:
        self.kid, self.algorithm = kid, algorithm
        self.private: PrivateKeyTypes = _MAKERS[algorithm]()
        made = jwt.get_algorithm_by_name(algorithm).to_jwk(self.private.public_key(), as_dict=True)
        self.public = {name: value for name, value in made.items() if name != "key_ops"} | {"kid": kid}

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        return jwt.encode(claims, self.private, self.algorithm, {"kid": self.kid} | header)


class Platform:
    """Serves the public halves of `keys`; `answer` replaces what the server says, `asked` counts the fetches."""

    def __init__(self, folder: Path) -> None:
        self.keys = [SigningKey("rsa-1", "RS256"), SigningKey("ec-1", "ES256"), SigningKey("ed-1", "EdDSA")]
        self.answer: Reply | None = None
        self.authority = Authority(folder)
        self.names = NameServer()
        self.names.names[HOST] = ["127.0.0.1"]
        self._server = Receiver(self.authority.context(HOST), self._reply)

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self._server.port}/keys"

    @property
    def asked(self) -> int:
        return len(self._server.requests)

    @property
    def settings(self) -> dict[str, Any]:
        """What a service that trusts this platform is configured with."""
        return {
            "ATELIER_JWT_ISSUER": ISSUER,
            "ATELIER_JWT_AUDIENCE": AUDIENCE,
            "ATELIER_JWT_JWKS_URL": self.url,
            "ATELIER_JWT_CA_FILE": str(self.authority.file),
            "ATELIER_WEBHOOK_NAMESERVERS": [self.names.address],
        }

    def key(self, kid: str) -> SigningKey:
        return next(key for key in self.keys if key.kid == kid)

    def close(self) -> None:
        self._server.close()
        self.names.close()

    def _reply(self, _: Received) -> Reply:
        return self.answer or Reply(body=json.dumps({"keys": [key.public for key in self.keys]}).encode())


def claims(workspace: str, without: str = "", /, **other: Any) -> dict[str, Any]:
    """What a good token says: for two minutes, of mira."""
    now = int(time.time())
    good = {"iss": ISSUER, "aud": AUDIENCE, "sub": "mira", "exp": now + 120, "iat": now, "workspace": workspace}
    return {name: value for name, value in (good | other).items() if name != without}
