"""The sheet 通讯录 becomes rows: units, people, their posts, and who stands in for whom."""

from flows.ledger import cells
from flows.ledger.needs import Need
from flows.ledger.rows import DirectoryRow
from flows.ledger.table import Table
from notifications.wording import post_word


def directory_rows(table: Table) -> list[DirectoryRow]:
    if table.problems:
        return []  # without its columns a row says nothing
    return [_directory_row(table, row) for row in table.rows()]


def _directory_row(table: Table, row: int) -> DirectoryRow:
    before = len(table.problems)
    read = DirectoryRow(
        unit=table.take(row, "unit", cells.called, ""),
        parent=table.take(row, "parent", cells.called, ""),
        name=table.take(row, "name", cells.name, ""),
        post=table.take(row, "post", cells.post, None),
        email=table.take(row, "email", cells.address, ""),
        deputy=table.take(row, "deputy", cells.name, ""),
        from_on=table.take(row, "from", cells.day, None),
        until_on=table.take(row, "to", cells.day, None),
        language=table.take(row, "language", cells.language, ""),
        sheet=table.grid.sheet,
        row=row + 1,
    )
    if len(table.problems) == before:
        _judge(table, row, read)
    return read


def _judge(table: Table, row: int, read: DirectoryRow) -> None:
    if not read.unit:
        table.note(row, "unit", Need.EMPTY)
    post = post_word(read.post) if read.post else ""
    person = read.email or read.deputy or post or read.language
    if person and not read.name:
        table.note(row, "name", Need.PERSON_WITHOUT_NAME, "", person)
    if read.from_on and read.until_on and read.until_on < read.from_on:
        table.note(
            row, "to", Need.ENDS_BEFORE_START, read.until_on.isoformat(), read.from_on.isoformat()
        )
