"""An office's own headings: a TOML file says which of theirs is which of ours.

[台账]
问题编号 = "编号"
整改时限 = "完成时限"
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flows.ledger.headings import DIRECTORY, LEDGER, Heading, fields_of, normal
from flows.ledger.problems import LedgerRefused
from flows.ledger.rows import DIRECTORY_SHEET, LEDGER_SHEET
from models.ladder import RuleError
from models.rule_words import BEYOND_READING, Fault, shown, toml_fault

SHEETS = {
    LEDGER_SHEET: LEDGER_SHEET,
    "ledger": LEDGER_SHEET,
    DIRECTORY_SHEET: DIRECTORY_SHEET,
    "directory": DIRECTORY_SHEET,
}
# TOML wants names that are not ASCII in quotation marks; who writes 问题编号 = … means the same.
_NAME = re.compile(
    r"^(\s*\[?\s*)([^\s\"'#=\[\]]*[^\x00-\x7f\s][^\s\"'#=\[\]]*)(\s*[]=])", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class HeadingMap:
    """By sheet: our headings, each with theirs where it has one."""

    tables: Mapping[str, tuple[Heading, ...]]

    def told(self, refused: LedgerRefused, file: str = "") -> LedgerRefused:
        """The same problems, with the file, and the columns called as it calls them."""
        named = {h.chinese: h.read_as for table in self.tables.values() for h in table}
        columns = ((p, named.get(p.column, p.column)) for p in refused.problems)
        return LedgerRefused([replace(p, column=column) for p, column in columns], file)


OURS = HeadingMap({LEDGER_SHEET: LEDGER, DIRECTORY_SHEET: DIRECTORY})


def parse_mapping(text: str, *, file: str) -> HeadingMap:
    """Raises RuleError with every fault."""
    try:
        said = tomllib.loads(_NAME.sub(r'\1"\2"\3', text))
    except tomllib.TOMLDecodeError as error:
        raise RuleError(file, _twice(text) or toml_fault(error)) from error
    except (RecursionError, ValueError) as error:
        raise RuleError(file, BEYOND_READING) from error
    tables, faults = dict(OURS.tables), list[Fault]()
    for name, pairs in said.items():
        sheet = SHEETS.get(name.lower())
        if sheet is None or not isinstance(pairs, dict):
            faults.append(
                Fault(
                    f"“{name}”有误；只能写 [台账] 和 [通讯录] 两个表，列名写在它们下面",
                    f"'{name}' is wrong; write the tables [ledger] and [directory], and the "
                    "headings below them",
                )
            )
            continue
        tables[sheet], found = _mapped(tables[sheet], pairs)
        faults += (fault.at(name) for fault in found)
    if faults:
        raise RuleError(file, *faults)
    return HeadingMap(tables)


def _twice(text: str) -> Fault | None:
    """TOML says only that something was written twice, but not what."""
    table, seen = "", set[tuple[str, str]]()
    for n, line in enumerate(text.splitlines(), 1):
        name = line.partition("=")[0].strip().strip("\"'")
        if name.startswith("["):
            table, name = name, ""
        if (table, name) in seen and name and not name.startswith("#"):
            return Fault(
                f"第 {n} 行：“{name}”写了两次，请只留一行",
                f"line {n}: '{name}' is given twice; keep one line",
            )
        seen.add((table, name))
    return None


def _mapped(
    table: tuple[Heading, ...], pairs: Mapping[str, Any]
) -> tuple[tuple[Heading, ...], list[Fault]]:
    fields, theirs, faults = fields_of(table), dict[str, str](), list[Fault]()
    owners: dict[str, str] = {}  # their heading → ours
    for ours, heading in pairs.items():
        field = fields.get(normal(ours))
        faults += _wrong(table, ours, field, heading, theirs, owners)
        if field and isinstance(heading, str):
            theirs[field] = heading
            owners[normal(heading)] = ours
    return tuple(replace(h, theirs=theirs.get(h.field, h.theirs)) for h in table), faults


def _wrong(
    table: tuple[Heading, ...],
    ours: str,
    field: str | None,
    heading: Any,
    theirs: Mapping[str, str],
    owners: Mapping[str, str],
) -> Iterator[Fault]:
    if field is None:
        known = "、".join(h.chinese for h in table)
        english = ", ".join(h.field for h in table)
        yield Fault(
            f"没有“{ours}”这一列，可以写：{known}", f"'{ours}' is no heading of ours; {english}"
        )
    elif field in theirs:
        yield Fault(f"“{ours}”写了两次，请只留一行", f"'{ours}' is given twice; keep one line")
    if not isinstance(heading, str) or not normal(heading):
        yield Fault(
            f"“{ours}”应写成引号中的表头，现为 {shown(heading)}",
            f"'{ours}' must be a heading in quotation marks, found {shown(heading)}",
        )
    elif normal(heading) in owners:
        other = owners[normal(heading)]
        yield Fault(
            f"表头“{heading}”既给了“{other}”又给了“{ours}”，一列只能对应一项",
            f"the heading '{heading}' is given to both '{other}' and '{ours}'; give it to one",
        )
