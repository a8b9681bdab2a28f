"""What is sealed for one place opens there, unchanged, and nowhere else."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from atelier.core.sealing import SealBroken, derived_key, seal, unseal


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    settings.ATELIER_SEALING_KEYS = ["first"]


def test_what_is_sealed_opens_in_its_place_only() -> None:
    sealed = seal(b"secret", "row:1")
    assert unseal(sealed, "row:1") == b"secret"
    assert b"secret" not in sealed and seal(b"secret", "row:1") != sealed
    with pytest.raises(SealBroken):
        unseal(sealed, "row:2")


def test_every_changed_byte_is_noticed() -> None:
    sealed = seal(b"secret", "row:1")
    for position in range(len(sealed)):
        changed = sealed[:position] + bytes([sealed[position] ^ 1]) + sealed[position + 1 :]
        with pytest.raises(SealBroken):
            unseal(changed, "row:1")
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            unseal(sealed[:length], "row:1")


def test_an_old_key_still_opens_and_a_lost_one_does_not(settings: Settings) -> None:
    sealed = seal(b"secret", "row:1")
    settings.ATELIER_SEALING_KEYS = ["second", "first"]
    assert unseal(sealed, "row:1") == b"secret"
    settings.ATELIER_SEALING_KEYS = ["second"]
    with pytest.raises(SealBroken):
        unseal(sealed, "row:1")


def test_derived_keys_differ_by_purpose_and_stay() -> None:
    assert derived_key("a") == derived_key("a") != derived_key("b")
    assert len(derived_key("a")) == 32
