"""The board's queries: counts by colour and one page of rows, whatever the number of tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlmodel import Session, col

from flows.handler_name import handler_name
from flows.open_counts import is_open, open_by_colour
from flows.task_list import WORST_FIRST
from models import Notice, OpenCount, Task, Unit
from models.notice_machine import LIVE
from models.warning import Colour
from web.matter import Matter, Showing
from web.rights import Viewer

PAGE = 50
FEW = 2000  # matters: so many are sorted while somebody waits
DEEPEST = 500  # pages: who looks for something further down asks for a colour or a unit


@dataclass(frozen=True)
class Asked:
    """The filter of the board, as the form sent it."""

    colour: Colour | None
    unit: str
    number: str
    page: int
    under: int = 0  # a unit's id: its matters and those of the units below it
    alone: bool = False  # its own only
    hits: Sequence[int] = ()  # what may have the number or the words, for whoever sees all

    @property
    def of_everything(self) -> bool:
        """No filter: whoever searches or turns pages is not told the morning's news again."""
        return not (self.colour or self.unit or self.number or self.under)

    def of_whole_ledger(self, viewer: Viewer) -> bool:
        """All open matters, of some units at most: the database keeps their counts."""
        return viewer.sees_all and not self.number


@dataclass(frozen=True)
class Row:
    task: Task
    matter: Matter
    notice: Notice | None


def counts(session: Session, viewer: Viewer, asked: Asked) -> dict[Colour, int]:
    """Tasks by colour under the filter, the colour itself left out of it."""
    if not asked.of_whole_ledger(viewer):
        return _counted(session, *_wanted(viewer, asked))
    kept = open_by_colour(session, and_(true(), *_units_of(viewer, asked, OpenCount)))
    aside = viewer.aside_from(col(Task.id))
    hidden = _counted(session, aside, is_open(), *_units_of(viewer, asked, Task))
    return {colour: n - hidden[colour] for colour, n in kept.items()}


def _counted(session: Session, *wanted: ColumnElement[bool]) -> dict[Colour, int]:
    rows = session.execute(
        select(col(Task.colour), func.count()).where(*wanted).group_by(col(Task.colour))
    )
    found: dict[Colour, int] = dict(rows.all())
    return {colour: found.get(colour, 0) for colour in Colour}


def rows(
    session: Session,
    viewer: Viewer,
    asked: Asked,
    showing: Showing,
    tally: Mapping[Colour, int],
) -> list[Row]:
    """One page, worst first: colour, then the longest overdue. `tally`: how many of each."""
    shown = _shown_ids(session, viewer, asked, tally)
    found = session.execute(
        select(Task, col(Unit.name), handler_name(viewer.on))
        .join_from(Task, Unit, col(Unit.id) == col(Task.unit_id))
        .where(col(Task.id).in_(shown))
        .order_by(*WORST_FIRST)
    ).all()
    live = session.scalars(
        select(Notice).where(
            col(Notice.task_id).in_([task.id for task, _, _ in found]), col(Notice.state).in_(LIVE)
        )
    )
    notices = {notice.task_id: notice for notice in live}
    return [
        Row(
            task,
            showing.matter(task, unit, handler or "", hidden=viewer.hides(task)),
            notices.get(task.id),
        )
        for task, unit, handler in found
    ]


def _shown_ids(
    session: Session, viewer: Viewer, asked: Asked, tally: Mapping[Colour, int]
) -> list[int]:
    """Few are sorted; of many each colour is read in the order of its index, up to the page."""
    colours = [asked.colour] if asked.colour else list(reversed(Colour))
    first = (asked.page - 1) * PAGE
    if sum(tally[colour] for colour in colours) <= FEW:
        found = select(col(Task.id)).where(
            *_wanted(viewer, asked), true() if not asked.colour else col(Task.colour).in_(colours)
        )
        return list(session.scalars(found.order_by(*WORST_FIRST).limit(PAGE).offset(first)))
    wanted, ids = _wanted(viewer, asked, many=True), list[int]()
    for colour in colours:
        if first < tally[colour] and len(ids) < PAGE:
            of_it = select(col(Task.id)).where(*wanted, col(Task.colour) == colour)
            in_order = of_it.order_by(*WORST_FIRST[1:]).limit(PAGE - len(ids)).offset(first)
            ids += session.scalars(in_order)
        first = max(0, first - tally[colour])
    return ids


def _wanted(viewer: Viewer, asked: Asked, *, many: bool = False) -> list[ColumnElement[bool]]:
    """Open tasks; a search by number or title finds closed ones too."""
    wanted = [*_units_of(viewer, asked, Task, many=many)]
    if asked.number:
        wanted.append(may_be_told(viewer, asked))
        if viewer.sees_all:  # others have few
            wanted.append(col(Task.id).in_(asked.hits))
    else:
        wanted += [viewer.may_see(), is_open()]
    return wanted


def may_be_told(viewer: Viewer, asked: Asked) -> ColumnElement[bool]:
    """What this viewer may see, and which has what is searched for where he may see that too."""
    named = col(Task.number).icontains(asked.number, autoescape=True)
    titled = col(Task.title).icontains(asked.number, autoescape=True)
    return viewer.may_see() & or_(named, titled & _shown(viewer, Task))


def _units_of(
    viewer: Viewer, asked: Asked, table: type[Task] | type[OpenCount], *, many: bool = False
) -> list[ColumnElement[bool]]:
    """`many`: the rows are read in another order than by unit, which the database cannot know."""
    unit_id = col(table.unit_id) + 0 if many else col(table.unit_id)
    wanted = list[ColumnElement[bool]]()
    if asked.under:
        wanted.append(unit_id.in_(_units(asked)))
        wanted.append(col(table.restricted).is_(False))  # as it was counted
    if asked.unit:
        units = select(col(Unit.id)).where(col(Unit.name).contains(asked.unit, autoescape=True))
        wanted.append(unit_id.in_(units))
        wanted.append(_shown(viewer, table))
    return wanted


def _units(asked: Asked) -> Select[int]:
    top = select(col(Unit.id)).where(col(Unit.id) == asked.under)
    if asked.alone:
        return top
    tree = top.cte(recursive=True)
    tree = tree.union(select(col(Unit.id)).where(col(Unit.parent_id) == tree.c.id))
    return select(tree.c.id)


def _shown(viewer: Viewer, table: type[Task] | type[OpenCount]) -> ColumnElement[bool]:
    """Not hidden, or a filter would tell what the row hides."""
    return true() if viewer.sees_restricted else col(table.restricted).is_(False)
