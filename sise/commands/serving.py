"""`sise serve`: the pages, the scheduler, and a catching mailbox where no relay is set."""

import gc
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from threading import Event
from types import FrameType
from typing import Annotated, Any

import typer

from flows.bounces import fetch_bounces
from flows.database import reading
from flows.delivery import deliver, deliver_urgent
from flows.health import last_played
from flows.hooks.sending import send_webhooks
from flows.office import Office
from flows.orchestrated import run_orchestrated_night
from flows.schedule import night_is_due, night_scheduler
from models.refusal import Refusal
from notifications.mailbox import Mailbox
from notifications.system_words import system_words
from sise import clock
from sise.commands.edge import Edge, Json, as_json, open_edge
from sise.commands.stopping import ended_by_sigterm

DELIVER_EVERY = timedelta(minutes=1)
HOOKS_WITHIN = timedelta(seconds=40)  # mail is not kept waiting by many of them
ANSWERED_WITHIN = 20  # seconds; who is still sending when it is stopped would hold it up for ever
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    json: Json = False,
) -> None:
    """The pages and the scheduler; without a relay also a catching mailbox, on loopback."""
    edge = open_edge()
    require_relay(edge, host)
    require_free(host, port)
    with ended_by_sigterm(), ExitStack() as stack:
        mailbox = stack.enter_context(Mailbox()) if edge.settings.smtp_url is None else None
        office = served(edge, host, port, mailbox)
        stopping = stack.enter_context(scheduled(office))
        listen(edge, office, host, port, mailbox, stopping, facts={} if json else None)


def require_relay(edge: Edge, host: str) -> None:
    if edge.settings.smtp_url is None and host not in LOOPBACK:
        raise Refusal(
            f"在 {host} 上提供服务前必须设置 SISE_SMTP_URL（邮件服务器），否则邮件发不出去",
            f"set SISE_SMTP_URL before serving on {host}: the catching mailbox is for loopback",
        )


def require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refusal(
                f"无法在 {host}:{port} 上监听（{system_words(error)}）；请用 --port 换一个端口",
                f"cannot listen on {host}:{port} ({error.strerror}); choose another with --port",
            ) from error


def served(edge: Edge, host: str, port: int, mailbox: Mailbox | None) -> Office:
    """The office as it is served here: links lead to this port unless SISE_BASE_URL is set."""
    office = edge.office
    if "base_url" not in edge.settings.model_fields_set:
        shown = f"[{host}]" if ":" in host else host
        office = replace(office, base_url=f"http://{shown}:{port}")
    return replace(office, smtp_url=mailbox.url) if mailbox else office


@contextmanager
def scheduled(office: Office) -> Iterator[Event]:
    """APScheduler ticks the night and the delivery for as long as this lasts; of a delivery only
    what is in flight is waited for, from when what it yields is set."""
    stopping = Event()

    def due() -> date | None:
        with reading(office.engine) as session:
            last = last_played(session)
        return night_is_due(last, clock.now(), office.night_at, office.timezone)

    def tick() -> None:
        now = clock.now()
        run_orchestrated_night(office, on=due() or office.local(now).date(), now=now)

    def send() -> None:
        deliver_urgent(office, now=clock.now(), stopping=stopping)
        deliver(office, now=clock.now(), stopping=stopping)
        send_webhooks(office, now=clock.now(), within=HOOKS_WITHIN, stopping=stopping)

    with night_scheduler(
        tick,
        night_at=office.night_at,
        timezone=office.timezone,
        delivery=send,
        every=DELIVER_EVERY,
        at_once=due() is not None,
        bounces=(lambda: _bounces(office)) if office.imap_url else None,
    ):
        try:
            yield stopping
        finally:  # what was begun is waited for, and that is not the whole outbox
            stopping.set()


def _bounces(office: Office) -> None:
    fetch_bounces(office, now=clock.now())


def listen(
    edge: Edge,
    office: Office,
    host: str,
    port: int,
    mailbox: Mailbox | None,
    stopping: Event,
    *,
    demo: bool = False,
    facts: dict[str, Any] | None = None,
) -> None:
    """Until a signal comes. `stopping` is set by it at once: whoever is still sending a page's form
    is waited for, and meanwhile no mail begins. `facts` are printed as JSON, with the address,
    once it listens there."""
    # Half a second to import, for which no other command should wait.
    import uvicorn

    from web.app import create_app
    from web.slow_clients import OnTime

    gc.freeze()  # they stay to the end of the process: nobody looks through them for what can go
    app = create_app(office, clock=clock.now, mailbox=mailbox, demo=demo)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                _say_where(edge, office.base_url, mailbox, facts)

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            first = not self.should_exit
            super().handle_exit(sig, frame)
            if first:  # a second one may come within the first, which holds the event's lock
                stopping.set()

    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=OnTime,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=ANSWERED_WITHIN,
    )
    with suppress(KeyboardInterrupt):  # which it raises anew when all is shut down
        Server(config).run()


def _say_where(edge: Edge, url: str, mailbox: Mailbox | None, facts: dict[str, Any] | None) -> None:
    caught_at = f"{url}/mailbox" if mailbox else None
    if facts is not None:
        as_json({**facts, "url": url, "mailbox": caught_at})
        sys.stdout.flush()  # whoever reads a pipe waits for it, and we do not end
        return
    edge.say(f"督办台：{url}　按 Ctrl-C 停止", f"The desk: {url}  (Ctrl-C stops it)")
    if caught_at:
        edge.say(
            f"未设置邮件服务器，邮件收在：{caught_at}",
            f"No relay is set; what is sent can be read at {caught_at}",
        )
