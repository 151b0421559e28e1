"""What the office sends from a task's page: which act, and what is missing from it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form

from web.ids import id_in
from web.reply_form import clean
from web.ruling_form import LONGEST, Fault

NAME, WITHDRAW, RESUME = "name", "withdraw", "resume"


@dataclass(frozen=True)
class OfficeForm:
    """`kind`: of what waits, when somebody is named to decide on it."""

    act: str
    reason: str
    kind: str
    official_id: int

    def faults(self) -> list[Fault]:
        if not self.reason:
            return [("请写明理由。", "Please give the reason.")]
        if len(self.reason) > LONGEST:
            return [
                (f"理由不能超过 {LONGEST} 个字。", f"A reason has {LONGEST} characters at most.")
            ]
        if self.act == NAME and not self.official_id:
            return [("请选择由谁决定。", "Please choose who is to decide.")]
        return []


async def office_form(
    act: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "",
    official: Annotated[str, Form()] = "",
) -> OfficeForm:
    return OfficeForm(act, clean(reason).strip(), kind, id_in(official))
