"""A form of the desk as it was sent: its fields, to be read and to be given back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from fastapi import Request

from models.refusal import Refusal
from web.application_form import LONGEST_LINE, NOT_A_DATE, day_written
from web.reply_form import clean
from web.ruling_form import LONGEST

PASTED = {"lines", "opens"}  # rows that may come from a sheet
LONG = PASTED | {"reason", "reply", "text", "words"}  # what a form gives several lines for


@dataclass(frozen=True)
class Written:
    """What a field that was not sent says is empty."""

    sent: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.sent.get(name, "")

    def day(self, name: str) -> date | None:
        """None: it was left empty. Raises a Refusal."""
        if not self[name]:
            return None
        found = day_written(self[name])
        if found is None:
            raise NotADate(self[name], name)
        return found

    def require_short(self) -> None:
        """Raises a Refusal."""
        for name, words in self.sent.items():
            most = LONGEST if name == "reason" else LONGEST_LINE
            if len(words) > most:
                raise TooLong(most, name)


class NotADate(Refusal):
    """What is written is no date. `field`: where."""

    def __init__(self, written: str, field: str = "") -> None:
        self.field = field
        shown = written[:20]
        super().__init__(
            f"“{shown}”不是日期。{NOT_A_DATE[0]}没有记录任何操作",
            f"'{shown}' is no date. {NOT_A_DATE[1]} Nothing was recorded",
        )


class TooLong(Refusal):
    """A field holds more than can be kept. `field`: which."""

    def __init__(self, most: int, field: str = "") -> None:
        self.field = field
        super().__init__(
            f"有一栏超过 {most} 个字，请缩短；没有记录任何操作",
            f"a field has more than {most} characters, please shorten it; nothing was recorded",
        )


async def written(request: Request) -> Written:
    form = await request.form()
    texts = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    return Written({name: _trimmed(name, clean(value)) for name, value in texts.items()})


def _trimmed(name: str, value: str) -> str:
    """An empty cell at the beginning of pasted rows is a cell. Elsewhere a browser sends no new
    line, but a program may, and it would stand in titles, subjects of mails and cells."""
    if name in PASTED:
        return value.strip("\n ")
    return value.strip() if name in LONG else " ".join(value.split("\n")).strip()
