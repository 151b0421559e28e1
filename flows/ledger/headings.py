"""The one table of columns: what the office calls them, their English alias, their field."""

import re
import unicodedata
from dataclasses import dataclass

LOOKED_AT = 20  # rows in which the headings may stand


@dataclass(frozen=True, slots=True)
class Heading:
    chinese: str
    field: str  # also the English alias
    required: bool = False


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


def normal(heading: str) -> str:
    """A heading without spaces, newlines, remarks in brackets, and marks at its ends."""
    folded = unicodedata.normalize("NFKC", heading).lower()
    return re.sub(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|[\s_]", "", folded).strip(":*")


def fields_of(table: tuple[Heading, ...]) -> dict[str, str]:
    """Normal heading → field, for both languages."""
    pairs = [(heading.chinese, heading.field) for heading in table]
    pairs += [(heading.field, heading.field) for heading in table]
    return {normal(written): field for written, field in pairs}


def chinese_of(table: tuple[Heading, ...], field: str) -> str:
    return next(heading.chinese for heading in table if heading.field == field)
