"""Idempotency keys: a repeated request with the same key and body gets the stored answer, byte for byte."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

import rfc8785

from atelier.core.db.statements import Statement
from atelier.core.errors import AtelierError
from atelier.core.http.numbers import portable


class IdempotencyKeyReused(AtelierError):
    code = "idempotency_key_reused"
    status = 422
    title = "The Idempotency-Key was used for another request"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `body` is JSON text. `repeated`: it was stored by an earlier request with the same key."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    repeated: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Key:
    """A workspace's key for one endpoint and one body.

    `body_digest` is that of the canonical JSON (RFC 8785), in which the order of members and whitespace do not matter.
    `raw_digest` is that of the bytes, which releases up to 0.2.0 have stored.
    """

    workspace_id: str
    endpoint: str
    text: str
    body_digest: str
    raw_digest: str

    @classmethod
    def of(cls, workspace_id: str, endpoint: str, text: str, body: bytes) -> Key:
        """The key for the bytes of a body. For invalid JSON, which is refused later, both digests are of the bytes."""
        try:
            canonical = rfc8785.dumps(portable(json.loads(body or b"{}")))
        except ValueError:
            canonical = body
        digests = (hashlib.sha256(content).hexdigest() for content in (canonical, body))
        return cls(workspace_id, endpoint, text, *digests)


SAME = (
    "This key belongs to a request with another body: use a new key for a new request. The same request has the same"
    " members with the same values; their order and the blanks do not matter, a default that is written out does."
)


def find_answer(key: Key | None) -> Answer | None:
    """The stored answer, or None. Raises `IdempotencyKeyReused` if it belongs to another body."""
    if key is None:
        return None
    row = _FIND.first({"workspace": key.workspace_id, "endpoint": key.endpoint, "key": key.text})
    if row is None:
        return None
    digest, status, answer, headers = row
    if digest not in (key.body_digest, key.raw_digest):
        raise IdempotencyKeyReused(SAME)
    return Answer(status, answer, json.loads(headers) if isinstance(headers, str) else headers, repeated=True)


_FIND = Statement("""
SELECT body_digest, status, answer, headers FROM generation_idempotencyrecord
WHERE workspace_id = %(workspace)s AND endpoint = %(endpoint)s AND key = %(key)s
""")


def store_answer(key: Key, answer: Answer) -> bool:
    """Store the answer in the caller's transaction. Returns False if another request with this key was first.

    Waits for the other one to commit.
    """
    values = {
        "workspace": key.workspace_id,
        "endpoint": key.endpoint,
        "key": key.text,
        "digest": key.body_digest,
        "status": answer.status,
        "headers": json.dumps(answer.headers),
        "answer": answer.body,
    }
    return _STORE.first(values) is not None


_STORE = Statement("""
INSERT INTO generation_idempotencyrecord (workspace_id, endpoint, key, body_digest, status, headers, answer)
VALUES (%(workspace)s, %(endpoint)s, %(key)s, %(digest)s, %(status)s, %(headers)s, %(answer)s)
ON CONFLICT (workspace_id, endpoint, key) DO NOTHING
RETURNING status
""")
