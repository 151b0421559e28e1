"""One application as a form: what was written, as it was written, and what is wrong with it."""

import re
import unicodedata
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session, select
from starlette.datastructures import FormData, UploadFile

from flows.ledger.cells import BadCell, day
from flows.signoff.applications import Content
from models import Application, MeasureDone, VisibleShown
from models.application import EvidenceKind, SixVisible
from web.acting import admit
from web.proof import ProofForm
from web.reply_form import LONGEST, clean, who_faults

SAVE, SUBMIT, AMEND, RECALL = "save", "submit", "amend", "recall"
SEEN, NOT_APPLICABLE = "seen", "none"
LONGEST_LINE = 100  # characters of a name or a date
LONGEST_PART = 64 * 1024  # octets of one field
MOST_FIELDS = 300  # with the former: what is read into memory
_MONEY = re.compile(r"([0-9]{1,13})(?:\.([0-9]{1,2}))?")
_MEASURE = re.compile(r"done-([0-9]{1,6})")
Fault = tuple[str, str]
Faults = dict[str, list[Fault]]
"""By the field next to which they are said."""


@dataclass(frozen=True)
class ApplicationForm:
    """`visibles`: (SEEN or NOT_APPLICABLE or nothing, words). `remove`: hashes of files."""

    summary: str = ""
    rules: str = ""
    accountability: str = ""
    money: str = ""
    paper_by: str = ""
    paper_on: str = ""
    done: Mapping[int, str] = field(default_factory=dict)
    visibles: Mapping[SixVisible, tuple[str, str]] = field(default_factory=dict)
    act: str = SAVE
    who: str = ""
    name: str = ""
    reason: str = ""
    remove: frozenset[str] = frozenset()
    by_link: bool = True
    proof: ProofForm = field(default_factory=lambda: ProofForm("", sure=False, code=""))
    files: Sequence[tuple[UploadFile, EvidenceKind]] = ()

    @classmethod
    def of(cls, session: Session, application: Application) -> "ApplicationForm":
        """What was saved, to be written on."""
        own = application.id
        done = session.exec(select(MeasureDone).where(MeasureDone.application_id == own))
        shown = session.exec(select(VisibleShown).where(VisibleShown.application_id == own))
        yuan, fen = divmod(application.money_returned, 100)
        signed_on = application.paper_signed_on
        return cls(
            summary=application.summary,
            rules=application.rules,
            accountability=application.accountability,
            money=f"{yuan}.{fen:02}" if application.money_returned else "",
            paper_by=application.paper_signed_by,
            paper_on=signed_on.isoformat() if signed_on else "",
            done={row.position: row.done for row in done},
            visibles={
                row.visible: (SEEN, row.shown)
                if row.shown
                else (NOT_APPLICABLE, row.not_applicable_because)
                for row in shown
            },
        )

    def content(self) -> Content:
        """What can be kept of it; what cannot is among the faults."""
        return Content(
            summary=self.summary,
            done=self.done,
            visibles={
                visible: (choice != NOT_APPLICABLE, words)
                for visible, (choice, words) in self.visibles.items()
                if words
            },
            rules=self.rules,
            accountability=self.accountability,
            money_returned=fen_of(self.money) or 0,
            paper_signed_by=self.paper_by,
            paper_signed_on=day_written(self.paper_on),
        )

    def too_long(self) -> Faults:
        texts = {
            "summary": self.summary,
            "rules": self.rules,
            "accountability": self.accountability,
            "reason": self.reason,
            **{f"measure.{n}": words for n, words in self.done.items()},
            **{f"visible.{visible}": words for visible, (_, words) in self.visibles.items()},
        }
        return {
            name: [
                (
                    f"这一栏不能超过 {LONGEST} 个字，现有 {len(words)} 个字。",
                    f"At most {LONGEST} characters; there are {len(words)}.",
                )
            ]
            for name, words in texts.items()
            if len(words) > LONGEST
        }

    def unreadable(self) -> Faults:
        """What is not saved as it was written."""
        found: Faults = {}
        if self.money and fen_of(self.money) is None:
            found["money"] = [
                (
                    "金额请写成数字，单位为元，最多两位小数，如 12345.60。",
                    "Please write the amount in yuan, as 12345.60.",
                )
            ]
        if self.paper_on and day_written(self.paper_on) is None:
            found["paper"] = [NOT_A_DATE]
        elif bool(self.paper_by) != bool(self.paper_on):
            found["paper"] = [
                (
                    "书面签字请同时写明签字人和签字日期；没有书面签字的，两栏都留空。",
                    "For a signature on paper please give both who signed and when, or neither.",
                )
            ]
        return found

    def unsaid(self, *, visibles: bool = True) -> Faults:
        """What whoever submits has to choose. At the desk nobody is asked who he is."""
        found: Faults = {}
        if self.by_link and (faults := who_faults(self.who, self.name)):
            found["who"] = faults
        if not visibles:
            return found
        for visible, (choice, words) in self.visibles.items():
            if words and choice not in (SEEN, NOT_APPLICABLE):
                found[f"visible.{visible}"] = [
                    ("请选择“在何处可见”或“不适用”。", "Please choose: seen, or not applicable.")
                ]
        return found


