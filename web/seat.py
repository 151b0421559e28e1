"""Where somebody decides: at a reply link, or signed in at the desk."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import quote

from fastapi import Request
from sqlmodel import Session

from flows.reply_links import Opened
from flows.signoff.actor import Actor
from models import Official
from models.proof import Assurance
from web.desk import desk_of
from web.packet_files import evidence_path
from web.proof import Standing, standing
from web.rights import Viewer


@dataclass(frozen=True)
class Seat:
    """`here` is the page that lists what waits; `open` whether anything may be done here."""

    official: Official
    assurance: Assurance
    language: str
    here: str
    on: date
    now: datetime
    open: bool = True
    opened: Opened | None = None
    standing: Standing | None = None
    token: str = ""
    recorder: Official | None = None  # of the office, for a decision that was signed on paper

    @property
    def proved(self) -> bool:
        return self.assurance != Assurance.LINK

    @property
    def by_one_link(self) -> bool:
        """The link of one referral: its page has no list to go back to."""
        return self.opened is not None and self.opened.link.referral_id is not None

    def path(self, referral_id: int) -> str:
        if self.recorder is not None:
            return f"/referrals/{referral_id}/paper"
        if self.opened is None:
            return f"{self.here}/{referral_id}"
        return self.here if self.by_one_link else f"{self.here}?referral={referral_id}"

    def evidence(self, number: str, evidence_id: int) -> str:
        """Where a file of this task is handed out."""
        if self.opened is None:
            return evidence_path(number, evidence_id)
        return f"{self.here}/evidence/{evidence_id}"

    def actor(self) -> Actor:
        """A decision is one's own, never on behalf; one on paper is recorded by the office."""
        who = self.recorder or self.official
        return Actor(who.id, who.name, self.assurance, self.on, self.now)


def at_link(request: Request, session: Session, token: str, opened: Opened, now: datetime) -> Seat:
    desk = desk_of(request)
    stands = standing(request, session, opened, now)
    return Seat(
        opened.official,
        stands.assurance,
        desk.office.language_of(opened.official),
        f"/r/{quote(token)}",
        desk.today(now),
        now,
        open=not opened.expired,
        opened=opened,
        standing=stands,
        token=token,
    )


def at_desk(request: Request, viewer: Viewer, now: datetime) -> Seat:
    desk = desk_of(request)
    language = desk.office.language_of(viewer.official)
    return Seat(viewer.official, Assurance.SESSION, language, "/referrals", desk.today(now), now)


def at_paper(request: Request, viewer: Viewer, owner: Official, here: str, now: datetime) -> Seat:
    """The office, in the place of whoever signed on paper."""
    return replace(
        at_desk(request, viewer, now), official=owner, here=here, recorder=viewer.official
    )
