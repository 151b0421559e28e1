"""The one table of columns: what the office calls them, their English alias, their field.

An import reads by it, and an export writes by it.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from notifications.wording import ENGLISH

LOOKED_AT = 20  # rows in which the headings may stand


@dataclass(frozen=True, slots=True)
class Heading:
    chinese: str
    field: str  # also the English alias
    required: bool = False
    theirs: str = ""  # as this office's files have it, where that differs

    @property
    def read_as(self) -> str:
        return self.theirs or self.chinese

    def said(self, language: str) -> str:
        """As an export writes it; an import finds it by either."""
        return self.field.replace("_", " ").capitalize() if language == ENGLISH else self.chinese


LEDGER = (
    Heading("问题编号", "number", required=True),
    Heading("反馈问题", "title", required=True),
    Heading("类别", "procedure"),
    Heading("责任单位", "unit", required=True),
    Heading("责任人", "handler"),
    Heading("责任人邮箱", "handler_email"),
    Heading("分管领导", "supervising_leader"),
    Heading("牵头单位", "lead_unit"),
    Heading("配合单位", "supporting_units"),
    Heading("交办日期", "opened_on"),
    Heading("整改时限", "due_on"),
    Heading("整改目标", "goal"),
    Heading("整改措施", "measures"),
    Heading("整改类别", "track"),
    Heading("所属清单", "lists"),
    Heading("限知", "restricted"),
    Heading("备注", "remarks"),
)
DIRECTORY = (
    Heading("单位", "unit", required=True),
    Heading("上级单位", "parent"),
    Heading("姓名", "name"),
    Heading("职务类别", "post"),
    Heading("邮箱", "email"),
    Heading("代理人", "deputy"),
    Heading("起", "from"),
    Heading("止", "to"),
    Heading("语言", "language"),
)
SHOWN = (
    Heading("序号", "serial"),
    Heading("原整改时限", "original_due_on"),
    Heading("预警颜色", "colour"),
    Heading("办理状态", "state"),
    Heading("预警单号", "notice"),
    Heading("整改进展", "progress"),
    Heading("销号申请日期", "applied_on"),
    Heading("销号日期", "signed_off_on"),
    Heading("回头看情况", "look_back"),
)
"""What only an export has: an import passes over it, as over every column that it does not know."""


def shown_as_one(ignored: Sequence[str]) -> list[str]:
    """Of an export of ours, what only an export has is told as one thing."""
    of_an_export = fields_of(SHOWN)
    found = [name for name in ignored if normal(name) in of_an_export]
    if len(found) < len(SHOWN):
        return list(ignored)
    others = [name for name in ignored if name not in found]
    return [f"{found[0]} … {found[-1]}（{len(found)}）", *others]


def normal(heading: str) -> str:
    """A heading without spaces, newlines, remarks in brackets, and marks at its ends; and without
    what cannot be seen, or a heading that stands there would be missing."""
    seen = (c for c in heading if unicodedata.category(c) != "Cf")
    folded = unicodedata.normalize("NFKC", "".join(seen)).lower()
    return re.sub(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|[\s_]", "", folded).strip(":*")


def fields_of(table: tuple[Heading, ...]) -> dict[str, str]:
    """Normal heading → field, for both languages; where theirs is given, by that alone."""
    ours = [heading for heading in table if not heading.theirs]
    pairs = [(heading.chinese, heading.field) for heading in ours]
    pairs += [(heading.field, heading.field) for heading in ours]
    pairs += [(heading.theirs, heading.field) for heading in table if heading.theirs]
    return {normal(written): field for written, field in pairs}


def named(table: tuple[Heading, ...], field: str) -> Heading:
    return next(heading for heading in table if heading.field == field)
