"""The server stack on one machine: every process that a data centre would run. `python -m atelier.stacks.server`"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from atelier.stacks.envfile import STACK, remove_env, write_env, write_settings
from atelier.stacks.environment import base_url, service_environment
from atelier.stacks.home import PROJECT, Home, chosen_port, find_home
from atelier.stacks.models import check_starter_model
from atelier.stacks.ports import free_port, is_free
from atelier.stacks.postgres import Postgres
from atelier.stacks.process import StackError
from atelier.stacks.programs import FLOWER, make_programs
from atelier.stacks.rabbitmq import RabbitMQ
from atelier.stacks.seaweedfs import SeaweedFS
from atelier.stacks.secrets import ADMIN_USER, keep_api_key, load_secrets
from atelier.stacks.supervision import Keeper, Program
from atelier.stacks.terminal import run_until_stopped
from atelier.stacks.workers import Worker, load_workers

KIND = "server"
COMMAND_SECONDS = 120


class ServerStack:
    """All processes of one installation, kept running until `stop`.

    Parts by name: postgres, rabbitmq, seaweedfs, scheduler, web, flower, and one for each worker of
    deploy/workers.yaml (gpu-a, gpu-b, gpu-c, cpu). `environment` goes to every process of ours.
    """

    def __init__(
        self,
        home: Home,
        *,
        port: int | None = None,
        environment: Mapping[str, str] | None = None,
        workers: Sequence[Worker] | None = None,
        flower: bool = True,
    ) -> None:
        self.home, self.port, self.flower_port = home, port or free_port(), free_port() if flower else 0
        self._extra = dict(environment or {})
        self._workers = tuple(load_workers() if workers is None else workers)
        self._lock_file: IO[str] | None = None
        self._stopping = threading.Event()
        self._ready = False
        self._writing = threading.Lock()
        self._keepers: dict[str, Keeper] = {}
        self._programs: dict[str, Program] = {}

    # -- addresses -------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Address of the web server."""
        return base_url(self.port)

    @property
    def flower_url(self) -> str:
        """Address of Flower, empty without it; its login is the admin's."""
        return base_url(self.flower_port) if self.flower_port else ""

    @property
    def api_key(self) -> str:
        """Key of the demo workspace (tier studio)."""
        return self.state.api_key

    @property
    def database_url(self) -> str:
        """URL of the service's role."""
        return self.postgres.service_url

    @property
    def owner_url(self) -> str:
        """URL of the role that migrates."""
        return self.postgres.owner_url

    @property
    def superuser_url(self) -> str:
        """URL for tests that look at, or damage, everything."""
        return self.postgres.superuser_url

    @property
    def broker_url(self) -> str:
        """URL of RabbitMQ."""
        return self.rabbitmq.amqp_url

    @property
    def pids(self) -> dict[str, int]:
        """Process id of every part that runs now."""
        parts = {name: keeper.part.child for name, keeper in self._keepers.items()}
        return {name: child.pid for name, child in parts.items() if child and child.alive and child.pid}

    @property
    def workers(self) -> tuple[str, ...]:
        """Names of the workers."""
        return tuple(worker.name for worker in self._workers)

    # -- life ------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start everything and wait until it is ready. Raises StackError; nothing is left running then."""
        if not is_free(self.port):
            raise StackError(f"Port {self.port} is taken. Stop what listens there, or choose another with PORT=.")
        self._lock_file = self.home.lock()
        remove_env(self.home.env)
        try:
            self._start_all()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything that was started, by pid. Twice is the same as once."""
        self._stopping.set()
        with self._writing:  # after the last keeper that still writes it
            remove_env(self.home.env)
        for keeper in self._keepers.values():
            keeper.end()
        # The service first, so that it can still give back its work; then what it stands on.
        for group in (list(self._programs.values()), self._servers()):
            with ThreadPoolExecutor(max_workers=16) as pool:
                list(pool.map(lambda part: part.stop(), group))
        if self._lock_file is not None:
            self._lock_file.close()

    def log(self, name: str) -> Path:
        """Log file of a part."""
        return self.home.logs / f"{name}.log" if name in self._programs else self.home.stack / name / f"{name}.log"

    # -- single parts, for operators and fault tests -----------------------------------------------------

    def kill(self, name: str, *, come_back: bool = True) -> None:
        """SIGKILL one part; it is started again after half a second unless `come_back` is False."""
        self._keepers[name].kill(come_back=come_back)

    def stop_part(self, name: str) -> None:
        """Stop one part; it stays down until `start_part`."""
        self._keepers[name].stop()

    def start_part(self, name: str, **environment: str) -> None:
        """Start one part and wait until it is ready; the variables hold for this one life of it."""
        if environment:
            self._programs[name].once = environment
        self._keepers[name].start()

    def restart(self, name: str, **environment: str) -> None:
        """`stop_part`, then `start_part`."""
        self.stop_part(name)
        self.start_part(name, **environment)

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal: SIGSTOP and SIGCONT freeze and thaw a worker, the scheduler or RabbitMQ."""
        self._keepers[name].send(number)

    def manage(self, *arguments: str) -> str:
        """Run `manage.py ...` with this stack's environment; what it printed. Raises StackError when it fails."""
        return self._run([sys.executable, "manage.py", *arguments])

    def environment(self) -> dict[str, str]:
        """The variables every process of the service gets."""
        made = service_environment(
            self.home,
            self.state,
            port=self.port,
            database_url=self.postgres.local_service_url,
            owner_url=self.postgres.owner_url,
            broker_url=self.rabbitmq.amqp_url,
            storage=self.seaweedfs.environment,
        )
        return made | {"ATELIER_FLOWER_URL": self.flower_url} | self._extra

    # -- inside ------------------------------------------------------------------------------------------

    def _start_all(self) -> None:
        check_starter_model()
        self.state = load_secrets(self.home.secrets)
        self.home.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.postgres = Postgres(self.home.stack / "postgres", self.state.database)
        self.rabbitmq = RabbitMQ(self.home.stack / "rabbitmq", password=self.state.broker_password)
        self.seaweedfs = SeaweedFS(self.home.stack / "seaweedfs", secret_key=self.state.store_secret)
        self._programs = make_programs(self, self._workers)
        with ThreadPoolExecutor(max_workers=4) as pool:
            works = (self._start_service, self.rabbitmq.start, self.seaweedfs.start)
            jobs = [pool.submit(work) for work in works]
            for job in jobs:
                job.result()
        for program in self._programs.values():
            self._check_wanted()
            program.start()
        self._keep()

    def _start_service(self) -> None:
        """Once there is a database, our own processes start while the broker still does: they wait for it."""
        self._prepare_database()
        for name, program in self._programs.items():
            self._check_wanted()
            if name != FLOWER:  # it does not wait for a broker
                program.launch()

    def _prepare_database(self) -> None:
        self.postgres.start()
        self.manage("migrate", "--noinput")
        self.manage("grant_service_role")
        seeds = {"SEED_API_KEY": self.state.api_key, "SEED_ADMIN_PASSWORD": self.state.admin_password}
        printed = self._run([sys.executable, "-m", "atelier.stacks.seed"], **seeds)
        self.state = keep_api_key(self.home.secrets, self.state, printed.split()[-1])

    def _keep(self) -> None:
        for part in (*self._servers(), *self._programs.values()):
            self._keepers[part.name] = Keeper(part, self._write_env)
        for keeper in self._keepers.values():
            keeper.watch()
        self._ready = True
        self._write_env()

    def _servers(self) -> list[Postgres | RabbitMQ | SeaweedFS]:
        names = ("postgres", "rabbitmq", "seaweedfs")
        return [getattr(self, name) for name in names if hasattr(self, name)]

    def _check_wanted(self) -> None:
        if self._stopping.is_set():
            raise StackError("The start was interrupted.")

    def _run(self, argv: list[str], **extra: str) -> str:
        ran = subprocess.run(
            argv, cwd=PROJECT, env=self.environment() | extra, capture_output=True, text=True, timeout=COMMAND_SECONDS
        )
        if ran.returncode:
            raise StackError(f"{' '.join(argv[1:])} failed:\n{ran.stdout}{ran.stderr}")
        return ran.stdout

    def _write_env(self) -> None:
        """Called by every keeper's thread; what is written last is what is true last."""
        with self._writing:
            if not self._ready or self._stopping.is_set():
                return
            values = {
                "ATELIER_URL": self.url,
                "ATELIER_API_KEY": self.api_key,
                "DATABASE_URL": self.database_url,
                "BROKER_URL": self.broker_url,
                "FLOWER_URL": self.flower_url,
                "ADMIN_URL": f"{self.url}/admin/",
                "ADMIN_USER": ADMIN_USER,
                "ADMIN_PASSWORD": self.state.admin_password,
            }
            write_settings(self.home.env, self.environment())
            write_env(self.home.env, values, {STACK: os.getpid(), **self.pids})


