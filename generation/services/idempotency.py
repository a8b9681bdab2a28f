"""Idempotency keys: a repeated request with the same key and body gets the stored answer, byte for byte."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from atelier.core.db.statements import Statement
from atelier.core.errors import AtelierError


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
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """A workspace's key for one endpoint and one body."""

    workspace_id: str
    endpoint: str
    text: str
    body_digest: str

    @classmethod
    def of(cls, workspace_id: str, endpoint: str, text: str, body: bytes) -> Key:
        return cls(workspace_id, endpoint, text, hashlib.sha256(body).hexdigest())


def find_answer(key: Key | None) -> Answer | None:
    """The stored answer, or None. Raises `IdempotencyKeyReused` if it belongs to another body."""
    if key is None:
        return None
    row = _FIND.first({"workspace": key.workspace_id, "endpoint": key.endpoint, "key": key.text})
    if row is None:
        return None
    digest, status, answer, headers = row
    if digest != key.body_digest:
        raise IdempotencyKeyReused("Use a new key for a new request; this key belongs to another body.")
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
