"""通报格式: what a progress report says and counts, as a file: headings, sentences, figures."""

import re
from datetime import datetime
from typing import Literal, Self

from pydantic import Field as Key
from pydantic import model_validator
from sqlmodel import Field, SQLModel

from models.columns import Instant
from models.ladder import Strict, parse_rules
from models.rule_words import Fault

PLACE = re.compile(r"\{([^{}]+)\}")
ON = "on"  # the place of the day as of which the report is
OF_WARNINGS = ("issues", "warned", "settled")
IN_YUAN = {"元": 100, "万元": 1_000_000}  # 分 in one


class ReportForm(SQLModel, table=True):
    """A form that was loaded. A report that was published keeps what it said."""

    __tablename__ = "report_form"

    name: str = Field(primary_key=True)
    title: str
    source: str  # the TOML text
    loaded_at: datetime = Field(sa_type=Instant)


_NEEDS = {
    "issues": "",
    "warned": "procedure",
    "settled": "procedure",
    "petitions": "set",
    "duties": "duty",
    "listed": "list",
    "paired": "topic",
}


class Counted(Strict):
    """A figure that is counted. Of records: themselves; the units (家) or lines with a unit (家次);
    people (人) or lines with one (人次); the matters on their lines; money. Of warnings: the issues
    of the bulletin; matters warned of; those signed off after it. `procedure` without kinds: of
    the lines that were handed in under it and decided, `result` being approved or rejected. With
    how many leaders are paired on the day."""

    id: str = Key(min_length=1)
    name: str = Key(min_length=1)
    unit: str = Key(min_length=1)
    count: Literal[
        "records",
        "units",
        "unit_times",
        "people",
        "person_times",
        "subjects",
        "money",
        "issues",
        "warned",
        "settled",
        "petitions",
        "duties",
        "listed",
        "paired",
    ]
    kinds: tuple[str, ...] = ()
    topic: str = ""
    led_by: str = ""
    result: str = ""
    procedure: str = ""
    set: Literal["", "forwarded", "not_a_lead", "over_three_months", "became_a_lead"] = ""
    duty: str = ""
    list: str = ""

    @model_validator(mode="after")
    def _can_be_counted(self) -> Self:
        needed = _NEEDS.get(self.count)
        if needed is None:
            _require(bool(self.kinds or self.procedure), "kinds")
        elif needed:
            _require(bool(getattr(self, needed)), needed)
        if self.count == "money" and self.unit not in IN_YUAN:
            raise Fault(f"款项的单位应为 元 或 万元，现为 {self.unit}", "money is in 元 or 万元")
        return self


class Sentence(Strict):
    """`words` has {id} where a figure stands. `measure`: it is said in place of that measure of
    the task, from 1; 0: after them."""

    words: str = Key(min_length=1)
    measure: int = Key(default=0, ge=0)


class Item(Strict):
    task: str
    say: tuple[Sentence, ...] = ()


class Section(Strict):
    title: str = Key(min_length=1)
    item: tuple[Item, ...] = ()


class FormFile(Strict):
    name: str = Key(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Key(min_length=1)
    issuer: str = Key(min_length=1)
    opening: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    section: tuple[Section, ...] = Key(min_length=1)
    figure: tuple[Counted, ...] = ()

    @model_validator(mode="after")
    def _each_figure_once(self) -> Self:
        ids = [one.id for one in self.figure]
        for twice in sorted({one for one in ids if ids.count(one) > 1}):
            raise Fault(f"数据“{twice}”写了两次", f"the figure '{twice}' is written twice")
        return self


def _require(given: bool, key: str) -> None:
    if not given:
        raise Fault(f"缺少 {key}", f"{key} is missing")


def parse_form(text: str, *, file: str) -> FormFile:
    """Read a form; raises RuleError naming file and key."""
    return parse_rules(FormFile, text, file=file)
