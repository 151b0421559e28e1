"""Scores in the demo: a month is prepared, approved the day after, objected to and answered."""

from datetime import date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from flows.database import reading, transaction
from flows.office import Office
from flows.scores.objections import (
    NUMBERED,
    answer,
    heads_of,
    objections,
    raise_objection,
)
from flows.scores.schemes import load_scheme, scheme_of, schemes
from flows.scores.sheets import approve, facts_of, prepare
from flows.signoff.actor import Actor, Unattended
from flows.working_days import load_calendar
from models import Official, Post, Referral, ScoreScheme, ScoreSheet, Task
from models.decision import ReferralState
from models.organisation import PostKind
from models.proof import Assurance
from models.score import ScoreState
from models.signoff import TaskState
from seeds.sign_offs import Act, perform

HERE = Path(__file__).parent
BY = "演示数据"
PREPARED_ON, APPROVED_ON, OBJECTED_ON, ANSWERED_ON = 2, 3, 4, 9  # days of the month
SIGNED_ON = (10, 11)
BECAUSE = "签收记录属实，予以调整。"
WHY = "该项已在时限内办理，系统外有签收记录，请复核。"


def load_scores(session: Session, *, today: date, now: datetime) -> None:
    for path in sorted((HERE / "scores").glob("*.toml")):
        by = Unattended(BY, today, now)
        load_scheme(session, path.read_text("utf-8"), by, file=path.name)


def score_month(office: Office, on: date, first_night: date, now: datetime) -> None:
    """What is done about scores on this day; a month without a night has none."""
    last = on.replace(day=1) - timedelta(days=1)
    if last < first_night:
        return
    if on.day in SIGNED_ON:
        _sign(office, on, now)
    elif on.day == ANSWERED_ON:
        _answer(office, on, now)
    elif on.day in (PREPARED_ON, APPROVED_ON, OBJECTED_ON):
        _act(office, on, last, now)


def _act(office: Office, on: date, last: date, now: datetime) -> None:
    with transaction(office.engine, now) as session:
        if on.day == PREPARED_ON:
            for scheme in schemes(session):
                _prepare(session, scheme, on, now)
            return
        wanted = ScoreState.DRAFT if on.day == APPROVED_ON else ScoreState.PUBLISHED
        here = select(ScoreSheet).where(ScoreSheet.state == wanted, ScoreSheet.to_on == last)
        for sheet in session.exec(here.order_by(col(ScoreSheet.id))).all():
            if on.day == APPROVED_ON:
                approve(session, sheet, _head(session, on, now))
            else:
                _object(session, sheet, on, now)


def _prepare(session: Session, scheme: ScoreScheme, on: date, now: datetime) -> None:
    first, last = scheme_of(scheme).before(on)
    if last + timedelta(days=1) == on.replace(day=1):
        by = Unattended(BY, on, now)
        prepare(session, scheme, by, first, calendar=load_calendar(session))


def _head(session: Session, on: date, now: datetime) -> Actor:
    posts = select(Post).where(Post.kind == PostKind.COMMISSION_HEAD).order_by(col(Post.id))
    return _actor(session, session.exec(posts).all()[0].official_id, on, now)


def _object(session: Session, sheet: ScoreSheet, on: date, now: datetime) -> None:
    """The first unit that lost a point and has a head."""
    lost = [one for one in facts_of(sheet).lines if one.points < 0 and not one.restricted]
    heads = select(Post.official_id).where(Post.kind == PostKind.UNIT_HEAD).order_by(col(Post.id))
    for official_id in session.exec(heads).all():
        units = heads_of(session, official_id, on)
        for line in lost:
            if line.unit in units:
                raise_objection(
                    session,
                    sheet,
                    line.unit,
                    line.key,
                    _actor(session, official_id, on, now),
                    reason=WHY,
                    calendar=load_calendar(session),
                )
                return


def _answer(office: Office, on: date, now: datetime) -> None:
    """What was taken away for the line is given back."""
    with transaction(office.engine, now) as session:
        for sheet in session.exec(select(ScoreSheet).order_by(col(ScoreSheet.id))).all():
            for one in objections(session, sheet):
                if one.line and one.task.handler_id and one.task.state is TaskState.ASSIGNED:
                    by = _actor(session, one.task.handler_id, on, now)
                    back, calendar = str(-one.line.points), load_calendar(session)
                    answer(session, one.task, by, back, reason=BECAUSE, calendar=calendar)


def _sign(office: Office, on: date, now: datetime) -> None:
    """Whoever is asked agrees."""
    asked = select(Task.number).join(Referral, col(Referral.task_id) == col(Task.id))
    waiting = asked.where(
        col(Task.number).startswith(NUMBERED), Referral.state == ReferralState.OPEN
    )
    with reading(office.engine) as session:
        numbers = set(session.exec(waiting))
    for number in sorted(numbers):
        perform(office, Act(on, number, "approve", "同意。"), now)


def _actor(session: Session, official_id: int, on: date, now: datetime) -> Actor:
    name = session.get_one(Official, official_id).name
    return Actor(official_id, name, Assurance.SESSION, on, now)
