"""The processes of the service itself, as the server stack runs them."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from typing import Protocol

import psycopg

from atelier.stacks.home import PROJECT, Home
from atelier.stacks.ports import HOST, is_listening
from atelier.stacks.process import Child
from atelier.stacks.rabbitmq import RabbitMQ
from atelier.stacks.secrets import ADMIN_USER, StateSecrets
from atelier.stacks.supervision import Program
from atelier.stacks.workers import Worker

Ready = Callable[[Child], bool]
FLOWER = "flower"
WEB_PROCESSES, WEB_THREADS = 2, 32  # streams and waiting requests (ATELIER_WATCHERS) hold a thread each


class Installation(Protocol):
    """What the programs must know of the stack that runs them: ports, addresses, secrets, environment."""

    home: Home
    port: int
    flower_port: int
    rabbitmq: RabbitMQ
    state: StateSecrets

    @property
    def url(self) -> str: ...

    @property
    def superuser_url(self) -> str: ...

    def environment(self) -> dict[str, str]: ...


def make_programs(stack: Installation, workers: Sequence[Worker]) -> dict[str, Program]:
    """Scheduler, workers, web server and Flower by name, none started yet."""
    programs = [_scheduler(stack), *(_worker(stack, worker) for worker in workers), _web(stack)]
    if stack.flower_port:
        programs.append(_flower(stack))
    return {program.name: program for program in programs}


def _scheduler(stack: Installation) -> Program:
    argv = (sys.executable, "manage.py", "scheduler")
    return _program(stack, "scheduler", argv, ready=lambda child: True)


def _worker(stack: Installation, worker: Worker) -> Program:
    def ready(child: Child) -> bool:
        return _is_present(stack, worker.name, child)

    return _program(stack, worker.name, worker.argv, ready=ready, ATELIER_WORKER_NAME=worker.name)


def _web(stack: Installation) -> Program:
    argv = (
        sys.executable,
        "-m",
        "gunicorn",
        "atelier.wsgi:application",
        "--worker-class",
        "atelier.site.gunicorn_worker.BufferedWorker",
        "--workers",
        str(WEB_PROCESSES),
        "--threads",
        str(WEB_THREADS),
        "--bind",
        f"{HOST}:{stack.port}",
        "--graceful-timeout",
        "5",
        "--no-control-socket",
    )
    return _program(stack, "web", argv, ready=lambda child: _answers(f"{stack.url}/health/live"))


def _flower(stack: Installation) -> Program:
    # By the environment, not by options: a command line is readable by every user of the machine.
    secrets = {
        "FLOWER_BASIC_AUTH": f"{ADMIN_USER}:{stack.state.admin_password}",
        "FLOWER_BROKER_API": stack.rabbitmq.management_api_url,
    }
    argv = (
        sys.executable,
        "-m",
        "celery",
        "-A",
        "atelier.celery",
        "flower",
        f"--address={HOST}",
        f"--port={stack.flower_port}",
    )
    return _program(stack, FLOWER, argv, ready=lambda child: is_listening(stack.flower_port), **secrets)


def _program(stack: Installation, name: str, argv: tuple[str, ...], *, ready: Ready, **environment: str) -> Program:
    return Program(
        name,
        argv,
        environment=stack.environment() | environment,
        log=stack.home.logs / f"{name}.log",
        cwd=PROJECT,
        ready=ready,
    )


def _is_present(stack: Installation, name: str, child: Child) -> bool:
    """True when this life of the worker has said in the database that it takes work."""
    if child.started_at is None:
        return False
    question = "SELECT 1 FROM generation_worker WHERE name = %s AND seen_at > %s"
    try:
        with psycopg.connect(stack.superuser_url, connect_timeout=5) as connection:
            return connection.execute(question, [name, child.started_at]).fetchone() is not None
    except psycopg.Error:
        return False


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
