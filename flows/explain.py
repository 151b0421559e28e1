"""Why a task has its colour, as it stood on a date: the anchor, the roll, each rung's strike
date, what raised it, and what comes next. The same arithmetic as the sweep, one task at a time."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from flows.escalation import anchors_of
from flows.find_task import find_task
from flows.rulebook import ladder_of
from flows.signoff.asked_by_then import asked_by_then
from flows.signoff.lists import policy_on
from flows.signoff.suspensions import days_stood_still
from flows.standing import History, Standing
from flows.these import THESE, among
from flows.told import told
from models import Official, Task
from models.ladder import Entry, Ladder
from models.refusal import Refusal
from models.signoff import ON_CLOCK
from models.strike import Strike, counted, start, strikes
from models.warning import Colour
from models.workdays import Calendar
from notifications.explanation import ClimbStep, DueChange, ExplainRow, Explanation
from notifications.wording import day_words

Key = tuple[Colour, str]


class NotYetOpened(Refusal):
    """The date lies before everything that could be explained."""

    def __init__(self, number: str, on: date, opened_on: date) -> None:
        super().__init__(
            f"事项“{number}”于{day_words(opened_on)}交办，{day_words(on)}还没有可说明的",
            f"task '{number}' was opened on {opened_on}: there is nothing to explain for {on}",
        )


def explain(
    session: Session, number: str, *, on: date, calendar: Calendar, timezone: ZoneInfo
) -> Explanation:
    """As it stood at the end of this date; in the time to come, as it stands and will strike.
    Raises NoSuchTask and NotYetOpened."""
    kept = find_task(session, number)
    if on < (first := min(kept.opened_on, kept.created_at.astimezone(timezone).date())):
        raise NotYetOpened(number, on, first)
    history = History.load(session, kept)
    stood = history.at_end_of(on)
    task, due = stood.task, stood.task.due_on
    ladder = ladder_of(policy_on(session, task, on, calendar))
    rows = _rows(history, stood, ladder, calendar, on)
    return Explanation(
        number=task.number,
        title=task.title,
        on=on,
        colour=task.colour,
        state=task.state,
        on_clock=task.state in ON_CLOCK,
        policy=f"{ladder.title}（{ladder.name} {ladder.version}）",
        due_on=due,
        original_due_on=task.original_due_on,
        rolled_on=counted(due, ladder, calendar) if due else None,
        cycle=task.cycle,
        begun_on=task.begun_on,
        rows=rows,
        changes=_changes(session, stood),
        climb=_climb(stood),
        told=told(session, stood, on, timezone),
        asked=asked_by_then(session, task, on, timezone),
        next_row=_next(task, rows, on),
        paused=days_stood_still(session, stood.moves),
    )


def _changes(session: Session, stood: Standing) -> list[DueChange]:
    ids = {row.actor_id for row in stood.changes if row.actor_id is not None}
    names = dict(session.execute(_NAMES, {"these": list(ids)}).all()) if ids else {}
    return [
        DueChange(
            on=row.on,
            kind=row.kind,
            previous_due_on=row.previous_due_on,
            due_on=row.due_on,
            reason=row.reason,
            legal_basis=row.legal_basis,
            by=names.get(row.actor_id or 0, ""),
        )
        for row in stood.changes
    ]


def _climb(stood: Standing) -> list[ClimbStep]:
    suspended = {move.at for move in stood.moves if move.event == "suspend"}
    redated = {(change.at, change.reason) for change in stood.changes}
    return [
        ClimbStep(
            on=move.on,
            event=move.event,
            colour=Colour(move.target),
            entry=Entry.of_cause(move.cause),
            passed=[Colour(colour) for colour in move.passed.split()],
            suspended=(down := move.event == "relieve") and move.at in suspended,
            left_list=down and move.at not in suspended and (move.at, move.reason) not in redated,
        )
        for move in stood.climb
    ]


def _rows(
    history: History, stood: Standing, ladder: Ladder, calendar: Calendar, on: date
) -> list[ExplainRow]:
    """Each entry as it counts now; those that raised the task, as the night counted them."""
    counts: dict[Key, tuple[Strike, date | None]] = {
        key: (found, None) for key, found in _strikes(stood, ladder, calendar).items()
    }
    for move in stood.climb:
        key = Colour(move.target), move.cause
        if found := _strikes(history.before(move), ladder, calendar).get(key):
            counts[key] = found, move.on
    rows = []
    for rung, entry in ladder.entries():
        found, raised_on = counts.get(_key(rung.colour, entry), (None, None))
        strike_on = found.on if found else None
        rows.append(
            ExplainRow(
                colour=rung.colour,
                label=rung.label,
                entry=entry,
                anchor=start(entry, found.anchor, ladder, calendar) if found else None,
                strike_on=strike_on,
                struck=strike_on is not None and strike_on <= on,
                raised_on=raised_on,
                provisional=strike_on is not None and not calendar.is_known(strike_on.year),
            )
        )
    return rows


def _strikes(stood: Standing, ladder: Ladder, calendar: Calendar) -> dict[Key, Strike]:
    anchors = anchors_of(stood.task, stood.live)
    return {
        _key(found.rung.colour, found.entry): found for found in strikes(ladder, anchors, calendar)
    }


def _key(colour: Colour, entry: Entry) -> Key:
    """As a transition names the entry that struck: by its target and its cause."""
    return colour, str(entry)


def _next(task: Task, rows: list[ExplainRow], on: date) -> ExplainRow | None:
    """What the next night that raises it will raise it to: of several rungs that will have
    struck by then, the highest."""
    if task.state not in ON_CLOCK:
        return None
    ahead = [
        (max(row.strike_on, on), -row.colour.rank, n)
        for n, row in enumerate(rows)
        if row.strike_on and row.colour.rank > task.colour.rank
    ]
    return rows[min(ahead)[2]] if ahead else None


_NAMES = select(col(Official.id), col(Official.name)).where(among(col(Official.id), THESE))
