"""A private RabbitMQ node with management, from the system's rabbitmq-server package."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from atelier.stacks.ports import HOST, free_port, is_listening
from atelier.stacks.process import Child, Command, StackError

# Not /usr/sbin/rabbitmq-server: that wrapper changes to the user rabbitmq and drops the environment.
PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
PLUGINS = "[rabbitmq_management].\n"


@dataclass(frozen=True)
class RabbitPorts:
    """The four ports of a node and its name server."""

    amqp: int = field(default_factory=free_port)
    management: int = field(default_factory=free_port)
    distribution: int = field(default_factory=free_port)
    epmd: int = field(default_factory=free_port)


class RabbitMQ:
    """One node in `directory`; restarts keep its ports, user and messages. Loopback only.

    A quorum queue survives SIGKILL from about half a second after its first declaration: RabbitMQ 3.10 writes
    the register of such queues only so often, and a queue that is missing there never finds a leader again.
    """

    name = "rabbitmq"

    def __init__(
        self, directory: Path, user: str = "atelier", password: str | None = None, ports: RabbitPorts | None = None
    ) -> None:
        self.directory = directory.absolute()
        self.user, self.password = user, password or secrets.token_urlsafe(24)
        self.ports = ports or RabbitPorts()
        self.child: Child | None = None
        self._names: Child | None = None

    @property
    def amqp_url(self) -> str:
        """What BROKER_URL takes."""
        return f"amqp://{self.user}:{self.password}@{HOST}:{self.ports.amqp}//"

    @property
    def management_url(self) -> str:
        """Address of the management page, without credentials."""
        return f"http://{HOST}:{self.ports.management}"

    @property
    def management_api_url(self) -> str:
        """The management API with credentials, as Flower's broker_api takes it."""
        return f"http://{self.user}:{self.password}@{HOST}:{self.ports.management}/api/"

    def start(self) -> None:
        """Start the node and wait until it accepts work. Raises StackError or ChildFailed."""
        if self.child is not None and self.child.alive:
            return
        self._write_configuration()
        self._start_names()
        self.child = Child(self._command())
        self.child.start()
        self.child.wait_ready(self._is_healthy)

    def stop(self) -> None:
        """Stop the node, then its name server (which would outlive it)."""
        for child in (self.child, self._names):
            if child is not None:
                child.stop()

    def restart(self) -> None:
        """Stop and start again; queues and persistent messages are kept."""
        self.stop()
        self.start()

    def _write_configuration(self) -> None:
        if not PROGRAM.exists():
            raise StackError("RabbitMQ is missing: apt-get install rabbitmq-server (as root), then try again.")
        (self.directory / "home").mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.directory / "enabled_plugins").write_text(PLUGINS)
        configuration = self.directory / "rabbitmq.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            f"listeners.tcp.1 = {HOST}:{self.ports.amqp}\n"
            f"management.tcp.ip = {HOST}\n"
            f"management.tcp.port = {self.ports.management}\n"
            f"default_user = {self.user}\n"
            f"default_pass = {self.password}\n"
            "disk_free_limit.absolute = 100MB\n"
        )

    def _start_names(self) -> None:
        """A foreground epmd of our own, so that it can be stopped by its pid."""
        found = shutil.which("epmd", path="/usr/bin:/usr/local/bin:" + os.environ.get("PATH", ""))
        if found is None:
            raise StackError("Erlang's epmd is missing although RabbitMQ is there: reinstall rabbitmq-server.")
        if self._names is not None and self._names.alive:
            return  # it outlives a killed node
        argv = (found, "-port", str(self.ports.epmd), "-address", HOST)
        self._names = Child(Command("epmd", argv, self.directory / "epmd.log"))
        self._names.start()
        self._names.wait_ready(lambda: is_listening(self.ports.epmd))

    def _command(self) -> Command:
        return Command(
            self.name,
            (str(PROGRAM),),
            self.directory / "rabbitmq.log",
            env=self._environment(),
            cwd=self.directory,
            ready_seconds=90.0,
            grace_seconds=20.0,
        )

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        places = {
            "HOME": "home",
            "RABBITMQ_CONFIG_FILE": "rabbitmq.conf",
            "RABBITMQ_LOG_BASE": "log",
            "RABBITMQ_ENABLED_PLUGINS_FILE": "enabled_plugins",
            "RABBITMQ_MNESIA_BASE": "mnesia",
        }
        return (
            kept
            | {name: str(self.directory / place) for name, place in places.items()}
            | {
                # The name does not hold the port, so a node with new ports still finds its own messages.
                "RABBITMQ_NODENAME": "atelier@localhost",
                "RABBITMQ_NODE_IP_ADDRESS": HOST,
                "RABBITMQ_NODE_PORT": str(self.ports.amqp),
                "RABBITMQ_DIST_PORT": str(self.ports.distribution),
                "RABBITMQ_CONF_ENV_FILE": "/dev/null",
                # The start script then becomes the node itself, so that its pid is the one we signal and kill.
                "RUNNING_UNDER_SYSTEMD": "1",
                "ERL_EPMD_PORT": str(self.ports.epmd),
                "ERL_EPMD_ADDRESS": HOST,
                # Without it the port for other nodes is open to the network.
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            }
        )

    def _is_healthy(self) -> bool:
        url = f"{self.management_url}/api/health/checks/port-listener/{self.ports.amqp}"
        word = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        request = urllib.request.Request(url, headers={"Authorization": f"Basic {word}"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            if error.code != 401 or not is_listening(self.ports.amqp):
                return False
            raise StackError(f"The password of {self.directory} is lost: remove that directory.") from None
        except OSError:
            return False
