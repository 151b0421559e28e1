"""Units that are closed, and people out of service: nothing new is given to them by an import."""

from collections.abc import Iterator, Sequence
from datetime import date

from flows.ledger.matters import Matter
from flows.ledger.needs import Need
from flows.ledger.problems import Problem
from flows.ledger.roster import Person, Roster
from flows.ledger.rows import DirectoryRow


def out_of_service(matters: Sequence[Matter], roster: Roster) -> Iterator[Problem]:
    """What a matter has already, it may keep."""
    for matter in matters:
        row, task = matter.row, matter.task
        unit = roster.units[row.unit]
        if unit and unit.closed_on and not (task and task.unit_id == unit.id):
            yield Problem(
                row.sheet, row.row, "责任单位", row.unit, Need.UNIT_CLOSED, str(unit.closed_on)
            )
        for column, person, present in (
            ("责任人", matter.handler, task and task.handler_id),
            ("分管领导", matter.leader, task and task.supervising_leader_id),
        ):
            if person and (left_on := _left(person)) and person.id != present:
                yield Problem(row.sheet, row.row, column, person.name, Need.HAS_LEFT, str(left_on))


def directory_out_of_service(
    found: Sequence[tuple[DirectoryRow, Person]], roster: Roster
) -> Iterator[Problem]:
    """Posts that were over by then are told as they were."""
    for row, person in found:
        unit, left_on = roster.units[row.unit], _left(person)
        held = row.post is not None and not row.deputy
        if left_on and (row.deputy or held) and _lasts(row, left_on):
            yield Problem(row.sheet, row.row, "姓名", row.name, Need.HAS_LEFT, str(left_on))
        if unit is None or unit.closed_on is None:
            continue
        if person.stored is None or (held and _lasts(row, unit.closed_on)):
            yield Problem(
                row.sheet, row.row, "单位", row.unit, Need.UNIT_CLOSED, str(unit.closed_on)
            )


def _left(person: Person) -> date | None:
    return person.stored.left_on if person.stored else None


def _lasts(row: DirectoryRow, on: date) -> bool:
    return row.until_on is None or row.until_on >= on
