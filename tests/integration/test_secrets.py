"""The installation's secret: a short one starts nothing, and replacing it kills no link and opens every seal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OLD, NEW = "the-old-key-" + "o" * 32, "the-new-key-" + "n" * 32
MAKE = """
import django; django.setup()
from atelier.core.sealing import seal
from django.core.signing import dumps
from storage.backend import get_blobs
blobs = get_blobs()
blobs.put("a/picture", b"apple", "image/png")
print(blobs.link("a/picture", expires_in=60, filename="apple.png", content_type="image/png"))
print(seal(b"whsec", "webhooks_endpoint:1").hex())
print(dumps({"person": 1}))
"""
USE = """
import sys
import django; django.setup()
from atelier.core.sealing import unseal
from django.core.signing import loads
from tests.support.client import fetch
from tests.support.served import served
link, sealed, signed = sys.argv[1:]
with served() as base:
    print(fetch("GET", base + link[link.index("/files/"):]).status)
print(unseal(bytes.fromhex(sealed), "webhooks_endpoint:1").decode())
print(loads(signed)["person"])
"""


def run(code: str, *arguments: str, key: str, fallbacks: str = "") -> subprocess.CompletedProcess[str]:
    env = os.environ | {"ATELIER_SECRET_KEY": key, "ATELIER_SECRET_KEY_FALLBACKS": fallbacks}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("key", ["x", "k" * 31])
def test_a_short_secret_starts_nothing_and_is_not_repeated(key: str) -> None:
    refused = run("from django.conf import settings; settings.SECRET_KEY", key=key)
    assert refused.returncode != 0
    last = refused.stderr.strip().splitlines()[-1]
    assert f"ATELIER_SECRET_KEY has {len(key)} characters and must have 32 or more" in last
    assert "kkkk" not in refused.stderr


def test_after_a_rotation_old_links_old_seals_and_old_signatures_are_good(postgres: object) -> None:
    made = run(MAKE, key=OLD)
    assert made.returncode == 0, made.stderr
    rotated = run(USE, *made.stdout.split(), key=NEW, fallbacks=OLD)
    assert rotated.stdout.split() == ["200", "whsec", "1"], rotated.stderr
    forgotten = run(USE, *made.stdout.split(), key=NEW)
    assert forgotten.stdout.split() == ["403"]
