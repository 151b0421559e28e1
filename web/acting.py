"""Who acts at the pages of one task: by a reply link, or signed in at the desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote

from fastapi import HTTPException, Request
from sqlmodel import Session, select

from flows.database import reading, transaction
from flows.link_tasks import opened_task
from flows.reply_links import Opened, find
from flows.signoff.actor import Actor
from flows.signoff.roles import HANDLER, require_role
from flows.signoff.telling import tell
from models import Official, Task
from models.proof import Assurance
from models.refusal import Refusal
from web.desk import desk_of
from web.limits import LOOKS, VAIN, address_of
from web.proof import Standing, standing
from web.reply_form import PROXY
from web.signing_in import viewer_of


class NotOpen(Exception):
    """This link is unknown, was withdrawn, or was the mail's own and has ended."""

    def __init__(self, opened: Opened | None) -> None:
        super().__init__()
        self.opened = opened


class Expired(Refusal):
    """The link only shows."""

    def __init__(self) -> None:
        super().__init__(
            "本链接已过期，只能查看；没有记录任何操作。请使用较新邮件中的链接，或联系督查办公室。",
            "This link has expired and only shows; nothing was recorded. Please use the link of a "
            "newer mail, or ask the supervision office.",
        )


@dataclass(frozen=True)
class Acting:
    """One person at one task. `home` is where the person came from, `base` where the pages of
    the task lie, `here` the page that is open; `opened` and `standing` are those of a link."""

    official: Official
    task: Task
    assurance: Assurance
    language: str
    home: str
    base: str
    here: str
    on: date
    now: datetime
    opened: Opened | None = None
    standing: Standing | None = None

    @property
    def hidden(self) -> bool:
        """A restricted matter tells nothing to whoever has the link alone."""
        return self.task.restricted and self.assurance == Assurance.LINK

    @property
    def open(self) -> bool:
        return self.opened is None or not self.opened.expired

    def evidence(self, evidence_id: int) -> str:
        return f"{self.home}/evidence/{evidence_id}"

    def require_open(self) -> None:
        """Raises Expired."""
        if not self.open:
            raise Expired

    def actor(self, who: str = "", name: str = "") -> Actor:
        """Raises Expired. Whoever acts on behalf is not the owner, whatever is proved of the
        browser."""
        self.require_open()
        proxy = self.opened is not None and who == PROXY
        return Actor(
            self.official.id,
            name if proxy else self.official.name,
            Assurance.LINK if proxy else self.assurance,
            self.on,
            self.now,
        )


def acting_of(request: Request, session: Session, now: datetime) -> Acting:
    """Whoever acts here on the handler's side. Raises NotOpen, NotSignedIn, or a 404 for a task
    that is not his."""
    token, number = request.path_params.get("token"), request.path_params["number"]
    if token is None:
        acting = _at_desk(request, session, number, now)
    else:
        acting = _by_link(request, session, token, number, now)
    try:
        require_role(session, acting.task, acting.official.id, acting.on, HANDLER)
    except Refusal:
        raise HTTPException(404) from None
    return acting


def _by_link(request: Request, session: Session, token: str, number: str, now: datetime) -> Acting:
    opened = opened_by(request, session, token, now)
    task = opened_task(session, opened, _readable(number))
    if task is None:
        raise HTTPException(404)
    stands = standing(request, session, opened, now)
    desk, home = desk_of(request), f"/r/{quote(token)}"
    return Acting(
        official=opened.official,
        task=task,
        assurance=stands.assurance,
        language=desk.office.language_of(opened.official),
        home=home,
        base=f"{home}/tasks/{quote(task.number)}",
        here=quote(request.scope["path"]),
        on=desk.today(now),
        now=now,
        opened=opened,
        standing=stands,
    )


def opened_by(request: Request, session: Session, token: str, now: datetime) -> Opened:
    """What a token opens; counts against who asks too often. Raises NotOpen."""
    desk = desk_of(request)
    looks = request.method in ("GET", "HEAD")
    if looks:
        desk.limits.count(LOOKS, address_of(request))
    opened = find(session, desk.office.ring, token, now)
    if opened is None or opened.withdrawn or (looks and opened.shut):
        raise NotOpen(opened)
    if not looks:
        desk.limits.look(VAIN, str(opened.link.id), address_of(request))
    return opened


def count_in_vain(request: Request, acting: Acting) -> None:
    """This form recorded nothing."""
    if acting.opened is not None:
        desk_of(request).limits.count(VAIN, str(acting.opened.link.id), address_of(request))


def admit(request: Request) -> None:
    """Before a body is read: whoever may not act here sends no files."""
    desk = desk_of(request)
    with reading(desk.office.engine) as session:
        acting_of(request, session, desk.now())


@contextmanager
def recording(request: Request, acting: Acting) -> Iterator[Session]:
    """One act, and the mails that follow from it."""
    office = desk_of(request).office
    with transaction(office.engine, acting.now) as session:
        yield session
        tell(session, office, on=acting.on, now=acting.now)


def _at_desk(request: Request, session: Session, number: str, now: datetime) -> Acting:
    desk, viewer = desk_of(request), viewer_of(request, session, now)
    task = session.exec(select(Task).where(Task.number == _readable(number))).first()
    if task is None:
        raise HTTPException(404)
    path = f"/tasks/{quote(task.number)}"
    return Acting(
        official=viewer.official,
        task=task,
        assurance=Assurance.SESSION,
        language=desk.office.language_of(viewer.official),
        home=path,
        base=path,
        here=quote(request.scope["path"]),
        on=desk.today(now),
        now=now,
    )


def _readable(number: str) -> str:
    if "\x00" in number:  # PostgreSQL refuses to look for it
        raise HTTPException(404)
    return number
