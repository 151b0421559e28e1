"""What happened beside the matters' own moves: acts on record, codes, being named in a bulletin."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlmodel import Session, col, select

from flows.measures.series import series_of
from flows.records.entries import Entry, entries, families
from flows.scores.happened import Happened, Whose
from models import Bulletin, Measurement, MeasurementSeries, Procedure, RecordKind, Task
from models.bulletin import BulletinKind
from models.score_file import ScoreRule
from models.warning import Colour
from notifications.papers.bulletin import BulletinFacts


def recorded(
    session: Session, rule: ScoreRule, first: date, last: date, whose: Whose
) -> Iterator[Happened]:
    """Each line, of a record of these kinds or those below, that names a unit or a matter."""
    titles = dict(session.exec(select(RecordKind.name, RecordKind.title)).all())
    known = families(session)
    kinds = set[str]().union(*(known[kind] for kind in rule.kinds if kind in known))
    found = [one for one in entries(session, first, last) if one.kind in kinds]
    numbers = {line.task for one in found for line in one.lines if line.task}
    named = select(Task).where(col(Task.number).in_(numbers))
    tasks = {task.number: task for task in session.exec(named)}
    for one in found:
        yield from _of_entry(one, tasks, titles[one.kind], whose)


def _of_entry(one: Entry, tasks: dict[str, Task], kind: str, whose: Whose) -> Iterator[Happened]:
    for n, line in enumerate(one.lines):
        task = tasks.get(line.task)
        unit = line.unit or (whose.on(task, one.on) if task else "")
        if unit:
            hidden = bool(task and task.restricted)
            title = "" if hidden else one.topic
            detail = "" if hidden else kind
            yield Happened(f"{one.key}/{n}", one.on, unit, line.task, title, detail, hidden)


def coded(session: Session, rule: ScoreRule, first: date, last: date) -> Iterator[Happened]:
    """It turned worse to one of these codes, as it was known at the end; on the day on which its
    first value came. A series whose follow-up is restricted is left out."""
    hidden = set(session.exec(select(Procedure.name).where(col(Procedure.restricted))))
    for series in session.exec(select(MeasurementSeries).order_by(col(MeasurementSeries.id))):
        file = series_of(series)
        if file.follow_up.procedure in hidden or series.name not in (rule.series or [series.name]):
            continue
        for one, came, before in _turned(session, series.id, last):
            subject = file.named(one.subject)
            worse = one.code.rank > (before or Colour.GREEN).rank
            if subject and worse and one.code in rule.colours and first <= came <= last:
                title = f"{one.subject}：{file.title} {file.written(one.period)}"
                key = f"code/{series.id}/{one.period}/{one.subject}"
                yield Happened(key, came, subject.unit, title=title, detail=one.code)


def _turned(
    session: Session, series_id: int, last: date
) -> Iterator[tuple[Measurement, date, Colour | None]]:
    """Each period's value with the day of its first report, and the code of the one before."""
    rows = select(Measurement).where(
        Measurement.series_id == series_id, col(Measurement.on) <= last
    )
    by_subject: dict[str, dict[date, list[Measurement]]] = defaultdict(lambda: defaultdict(list))
    for one in session.exec(rows.order_by(col(Measurement.n))):
        by_subject[one.subject][one.period].append(one)
    for periods in by_subject.values():
        before: Colour | None = None
        for period in sorted(periods):
            reports = periods[period]
            yield reports[-1], reports[0].on, before
            before = reports[-1].code


def in_bulletins(session: Session, rule: ScoreRule, first: date, last: date) -> Iterator[Happened]:
    """Once for each issue that names the unit, in one of these colours if the rule says some."""
    issues = select(Bulletin).where(
        Bulletin.kind == BulletinKind.BULLETIN, col(Bulletin.to_on).between(first, last)
    )
    for issue in session.exec(issues.order_by(col(Bulletin.number))):
        facts = BulletinFacts.model_validate_json(issue.content)
        colours = set(rule.colours or Colour)
        units = {line.unit for line in facts.lines if line.unit and line.colour in colours}
        for unit in sorted(units):
            key = f"bulletin/{issue.number}/{unit}"
            yield Happened(key, issue.to_on, unit, detail=str(issue.number))
