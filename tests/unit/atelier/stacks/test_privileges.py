"""PostgreSQL's user: ourselves, or as root somebody harmless who can still reach the files."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from atelier.stacks import privileges
from atelier.stacks.process import StackError

PROGRAM = Path("/bin/sh")


@pytest.fixture
def open_directory() -> Path:
    return Path("/usr/share")


def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privileges.os, "geteuid", lambda: 0)


def test_an_ordinary_user_stays_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = os.geteuid() or pwd.getpwnam("daemon").pw_uid
    if os.geteuid() == 0:
        os.chown(tmp_path, user, -1)
    monkeypatch.setattr(privileges.os, "geteuid", lambda: user)
    assert privileges.run_as(tmp_path, PROGRAM).options == ()


def test_files_of_another_user_are_refused_with_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privileges.os, "geteuid", lambda: 54321)
    with pytest.raises(StackError, match="belongs to .*ATELIER_HOME"):
        privileges.run_as(tmp_path, PROGRAM)


def test_root_becomes_nobody_without_any_capability(open_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_root(monkeypatch)
    identity = privileges.run_as(open_directory / "new", PROGRAM)
    assert identity.uid == pwd.getpwnam("nobody").pw_uid
    assert identity.options[-3:] == ("-all", "--ambient-caps", "-all")
    assert "--no-new-privs" in identity.options


def test_root_keeps_the_right_to_pass_closed_directories_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_root(monkeypatch)
    monkeypatch.setattr(privileges, "_in_bounding_set", lambda name: True)
    tmp_path.chmod(0o700)
    identity = privileges.run_as(tmp_path / "data", PROGRAM)
    assert identity.options[-1] == "-all,+dac_read_search"


def test_a_container_without_that_right_falls_back_or_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_root(monkeypatch)
    tmp_path.chmod(0o700)
    monkeypatch.setattr(privileges, "_in_bounding_set", lambda name: name == "dac_override")
    assert privileges.run_as(tmp_path / "data", PROGRAM).options[-1] == "-all,+dac_override"
    monkeypatch.setattr(privileges, "_in_bounding_set", lambda name: False)
    with pytest.raises(StackError, match="chmod o\\+x"):
        privileges.run_as(tmp_path / "data", PROGRAM)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_owner_of_existing_files_wins(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    daemon = pwd.getpwnam("daemon")
    os.chown(data, daemon.pw_uid, daemon.pw_gid)
    assert privileges.run_as(data, PROGRAM).uid == daemon.pw_uid
