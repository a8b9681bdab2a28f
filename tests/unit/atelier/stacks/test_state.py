"""Secrets, the file for scripts, the state directory: private, whole, and honest about who is alive."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from atelier.stacks.envfile import STACK, find_live, read_env, read_pids, remove_env, write_env
from atelier.stacks.home import Home, chosen_port, find_home
from atelier.stacks.process import StackError
from atelier.stacks.secrets import keep_api_key, load_secrets


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_secrets_are_made_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / "embedded" / "secrets.json"
    first = load_secrets(path)
    assert load_secrets(path) == first
    assert mode(path) == 0o600 and mode(path.parent) == 0o700
    assert len({first.django_key, first.admin_password, first.owner_password, first.service_password}) == 4
    assert first.admin_password not in repr(first)


def test_a_new_api_key_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    state = keep_api_key(path, load_secrets(path), "atl_live_x")
    assert load_secrets(path).api_key == state.api_key == "atl_live_x"
    assert [child.name for child in tmp_path.iterdir()] == ["secrets.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"django_key": "only"}'])
def test_damaged_secrets_are_not_replaced_in_silence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(text)
    with pytest.raises(StackError, match="damaged"):
        load_secrets(path)
    assert path.read_text() == text


def test_the_file_for_scripts_survives_a_shell(tmp_path: Path) -> None:
    path = tmp_path / "env"
    password = 'it\'s $HOME & `id` "x"'
    write_env(path, {"ATELIER_URL": "http://127.0.0.1:8000", "ADMIN_PASSWORD": password}, {"stack": 7, "web": 8})
    assert mode(path) == 0o600
    assert read_env(path)["ADMIN_PASSWORD"] == password
    assert read_pids(read_env(path)) == {"stack": 7, "web": 8}
    script = f'. {path}; printf "%s|%s|%s" "$ADMIN_PASSWORD" "$FLOWER_URL" "$PIDS"'
    shown = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    assert shown == f"{password}||stack=7,web=8"


def test_keepers_that_write_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "env"
    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(lambda number: write_env(path, {"ATELIER_URL": "x" * number}, {STACK: number}), range(200)))
    assert len(read_env(path)["ATELIER_URL"]) == read_pids(read_env(path))[STACK]
    assert list(tmp_path.iterdir()) == [path]


def test_only_a_running_stack_counts_as_live(tmp_path: Path) -> None:
    path = tmp_path / "env"
    assert find_live(path) == {}
    write_env(path, {"ATELIER_URL": "http://x"}, {STACK: os.getpid()})
    assert find_live(path)["ATELIER_URL"] == "http://x"
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    write_env(path, {}, {STACK: gone.pid})
    assert find_live(path) == {}
    other = subprocess.Popen(["sleep", "60"])
    write_env(path, {}, {STACK: other.pid})
    assert find_live(path) == {}
    other.kill()
    other.wait()
    remove_env(path)
    remove_env(path)
    assert not path.exists()


def test_one_stack_at_a_time_uses_a_directory(tmp_path: Path) -> None:
    home = Home(tmp_path / "state", "embedded")
    held = home.lock()
    with pytest.raises(StackError, match="Another stack uses"):
        Home(tmp_path / "state", "server").lock()
    held.close()
    home.lock().close()


def test_the_directory_and_the_port_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATELIER_HOME", str(tmp_path))
    assert find_home("server").stack == tmp_path / "server"
    monkeypatch.delenv("ATELIER_HOME")
    assert find_home("server").root.name == ".atelier"
    monkeypatch.setenv("PORT", "8123")
    assert chosen_port(8000) == 8123
    monkeypatch.setenv("PORT", "")
    assert chosen_port(8000) == 8000
    for wrong in ("0", "65536", "http", "-1", "8e3", "٣"):
        monkeypatch.setenv("PORT", wrong)
        with pytest.raises(StackError, match="is not a port"):
            chosen_port(8000)
