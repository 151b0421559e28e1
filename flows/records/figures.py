"""A figure is reported, and approved by somebody else; only then is it printed."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, or_, select

from flows.history import link_id
from flows.records.keeping import NotKept, open_to
from flows.signoff.office_acts import NotTheOffice, keepers
from models import Figure, FigureApproval, Official, Task

LONGEST_VALUE = 40  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What is reported. `period` is how the day was said, as 1-7月; `task` a number."""

    code: str
    name: str
    value: str
    unit: str
    as_of: date
    source: str
    period: str = ""
    remarks: str = ""
    task: str = ""


def report(
    session: Session, said: Reported, official: Official, *, on: date, now: datetime
) -> Figure:
    """It stands beside what was reported before, until it is approved. Raises a Refusal."""
    _require_whole(said, on)
    figure = Figure(
        code=said.code,
        name=said.name,
        value=said.value,
        unit=said.unit,
        as_of=said.as_of,
        period=said.period,
        source=said.source,
        remarks=said.remarks,
        task_id=open_to(session, said.task, official.id, on).id if said.task else None,
        reported_by_id=official.id,
        reported_by=official.name,
        on=on,
        at=now,
        link_id=link_id(session),
    )
    session.add(figure)
    session.flush()
    return figure


def approve(
    session: Session, key: int, official: Official, *, on: date, now: datetime
) -> FigureApproval:
    """By the office, and neither by whoever reported it nor by whoever stands aside from its task.
    Of two the second is refused."""
    if official.id not in keepers(session, on):
        raise NotTheOffice
    figure = session.exec(select(Figure).where(Figure.id == key).with_for_update()).first()
    if figure is None:
        raise NotKept(f"没有第 {key} 号数据", f"there is no figure {key}")
    if figure.task_id:
        open_to(session, session.get_one(Task, figure.task_id).number, official.id, on)
    before = session.exec(select(FigureApproval).where(FigureApproval.figure_id == key)).first()
    if before:
        raise NotKept(
            f"第 {key} 号数据已由{before.approved_by}核准",
            f"figure {key} was approved by {before.approved_by}",
        )
    if figure.reported_by_id == official.id:
        raise NotKept("本人报送的数据须由他人核准", "who reported a figure does not approve it")
    approval = FigureApproval(
        figure_id=figure.id,
        approved_by_id=official.id,
        approved_by=official.name,
        on=on,
        at=now,
        link_id=link_id(session),
    )
    session.add(approval)
    session.flush()
    return approval


def waiting(session: Session, code: str) -> Figure:
    """The newest report of this figure that nobody approved yet. Raises NotKept."""
    figure = session.exec(
        select(Figure)
        .outerjoin(FigureApproval)
        .where(Figure.code == code, col(FigureApproval.id).is_(None))
        .order_by(col(Figure.id).desc())
    ).first()
    if figure is None:
        raise NotKept(
            f"数据“{code}”没有待核准的报送；可用 sise figure list 查看",
            f"no report of the figure '{code}' waits for approval; see 'sise figure list'",
        )
    return figure


def approved(session: Session, last: date) -> dict[str, tuple[Figure, FigureApproval]]:
    """Of each code the newest one that was approved, as of this day or earlier. What belongs to a
    restricted task is never printed."""
    hidden = select(Task.id).where(col(Task.restricted))
    rows = session.exec(
        select(Figure, FigureApproval)
        .join(FigureApproval, col(FigureApproval.figure_id) == col(Figure.id))
        .where(
            col(Figure.as_of) <= last,
            or_(col(Figure.task_id).is_(None), col(Figure.task_id).not_in(hidden)),
        )
        .order_by(col(Figure.id))
    )
    return {figure.code: (figure, approval) for figure, approval in rows}


def _require_whole(said: Reported, on: date) -> None:
    for chinese, english, written in (
        ("代号", "code", said.code),
        ("名称", "name", said.name),
        ("数值", "value", said.value),
        ("来源", "source", said.source),
    ):
        if not written.strip():
            raise NotKept(f"请写明{chinese}", f"please give its {english}")
    if len(said.value) > LONGEST_VALUE:
        raise NotKept(
            f"数值超过 {LONGEST_VALUE} 个字", f"the value has more than {LONGEST_VALUE} characters"
        )
    if said.as_of > on:
        raise NotKept(f"截至日期 {said.as_of} 还没有到", f"the day {said.as_of} lies ahead")
