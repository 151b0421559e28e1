"""The office: what an edge read from the settings, handed down as one plain value."""

from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from flows.database import open_engine
from flows.keyring import KeyRing, open_ring
from flows.letters import Letterhead
from flows.limits import MailLimits
from models import Official
from models.workdays import Calendar


@dataclass(frozen=True, slots=True)
class MailHours:
    """Local hours of working days in which mail may go out; None, None: always."""

    start: time | None = None
    end: time | None = None

    @classmethod
    def parse(cls, written: str) -> "MailHours":
        if written == "always":
            return cls()
        start, _, end = written.partition("-")
        hours = cls(time.fromisoformat(start.strip()), time.fromisoformat(end.strip()))
        if hours.start is None or hours.end is None or hours.start >= hours.end:
            raise ValueError(f"'{written}' ends before it starts")
        return hours

    def open_at(self, at: datetime, calendar: Calendar) -> bool:
        if self.start is None or self.end is None:
            return True
        return calendar.is_working(at.date()) and self.start <= at.time() < self.end


@dataclass(frozen=True)
class Office:
    """One installation. Its keys derive the reply tokens; they never enter the database."""

    engine: Engine
    home: Path
    ring: KeyRing
    timezone: ZoneInfo
    language: str
    base_url: str
    mail_from: str
    smtp_url: str | None
    mail_hours: MailHours
    night_at: time | None = time(2)  # None: another scheduler plays the nights
    mail_limits: MailLimits = field(default_factory=MailLimits)
    bounce_address: str | None = None
    imap_url: str | None = field(default=None, repr=False)  # it holds a password

    @property
    def secret(self) -> bytes:
        """What is derived and signed from now on."""
        return self.ring.newest

    @property
    def letterhead(self) -> Letterhead:
        return Letterhead(self.base_url, self.mail_from, self.bounce_address, self.timezone)

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.timezone)

    def language_of(self, official: Official) -> str:
        """A person's own, or the office's."""
        return official.language or self.language

    def both(self, chinese: str, english: str) -> str:
        """What the office is told, in its language."""
        return english if self.language == "en" else chinese


class Settled(Protocol):
    """The settings that make an office; `sise.settings.Settings` has them."""

    @property
    def home(self) -> Path: ...
    @property
    def url(self) -> str: ...
    @property
    def timezone(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def mail_from(self) -> str: ...
    @property
    def smtp_url(self) -> str | None: ...
    @property
    def mail_hours(self) -> str: ...
    @property
    def night_time(self) -> time | None: ...
    @property
    def mail_limits(self) -> str: ...
    @property
    def bounce_address(self) -> str | None: ...
    @property
    def imap_url(self) -> str | None: ...


def open_office(settings: Settled) -> Office:
    """The office of these settings. Its home and its first key are made if they are missing."""
    # What is in it is not for everybody on the machine: matters' titles, evidence, keys.
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Office(
        engine=open_engine(settings.url),
        home=settings.home,
        ring=open_ring(settings.home / "secret"),
        timezone=ZoneInfo(settings.timezone),
        language=settings.language,
        base_url=settings.base_url,
        mail_from=settings.mail_from,
        smtp_url=settings.smtp_url,
        mail_hours=MailHours.parse(settings.mail_hours),
        night_at=settings.night_time,
        mail_limits=MailLimits.parse(settings.mail_limits),
        bounce_address=settings.bounce_address,
        imap_url=settings.imap_url,
    )
