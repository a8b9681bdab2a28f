"""The one-machine default: a PostgreSQL child; web, scheduler and worker in this process.

`python -m atelier.stacks.embedded`. PostgreSQL is the truth, so whatever dies with this process is dispatched
again at the next start.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from atelier.stacks.celery_thread import CeleryThread
from atelier.stacks.envfile import STACK, remove_env, write_env, write_settings
from atelier.stacks.environment import POLITE_THREADS, base_url, service_environment
from atelier.stacks.home import PROJECT, Home, chosen_port, find_home
from atelier.stacks.models import check_starter_model
from atelier.stacks.ports import is_free
from atelier.stacks.postgres import Postgres
from atelier.stacks.process import StackError
from atelier.stacks.secrets import ADMIN_USER, StateSecrets, keep_api_key, load_secrets
from atelier.stacks.supervision import Keeper
from atelier.stacks.terminal import run_until_stopped
from atelier.stacks.web import WebServer

KIND = "embedded"
WORKER, TELLER = "embedded", "webhooks"
# Through this one module, as the engines do: diffusers replaces itself in sys.modules while it is imported, so two
# threads that import it directly at the same time may get two different modules.
HEAVY = "generation.engines.libraries"
POOL = 24  # database connections: web threads, scheduler loops, worker
COMMAND_SECONDS = 120


class EmbeddedStack:
    """One a process: Django's settings are global. `start` may be called once."""

    state: StateSecrets
    postgres: Postgres

    def __init__(self, home: Home, port: int) -> None:
        self.home, self.port = home, port
        self._ready = False
        self._stopping = threading.Event()
        self._stops: list[Callable[[], object]] = []
        """What to call, last first, to end what the service stands on."""
        self._service_stops: list[Callable[[], object]] = []
        """What to call, all at once, to end the service itself."""

    @property
    def url(self) -> str:
        """Address of the web server."""
        return base_url(self.port)

    @property
    def api_key(self) -> str:
        """Key of the demo workspace."""
        return self.state.api_key

    @property
    def log(self) -> str:
        """The log file of this process."""
        return str(self.home.logs / "atelier.log")

    def start(self) -> None:
        """Start everything and wait until it is ready. Raises StackError; nothing is left running then."""
        if not is_free(self.port):
            raise StackError(f"Port {self.port} is taken. Stop what listens there, or choose another with PORT=.")
        lock = self.home.lock()
        self._stops.append(lock.close)
        remove_env(self.home.env)
        try:
            self._start_all()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the service, then what it stands on, last first. Twice is the same as once; a start that another
        thread is in ends soon, and stops what it has started since."""
        self._stopping.set()
        remove_env(self.home.env)
        with ThreadPoolExecutor(max_workers=4) as pool:
            list(pool.map(lambda end: end(), list(self._service_stops)))
        logging.disable(logging.WARNING)  # threads that still listen to the database will miss it: no news
        for end in reversed(self._stops):
            end()

    # -- inside ------------------------------------------------------------------------------------------

    def _start_all(self) -> None:
        check_starter_model()
        for name, value in POLITE_THREADS.items():
            os.environ.setdefault(name, value)  # read when the engines' libraries are loaded, which is now
        # Importing them takes seconds; the database starts meanwhile.
        warm = threading.Thread(target=_import_heavy, name="warm", daemon=True)
        warm.start()
        self.state = load_secrets(self.home.secrets)
        self.home.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        steps = (self._start_postgres, self._enter_environment, self._migrate, self._seed)
        for step in (*steps, self._start_service):
            if self._stopping.is_set():
                raise StackError("The start was interrupted.")
            step()
        self._ready = True
        self._write_env()

    def _start_postgres(self) -> None:
        self.postgres = Postgres(self.home.stack / "postgres", self.state.database)
        self._stops.append(self.postgres.stop)
        self.postgres.start()
        keeper = Keeper(self.postgres, self._write_env)
        self._stops.append(keeper.end)
        keeper.watch()

    def _enter_environment(self) -> None:
        pictures = (self.home.stack / "pictures").absolute()
        pictures.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ.update(
            service_environment(
                self.home,
                self.state,
                port=self.port,
                database_url=self.postgres.local_service_url,
                owner_url=self.postgres.owner_url,
                broker_url="memory://",
                storage={"ATELIER_STORAGE_URL": pictures.as_uri()},
            )
        )
        os.environ.setdefault("ATELIER_DATABASE_POOL", str(POOL))
        os.environ["ATELIER_WORKER_NAME"] = WORKER
        self._log_to_file()
        self._application = _load_application()

    def _log_to_file(self) -> None:
        """The terminal belongs to the person in front of it. Whoever configures logging later finds the file too:
        Celery sets Django up a second time."""
        stream = open(self.log, "a", buffering=1)  # noqa: SIM115  (as long as the stack runs)
        os.chmod(self.log, 0o600)
        self._stops.append(partial(setattr, sys, "stderr", sys.stderr))
        sys.stderr = stream
        logging.captureWarnings(True)

    def _migrate(self) -> None:
        """As the owner, in a process of its own: this one only ever has the service's rights."""
        if _needs_migration():
            self._manage("migrate", "--noinput")
            self._manage("grant_service_role")

    def _manage(self, *arguments: str) -> None:
        argv = [sys.executable, "manage.py", *arguments]
        ran = subprocess.run(argv, cwd=PROJECT, capture_output=True, text=True, timeout=COMMAND_SECONDS)
        if ran.returncode:
            raise StackError(f"{' '.join(argv[1:])} failed:\n{ran.stdout}{ran.stderr}")

    def _seed(self) -> None:
        from atelier.stacks.seed import seed

        password = self.state.admin_password
        key = seed(api_key=self.state.api_key, admin_password=password, admin_user=ADMIN_USER)
        self.state = keep_api_key(self.home.secrets, self.state, key)

    def _start_service(self) -> None:
        from atelier import scheduler
        from atelier.celery import app, second_app
        from atelier.messaging import queues

        ending = threading.Event()
        loops = threading.Thread(target=scheduler.run, args=(ending,), name="scheduler", daemon=True)
        loops.start()
        self._service_stops += [ending.set, partial(loops.join, 10)]
        worker = CeleryThread(app, [name for name in queues.NAMES if name != queues.WEBHOOKS], WORKER)
        worker.start()
        self._service_stops.append(worker.stop)
        # Beside it, so that nobody waits for a picture to be told of another one.
        teller = CeleryThread(second_app(), (queues.WEBHOOKS,), TELLER)
        teller.start()
        self._service_stops.append(teller.stop)
        web = WebServer(self._application, self.port)
        web.start()
        self._service_stops.append(web.stop)
        if not (worker.ready.wait(30) and teller.ready.wait(30)):
            raise StackError(f"The worker did not start; see {self.log}.")

    def _write_env(self) -> None:
        if self._stopping.is_set() or not self._ready:
            return
        values = {
            "ATELIER_URL": self.url,
            "ATELIER_API_KEY": self.state.api_key,
            "DATABASE_URL": self.postgres.service_url,
            "BROKER_URL": "memory://",
            "ADMIN_URL": f"{self.url}/admin/",
            "ADMIN_USER": ADMIN_USER,
            "ADMIN_PASSWORD": self.state.admin_password,
        }
        child = self.postgres.child
        children = {self.postgres.name: child.pid} if child and child.pid else {}
        write_settings(self.home.env, os.environ)
        write_env(self.home.env, values, {STACK: os.getpid(), **children})


