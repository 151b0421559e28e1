"""A real IMAP server for tests: Debian's dovecot as a plain process, with a folder of its own."""

import getpass
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

import pytest
from trustme import CA

from benchmarks.ports import free_port

DOVECOT = shutil.which("dovecot", path="/usr/sbin:/usr/bin:/sbin:/bin")
PATIENCE = 60  # seconds
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/relay.pem
ssl_key = <{folder}/relay.pem
auth_failure_delay = 0
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
mail_location = maildir:{folder}/%u
imap_capability = {capability}
passdb {{
  driver = static
  args = password=geheim
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass(frozen=True)
class ImapServer:
    port: int
    folder: Path
    user: str = "duban"  # each has a mailbox, and none is asked who it is

    @property
    def url(self) -> str:
        return f"imaps://{self.user}:geheim@127.0.0.1:{self.port}/INBOX"

    @property
    def certificate(self) -> str:
        return str(self.folder / "ca.pem")

    @property
    def mails(self) -> Path:
        return self.folder / self.user

    def put(self, *mails: bytes) -> None:
        """As a delivery would."""
        new = self.mails / "new"
        for octets in mails:
            file = new / f"{len(list(new.iterdir())) + 1}.of.test"
            file.write_bytes(octets)
            file.chmod(0o666)

    def held(self, folder: str = "") -> int:
        """How many mails a folder has; the empty name is the inbox."""
        place = self.mails / (f".{folder}" if folder else "")
        return sum(1 for part in ("new", "cur") for _ in (place / part).glob("*"))

    def seen(self) -> int:
        return len(list((self.mails / "cur").glob("*:2,*S*")))

    def mailbox(self, user: str) -> "ImapServer":
        """An empty one."""
        own = replace(self, user=user)
        for folder in (own.mails, *(own.mails / part for part in ("new", "cur", "tmp"))):
            folder.mkdir()
            _give(folder)
        return own


@contextmanager
def imap_server(capability: str = "") -> Iterator[ImapServer]:
    """`capability`: what it says that it can do, instead of all that it can."""
    if DOVECOT is None:
        pytest.skip("needs an IMAP server: install Debian's package dovecot-imapd")
    # Not under pytest's own folder, which only root may enter: dovecot gives up being root.
    folder = Path(tempfile.mkdtemp(prefix="sise-imap-"))
    user = _runs_as()
    group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        port = stack.enter_context(free_port())
        server = ImapServer(port, folder)
        _prepare(folder)
        config = folder / "dovecot.conf"
        facts = {"folder": folder, "user": user, "group": group, "port": port}
        config.write_text(CONFIG.format(**facts, capability=capability))
        process = subprocess.Popen([DOVECOT, "-F", "-c", config], start_new_session=True)
        try:
            _wait(process, port, folder / "log")
            yield server.mailbox(server.user)
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # asked to end, it first waits a second
            process.wait(PATIENCE)


def _runs_as() -> str:
    return "dovecot" if os.geteuid() == 0 else getpass.getuser()


def _give(folder: Path) -> None:
    if os.geteuid() == 0:
        user = _runs_as()
        shutil.chown(folder, user, grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name)


def _prepare(folder: Path) -> None:
    folder.chmod(0o755)
    ca = CA()
    leaf = ca.issue_cert("127.0.0.1")
    leaf.private_key_and_cert_chain_pem.write_to_path(folder / "relay.pem")
    ca.cert_pem.write_to_path(folder / "ca.pem")
    _give(folder)


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    """Until it listens, or has died."""
    until = monotonic() + PATIENCE
    while monotonic() < until:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
    raise AssertionError(log.read_text() if log.exists() else "dovecot did not start")
