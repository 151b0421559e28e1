"""One submitted reply: what the person chose and wrote, and what is missing from it."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form

from flows.reply_links import OpenReceipt
from models.notice import Duty
from web.ids import id_in

SHORTEST, LONGEST = 5, 4000  # characters of a progress report or an instruction
SHORTEST_NAME, LONGEST_NAME = 2, 40
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

ACKNOWLEDGE, ANSWER, INSTRUCT = "acknowledge", "answer", "instruct"
SELF, PROXY = "self", "proxy"


@dataclass(frozen=True)
class ReplyForm:
    receipt_id: int
    act: str
    who: str
    name: str
    words: str

    def faults(self, duty: Duty) -> list[tuple[str, str]]:
        """One sentence for each mistake, in (Chinese, English)."""
        return [*who_faults(self.who, self.name), *self._act_faults(duty)]

    def _act_faults(self, duty: Duty) -> list[tuple[str, str]]:
        written = len(self.words)
        if self.act not in acts(duty):
            return [("请选择一项操作。", "Please choose what to do.")]
        if self.act == ACKNOWLEDGE and written:
            return [
                (
                    "您填写了内容，但选择的是仅签收；请改选另一项，或清空内容。",
                    (
                        "You wrote something but chose only to acknowledge; choose the other act, "
                        "or empty the text."
                    ),
                )
            ]
        if self.act != ACKNOWLEDGE and written < SHORTEST:
            return [
                (
                    f"请填写具体内容，至少 {SHORTEST} 个字，现有 {written} 个字。",
                    f"Please write at least {SHORTEST} characters; there are {written}.",
                )
            ]
        if written > LONGEST:
            return [
                (
                    f"内容不能超过 {LONGEST} 个字，现有 {written} 个字。",
                    f"At most {LONGEST} characters are possible; there are {written}.",
                )
            ]
        return []


def who_faults(who: str, name: str) -> list[tuple[str, str]]:
    if who not in (SELF, PROXY):
        return [("请选择是本人办理还是代办。", "Please say whether you act yourself or on behalf.")]
    if who == PROXY and not SHORTEST_NAME <= len(name) <= LONGEST_NAME:
        return [
            (
                f"代办时请写明您的姓名（{SHORTEST_NAME} 至 {LONGEST_NAME} 个字）。",
                (
                    "Acting on behalf, please give your name "
                    f"({SHORTEST_NAME} to {LONGEST_NAME} characters)."
                ),
            )
        ]
    return []


def acts(duty: Duty) -> tuple[str, ...]:
    if duty == Duty.COPY:
        return ()
    return (ACKNOWLEDGE, ANSWER if duty == Duty.ACT else INSTRUCT)


def possible_acts(opened: OpenReceipt) -> tuple[str, ...]:
    """What this person can still do, in the order in which it is offered."""
    can = {
        ACKNOWLEDGE: opened.can_acknowledge,
        INSTRUCT: opened.can_acknowledge,
        ANSWER: opened.can_answer,
    }
    return tuple(act for act in acts(opened.receipt.duty) if can[act])


async def reply_form(
    receipt: Annotated[str, Form()] = "",
    act: Annotated[str, Form()] = "",
    who: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
) -> ReplyForm:
    called = " ".join(clean(name).split())
    return ReplyForm(id_in(receipt), act, who, called, clean(words).strip())


def clean(written: str) -> str:
    """Line ends as one character, and nothing that a database refuses: control
    characters, halves of a character."""
    return _CONTROL.sub("", written.replace("\r\n", "\n").replace("\r", "\n"))
