"""API keys and members."""

from __future__ import annotations

from typing import Any

from tests.flows.recorded.words import Ask, body, delete, get, patch, post

UNKNOWN = "key_aaaaaaaaaaaaaaaaaaaa"
KEYS: dict[str, dict[str, Any]] = {
    "no name": {},
    "an empty name": {"name": ""},
    "a long name": {"name": "x" * 101},
    "no scopes": {"name": "a", "scopes": []},
    "an unknown scope": {"name": "a", "scopes": ["everything"]},
    "a scope twice": {"name": "a", "scopes": ["keys:read", "keys:read"]},
    "scopes as a text": {"name": "a", "scopes": "keys:read"},
    "a network with bits behind its prefix": {"name": "a", "networks": ["192.0.2.1/24"]},
    "a network with a zone": {"name": "a", "networks": ["fe80::1%eth0"]},
    "an end in the past": {"name": "a", "expiresAt": "2001-01-01T00:00:00Z"},
    "an end without a zone": {"name": "a", "expiresAt": "2099-01-01T00:00:00"},
    "an end of null": {"name": "a", "expiresAt": None},
    "an unknown member": {"name": "a", "key": "x"},
    "four wrong members": {"name": 5, "scopes": 5, "networks": 5, "expiresAt": 5},
}
MEMBERS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no role": {"user": "bob"},
    "an unknown role": {"user": "bob", "role": "king"},
    "an unknown person": {"user": "nobody", "role": "viewer"},
    "no name": {"user": " ", "role": "viewer"},
    "an unknown member": {"user": "bob", "role": "viewer", "x": 1},
}

ASKS: list[Ask] = [
    *(post(f"keys: {name}", "~/api-keys", body(**members)) for name, members in KEYS.items()),
    post("keys: no JSON", "~/api-keys", b"{"),
    post("keys: no body", "~/api-keys"),
    post("keys: a list", "~/api-keys", b"[]"),
    post("keys: make one", "~/api-keys", body(name="all"), keep="made=id"),
    post(
        "keys: make one with everything",
        "~/api-keys",
        body(
            name="caf\u00e9",
            scopes=["keys:read", "generations:read"],
            networks=["192.0.2.0/24", "2001:db8::1"],
            expiresAt="2099-01-01T02:00:00+02:00",
        ),
        keep="full=id",
    ),
    post("keys: more than one has", "~/api-keys", body(name="a", scopes=["*"]), who="keymaker"),
    post("keys: as much as one has", "~/api-keys", body(name="a", scopes=["keys:read"]), who="keymaker"),
    post("keys: limited", "~/api-keys", body(name="a", scopes=[]), limited=True),
    get("keys", "~/api-keys"),
    get("keys: a parameter", "~/api-keys?limit=1"),
    Ask("keys: head", "HEAD", "~/api-keys"),
    get("keys: one", "~/api-keys/{full}"),
    get("keys: somebody else's", "~/api-keys/{full}", who="other"),
    get("keys: unknown", f"~/api-keys/{UNKNOWN}"),
    get("keys: NUL", "~/api-keys/%00"),
    post("keys: rotate", "~/api-keys/{full}/rotate", keep="next=id"),
    post("keys: rotate again", "~/api-keys/{full}/rotate"),
    post("keys: rotate with a member", "~/api-keys/{next}/rotate", body(name="x")),
    post("keys: rotate an unknown one", f"~/api-keys/{UNKNOWN}/rotate", b"{}"),
    post("keys: rotate more than one has", "~/api-keys/{made}/rotate", who="keymaker"),
    delete("keys: revoke", "~/api-keys/{made}"),
    delete("keys: revoke again", "~/api-keys/{made}"),
    delete("keys: revoke an unknown one", f"~/api-keys/{UNKNOWN}"),
    post("keys: rotate a revoked one", "~/api-keys/{made}/rotate"),
    get("keys: afterwards", "~/api-keys"),
    patch("keys: change one", "~/api-keys/{full}", body(name="b")),
    get("members", "~/members", keep="ada=members.0.id"),
    get("members: a parameter", "~/members?limit=1"),
    *(post(f"members: {name}", "~/members", body(**members)) for name, members in MEMBERS.items()),
    post("members: add", "~/members", body(user="bob", role="viewer"), keep="bob=id"),
    post("members: add again", "~/members", body(user="bob", role="owner")),
    post("members: an owner by somebody who is none", "~/members", body(user="cy", role="owner"), who="keymaker"),
    patch("members: change", "~/members/{bob}", body(role="editor")),
    patch("members: change to the same", "~/members/{bob}", body(role="editor")),
    patch("members: change, an unknown role", "~/members/{bob}", body(role="king")),
    patch("members: change, no role", "~/members/{bob}", b"{}"),
    patch("members: change, an unknown member", "~/members/{bob}", body(role="viewer", user="x")),
    patch("members: the last owner", "~/members/{ada}", body(role="viewer")),
    patch("members: unknown", "~/members/0", body(role="viewer")),
    patch("members: no number", "~/members/ada", body(role="viewer")),
    patch("members: somebody else's", "~/members/{bob}", body(role="viewer"), who="other"),
    get("members: one", "~/members/{bob}"),
    delete("members: the last owner leaves", "~/members/{ada}"),
    delete("members: remove", "~/members/{bob}"),
    delete("members: remove again", "~/members/{bob}"),
    delete("members: remove with a parameter", "~/members/{ada}?force=1"),
]
