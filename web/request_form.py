"""One request as a form: what was written, and what is missing from it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from fastapi import Form, Request

from models.request_machine import RequestKind
from web.application_form import LONGEST_LINE, NOT_A_DATE, Faults, day_written
from web.proof import ProofForm
from web.reply_form import LONGEST, SHORTEST, clean, who_faults

ASK, TAKE_BACK = "ask", "take_back"
DATED = {RequestKind.EXTENSION, RequestKind.SUSPENSION, RequestKind.END_LONG_TERM}


@dataclass(frozen=True)
class RequestForm:
    act: str = ASK
    reason: str = ""
    until_on: str = ""
    review_every: str = ""
    legal_basis: str = ""
    who: str = ""
    name: str = ""
    by_link: bool = True
    proof: ProofForm = field(default_factory=lambda: ProofForm("", sure=False, code=""))

    @property
    def day(self) -> date | None:
        return day_written(self.until_on)

    def faults(self, kind: RequestKind) -> Faults:
        """By field; for which nothing is recorded."""
        found: Faults = {}
        written = len(self.reason)
        if not SHORTEST <= written <= LONGEST:
            found["reason"] = [
                (
                    f"请写明理由，{SHORTEST} 至 {LONGEST} 个字，现有 {written} 个字。",
                    (
                        f"Please give the reason in {SHORTEST} to {LONGEST} characters; there "
                        f"are {written}."
                    ),
                )
            ]
        if self.by_link and (said := who_faults(self.who, self.name)):
            found["who"] = said
        return found if self.act == TAKE_BACK else found | self._what_faults(kind)

    def _what_faults(self, kind: RequestKind) -> Faults:
        found: Faults = {}
        if self.until_on and self.day is None:
            found["until_on"] = [NOT_A_DATE]
        elif kind in DATED and not self.until_on:
            found["until_on"] = [("请填写日期。", "Please give the date.")]
        if kind == RequestKind.SUSPENSION and not self.legal_basis:
            found["legal_basis"] = [
                ("请写明法律或政策依据。", "Please give the law or policy that it rests on.")
            ]
        return found


async def request_form(
    request: Request,
    act: Annotated[str, Form()] = ASK,
    reason: Annotated[str, Form()] = "",
    until_on: Annotated[str, Form()] = "",
    review_every: Annotated[str, Form()] = "",
    legal_basis: Annotated[str, Form()] = "",
    who: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    proof: Annotated[str, Form()] = "",
    sure: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
) -> RequestForm:
    return RequestForm(
        act=TAKE_BACK if act == TAKE_BACK else ASK,
        reason=clean(reason).strip(),
        until_on=_line(until_on),
        review_every=_line(review_every),
        legal_basis=_line(legal_basis),
        who=who,
        name=_line(name),
        by_link="token" in request.path_params,
        proof=ProofForm.of(proof, sure, code),
    )


def _line(written: str) -> str:
    return " ".join(clean(written).split())[:LONGEST_LINE]
