"""SMTP servers that misbehave on purpose: one that speaks from a script, and aiosmtpd with TLS."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from trustme import CA, LeafCert

from notifications.mailbox import READY_WITHIN

DROP = "drop the connection"
PLAIN_ANSWERS = {
    "": "220 peer",
    "EHLO": "250 peer",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    ".": "250 kept",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}
Script = Callable[[str, str], str | bytes | None]


@dataclass
class Peer:
    """What it answers is up to the script, by verb and argument; None: as a good server would.

    The greeting is the verb "", the final dot is "." with the recipient as its argument.
    What is said at the "content" is said before its dot, and then it hangs up.
    """

    script: Script = lambda verb, argument: None
    said: list[str] = field(default_factory=list)  # every command line that it was sent
    mails: list[tuple[str, bytes]] = field(default_factory=list)  # what it had whole, with its dot
    connections: int = 0
    asked_from: int = 0  # the port of whom the script answers
    port: int = 0
    address: str = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"smtp://{self.address}:{self.port}"

    def to(self) -> list[str]:
        return [recipient for recipient, _ in self.mails]

    def verbs(self) -> list[str]:
        return [line.split(" ")[0].upper() for line in self.said]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._talk(reader, writer)
        except (ConnectionError, EOFError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient = ""
        if not self._answer(writer, "", ""):
            return
        while line := await reader.readline():
            told = line.decode("utf-8", "replace").rstrip("\r\n")
            self.said.append(told)
            verb, _, argument = told.partition(" ")
            verb = verb.upper()
            if verb == "RCPT":
                recipient = argument.partition("<")[2].rstrip(">")
            if not (code := self._answer(writer, verb, argument)):
                return
            if verb == "DATA" and code == "354":
                content = await reader.readline()
                if early := self.script("content", recipient):  # it does not wait for the dot
                    writer.write(b"" if early == DROP else _octets(early) + b"\r\n")
                    return
                content += await reader.readuntil(b"\r\n.\r\n")
                self.mails.append((recipient, content[:-3].replace(b"\r\n..", b"\r\n.")))
                if not self._answer(writer, ".", recipient):
                    return
            if verb == "QUIT" or code == "421":
                return

    def _answer(self, writer: asyncio.StreamWriter, verb: str, argument: str) -> str:
        self.asked_from = writer.get_extra_info("peername")[1]
        answer = self.script(verb, argument) or PLAIN_ANSWERS.get(verb, "502 what?")
        if answer == DROP:
            return ""
        octets = _octets(answer)
        writer.write(octets + b"\r\n")
        return octets[:3].decode()


def _octets(answer: str | bytes) -> bytes:
    return answer if isinstance(answer, bytes) else answer.encode()


def answers(**by_verb: str | bytes) -> Script:
    """The same answer whenever the verb comes; `dot` and `greeting` are the two without one."""
    names = {"dot": ".", "greeting": ""}
    table = {names.get(verb, verb): answer for verb, answer in by_verb.items()}
    return lambda verb, argument: table.get(verb)


def at_recipient(verb: str, **by_name: str) -> Callable[[str, str], str | None]:
    """This answer to the verb for whose address begins so."""
    current = ""

    def script(said: str, argument: str) -> str | None:
        nonlocal current
        if said == "RCPT":
            current = argument.removeprefix("TO:<").split("@")[0]
        return by_name.get(current) if said == verb else None

    return script


@contextmanager
def peer(
    script: Script = lambda verb, argument: None, address: str = "127.0.0.1"
) -> Iterator[Peer]:
    """A scripted server on a free port of this machine, in a thread of its own."""
    one = Peer(script, address=address)
    loop = asyncio.new_event_loop()
    ready: Future[asyncio.Server] = Future()

    def run() -> None:
        asyncio.set_event_loop(loop)
        serving = asyncio.start_server(one.serve, address, 0, limit=2**24)  # octets of a mail
        server = loop.run_until_complete(serving)
        ready.set_result(server)
        loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    one.port = ready.result(60).sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)


def served(certificate: LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def self_signed(folder: Path) -> ssl.SSLContext:
    """A certificate that vouches for itself alone."""
    ca, file = CA(), folder / "relay.pem"
    file.write_bytes(ca.private_key_pem.bytes() + ca.cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


class Kept:
    """An aiosmtpd handler that keeps what it is sent."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.mails.append((envelope.rcpt_tos[0], envelope.content))
        return "250 kept"


@contextmanager
def aiosmtpd_peer(kept: Kept | None = None, **options: Any) -> Iterator[tuple[Kept, int]]:
    """aiosmtpd itself; `ssl_context` makes it speak TLS from the first octet."""
    kept = kept or Kept()
    controller = _Controller(kept, **options)
    controller.start()
    try:
        yield kept, controller.port
    finally:
        controller.stop()


class _Controller(Controller):
    """On a port that the system chose, which it must know before it starts."""

    def __init__(self, handler: Kept, **options: Any) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        port = self.listener.getsockname()[1]
        super().__init__(
            handler, hostname="127.0.0.1", port=port, ready_timeout=READY_WITHIN, **options
        )

    def _create_server(self) -> Any:
        return self.loop.create_server(
            self._factory_invoker, sock=self.listener, ssl=self.ssl_context
        )
