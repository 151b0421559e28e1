"""Who is told what about the sign-off, by mail. It follows from rows: a referral, a move or a
want of anybody to decide that no mail tells of yet."""

from datetime import date, datetime

from sqlalchemy import or_, select
from sqlmodel import Session

from flows.locks import Lock, hold
from flows.office import Office
from flows.signoff.office_mail import write_office_mails
from flows.signoff.outcome_mail import write_outcome_mails
from flows.signoff.outcomes import RECENT, UNSAID
from flows.signoff.referral_mail import UNTOLD, write_referral_mails
from flows.signoff.unreferred import UNREFERRED

_OWED = select(or_(UNTOLD.exists(), UNSAID.exists(), UNREFERRED.exists()))


def tell(session: Session, office: Office, *, on: date, now: datetime) -> int:
    """Write the mails that are owed to anybody, at the end of an act's transaction and once in
    each night; returns how many people get one. Twice is once."""
    if not session.scalar(_OWED, {"on": on, "since": now - RECENT}):
        return 0
    hold(session, Lock.TELLING)
    return (
        write_referral_mails(session, office, on, now)
        + write_outcome_mails(session, office, on, now)
        + write_office_mails(session, office, on, now)
    )