NOT_A_DATE = (
    "日期请写成 2022-08-31、2022.8.31 或 2022年8月31日。",
    "Please write the date as 2022-08-31.",
)


def fen_of(money: str) -> int | None:
    """An amount in 分; None: it is no amount."""
    written = re.sub(r"[\s,，元¥]", "", unicodedata.normalize("NFKC", money))
    found = _MONEY.fullmatch(written)
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else None


def day_written(text: str) -> date | None:
    """A date as people write it; None: it is none."""
    try:
        return day(unicodedata.normalize("NFKC", text).strip())
    except BadCell:
        return None


async def application_form(
    request: Request, _admitted: Annotated[None, Depends(admit)]
) -> AsyncIterator[ApplicationForm]:
    """Files are spooled to disk while they arrive, and are gone behind the answer."""
    async with request.form(
        max_files=100, max_fields=MOST_FIELDS, max_part_size=LONGEST_PART
    ) as submitted:
        yield _read(submitted, by_link="token" in request.path_params)


def _read(submitted: FormData, *, by_link: bool) -> ApplicationForm:
    texts = {
        name: clean(value).strip()
        for name, value in submitted.multi_items()
        if isinstance(value, str)
    }
    lines = {name: " ".join(value.split())[:LONGEST_LINE] for name, value in texts.items()}
    return ApplicationForm(
        summary=texts.get("summary", ""),
        rules=texts.get("rules", ""),
        accountability=texts.get("accountability", ""),
        money=lines.get("money", ""),
        paper_by=lines.get("paper_by", ""),
        paper_on=lines.get("paper_on", ""),
        done={
            int(found[1]): value
            for name, value in texts.items()
            if value and (found := _MEASURE.fullmatch(name))
        },
        visibles={
            visible: (texts.get(f"visible-{visible}", ""), texts.get(f"words-{visible}", ""))
            for visible in SixVisible
        },
        act=texts.get("act", SAVE),
        who=texts.get("who", ""),
        name=lines.get("name", ""),
        reason=texts.get("reason", ""),
        remove=frozenset(str(one) for one in submitted.getlist("remove")),
        by_link=by_link,
        proof=ProofForm.of(*(texts.get(name, "") for name in ("proof", "sure", "code"))),
        files=(
            *_files(submitted, "files", EvidenceKind.EVIDENCE),
            *_files(submitted, "scans", EvidenceKind.SIGNATURE),
        ),
    )


def _files(
    submitted: FormData, name: str, kind: EvidenceKind
) -> Iterator[tuple[UploadFile, EvidenceKind]]:
    """A field of files that was left empty sends one without a name."""
    for value in submitted.getlist(name):
        if isinstance(value, UploadFile) and value.filename:
            yield value, kind