def _load_application() -> Callable[..., Any]:
    """Sets Django up, its logging too. Raises StackError, with the sentence, where the configuration is wrong."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    from atelier.core.configuration import check_configuration

    try:
        django.setup()
        check_configuration()
    except ImproperlyConfigured as error:
        raise StackError(str(error)) from None
    from atelier.wsgi import application

    return application


def _import_heavy() -> None:
    with contextlib.suppress(ImportError):  # the worker says so, with a reason, when a generation needs it
        importlib.import_module(HEAVY)


def _needs_migration() -> bool:
    """True when a migration is missing, or when the service may not even look."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return True
    finally:
        connection.close()


def describe(stack: EmbeddedStack) -> str:
    """What the terminal shows once everything is up."""
    body = '{"prompt": "a red apple"}'
    return "\n".join(
        [
            f"Atelier is up on {stack.url}. Ctrl-C stops it.",
            f"  API key      {stack.state.api_key}",
            f"  API docs     {stack.url}/docs",
            f"  Admin        {stack.url}/admin/  ({ADMIN_USER} / {stack.state.admin_password})",
            f"  Log          {stack.log}",
            "  Try          curl -s -H 'Authorization: Bearer " + stack.state.api_key + "' "
            "-H 'Content-Type: application/json' \\",
            f"                 -d '{body}' '{stack.url}/api/v1/atelier/generate'",
        ]
    )


def main() -> int:
    """Run in the foreground until SIGTERM or Ctrl-C; the exit status."""
    status = run_until_stopped(lambda: EmbeddedStack(find_home(KIND), chosen_port(8000)), describe)
    sys.stdout.flush()
    # A task that did not end in time may still hold a thread; the database has its generation.
    os._exit(status)


if __name__ == "__main__":
    main()
