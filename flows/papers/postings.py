"""上墙晾晒: a month that is over is prepared, for somebody else to approve before it is posted."""

from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from flows.moves import lock_all_tasks
from flows.papers.approval import put_forward, require_next
from flows.papers.bulletins import BadPeriod
from flows.papers.posting import posting_facts
from flows.signoff.actor import OfficeActor
from models import Night, PostingDraft
from models.bulletin import BulletinKind
from models.workdays import Calendar
from notifications.wording import day_words

POSTING = BulletinKind.POSTING


def prepare(
    session: Session, by: OfficeActor, *, first: date, last: date, calendar: Calendar
) -> PostingDraft:
    """Freeze a month that is over. Raises Refusal."""
    lock_all_tasks(session)
    number = require_next(session, POSTING, first, last, by)
    _check_nights(session, last)
    facts = posting_facts(session, first, last, calendar=calendar)
    return put_forward(session, POSTING, number, by, facts, first=first, last=last)


def _check_nights(session: Session, last: date) -> None:
    first = session.scalar(select(func.min(col(Night.on))))
    if first is None or last < first:
        began = f"第一次夜间检查是{day_words(first)}" if first else "还没有执行过夜间检查"
        since = f"the first night was {first}" if first else "no night was played yet"
        raise BadPeriod(
            f"{last:%Y年%-m月}没有执行过夜间检查，没有可晾晒的数据（{began}）；没有拟稿",
            f"no night was played in or before {last:%Y-%m}, so there is nothing to post "
            f"({since}); nothing was prepared",
        )
