"""Points: what the rules make of what happened, counted anew from the rows each time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from flows.papers.units import office_unit
from flows.scores.deadlines import duty_missed, overdue, signed_off
from flows.scores.happened import Happened, Whose
from flows.scores.moves import reopened, returned, unacknowledged, unanswered, warned
from flows.scores.records import coded, in_bulletins, recorded
from flows.scores.schemes import scheme_of
from models import ScoreScheme, Task, Unit
from models.score_file import OF_TASKS, ScoreFile, ScoreRule
from models.workdays import Calendar
from notifications.papers.scores import PointLine, ScoreFacts

_MOVES = {
    "warned": warned,
    "unacknowledged": unacknowledged,
    "unanswered": unanswered,
    "returned": returned,
    "reopened": reopened,
    "recorded": recorded,
}
_DATES = {
    "overdue": overdue,
    "duty_missed": duty_missed,
    "signed_off_in_time": signed_off,
    "signed_off_late": signed_off,
}
_OTHERS = {"code": coded, "bulletin": in_bulletins}


def score_facts(
    session: Session, scheme: ScoreScheme, first: date, last: date, *, calendar: Calendar
) -> ScoreFacts:
    """Of these days, both included. A record may name what is no unit of the directory: it gives
    nobody a point."""
    file, whose = scheme_of(scheme), Whose.load(session)
    scored = set(file.units or whose.names.values())
    lines = list[PointLine]()
    for rule in file.rule:
        found = [
            one for one in _found(session, rule, first, last, whose, calendar) if one.unit in scored
        ]
        lines += _points(rule, sorted(found, key=lambda one: (one.on, one.key)))
    return ScoreFacts(
        office=office_unit(session, last),
        scheme=scheme.name,
        title=file.title,
        version=scheme.version,
        period=file.written(first),
        base=file.base,
        units=_units(session, file, last, lines),
        rules={rule.name: rule.title for rule in file.rule},
        lines=lines,
    )


def _found(
    session: Session,
    rule: ScoreRule,
    first: date,
    last: date,
    whose: Whose,
    calendar: Calendar,
) -> Iterator[Happened]:
    """The n-th of a matter is known by those before it, whenever they were."""
    since = date.min.replace(year=1990) if rule.from_nth > 1 else first
    nth: dict[str, int] = defaultdict(int)
    for one in _happened(session, rule, since, last, whose, calendar):
        nth[one.task] += 1
        late_enough = rule.event not in OF_TASKS or nth[one.task] >= rule.from_nth
        if late_enough and one.on >= first:
            yield one


def _happened(
    session: Session,
    rule: ScoreRule,
    first: date,
    last: date,
    whose: Whose,
    calendar: Calendar,
) -> Iterator[Happened]:
    if rule.event in _MOVES:
        return _MOVES[rule.event](session, rule, first, last, whose)
    if rule.event in _DATES:
        return _DATES[rule.event](session, rule, first, last, whose, calendar)
    return _OTHERS[rule.event](session, rule, first, last)


def _points(rule: ScoreRule, found: Iterable[Happened]) -> Iterator[PointLine]:
    """A unit's restricted matters have a limit of their own, or it would tell of them."""
    given: dict[tuple[str, bool], Decimal] = defaultdict(Decimal)
    for one in found:
        so_far = given[one.unit, one.restricted]
        points = rule.points
        if rule.most is not None:
            left = max(rule.most - abs(so_far), Decimal(0))
            points = min(abs(points), left).copy_sign(points)
        given[one.unit, one.restricted] = so_far + points
        yield PointLine(
            key=one.key,
            rule=rule.name,
            event=rule.event,
            on=one.on,
            unit=one.unit,
            points=points + 0,
            capped=points != rule.points,
            task=one.task,
            title=one.title,
            detail=one.detail,
            restricted=one.restricted,
        )


def _units(session: Session, file: ScoreFile, last: date, lines: Iterable[PointLine]) -> list[str]:
    if file.units:
        return sorted(file.units)
    had = select(Unit.name).where(
        col(Unit.id).in_(
            select(Task.unit_id).where(col(Task.restricted).is_(False), Task.opened_on <= last)
        )
    )
    return sorted({*session.exec(had), *(line.unit for line in lines if not line.restricted)})