def describe(stack: ServerStack) -> str:
    """What the terminal shows once everything is up."""
    rows = {
        "API": f"{stack.url}/api/v1/atelier/",
        "API key": stack.api_key,
        "API docs": f"{stack.url}/docs",
        "Admin": f"{stack.url}/admin/",
        "Flower": stack.flower_url,
        "Login (both)": f"{ADMIN_USER} / {stack.state.admin_password}",
        "RabbitMQ": f"{stack.rabbitmq.management_url}  ({stack.rabbitmq.user} / {stack.rabbitmq.password})",
        "PostgreSQL": stack.database_url,
        "S3": f"{stack.seaweedfs.endpoint}  bucket {stack.seaweedfs.bucket}",
        "Workers": ", ".join(stack.workers),
        "Logs": str(stack.home.logs),
        "For scripts": str(stack.home.env),
    }
    lines = [f"  {name:<13} {text}" for name, text in rows.items()]
    return "\n".join(["Atelier's server stack is up. Ctrl-C stops it.", *lines])


def main() -> int:
    """Run in the foreground until SIGTERM or Ctrl-C; the exit status."""

    def make() -> ServerStack:
        return ServerStack(find_home(KIND), port=chosen_port(8000))

    return run_until_stopped(make, describe)


if __name__ == "__main__":
    sys.exit(main())
