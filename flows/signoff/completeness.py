"""What an application for sign-off still lacks, before it can be put to its first level."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Integer, bindparam
from sqlmodel import Session, select

from flows.proposals.verdicts import proposal_of
from flows.signoff.levels import rules_of
from flows.signoff.packets import files
from models import Application, Measure, MeasureDone, Task, VisibleShown
from models.application import EvidenceKind, SixVisible
from models.procedure_file import ProcedureFile
from models.refusal import Refusal
from notifications.wording import ENGLISH, word


class Missing(NamedTuple):
    """One thing that is still missing. `field`: where it belongs, as "measure.2"."""

    field: str
    chinese: str
    english: str


class Incomplete(Refusal):
    """What is still missing from an application, one sentence a line."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__(
            "\n".join(one.chinese for one in missing), "\n".join(one.english for one in missing)
        )
        self.missing = missing


def require_complete(session: Session, task: Task, application: Application) -> None:
    if missing := what_is_missing(session, task, application):
        raise Incomplete(missing)


def what_is_missing(session: Session, task: Task, application: Application) -> list[Missing]:
    rules = rules_of(session, task)
    return [
        *_of_the_task(session, task, rules),
        *_of_the_words(session, task, application),
        *(_of_the_visibles(session, application) if rules.evidence.six_visibles else ()),
        *_of_the_paper(session, application),
    ]


def _of_the_task(session: Session, task: Task, rules: ProcedureFile) -> Iterator[Missing]:
    """What no application could say."""
    if not rules.level:
        yield Missing(
            "",
            f"“{rules.title}”没有设置审核环节，请联系督查办公室。",
            f"'{rules.title}' has no level of review; please ask the supervision office.",
        )
    stage = rules.stage_named(task.stage)
    if stage and not stage.closes and any(one.closes for one in rules.stage):
        yield Missing(
            "",
            f"“{stage.title}”环节尚不能办结，请待督查办公室登记后续环节。",
            f"it cannot be closed in the stage '{stage.title}'; the office records what follows.",
        )
    if rules.lines and proposal_of(session, task) is None:
        yield Missing(
            "",
            "还没有分条报送，请先在报审页面报送。",
            "its lines are not handed in yet; please do that first, on its page.",
        )


def _of_the_words(session: Session, task: Task, application: Application) -> Iterator[Missing]:
    if not application.summary.strip():
        yield Missing("summary", "请填写整改完成情况。", "Please say what was done.")
    done = set(session.scalars(_DONE, {"application": application.id}))
    for position in session.scalars(_MEASURES, {"task": task.id}):
        if position not in done:
            yield Missing(
                f"measure.{position}",
                f"请填写第 {position} 条措施的完成情况。",
                f"Please say what was done on measure {position}.",
            )


def _of_the_visibles(session: Session, application: Application) -> Iterator[Missing]:
    shown = set(session.scalars(_SHOWN, {"application": application.id}))
    for visible in SixVisible:
        if visible not in shown:
            key = f"visible.{visible}"
            yield Missing(
                key,
                f"请填写“{word(key)}”：写明在何处可见，或不适用的理由。",
                f"Please fill in '{word(key, ENGLISH)}': where it is seen, or why not.",
            )


def _of_the_paper(session: Session, application: Application) -> Iterator[Missing]:
    if application.paper_signed_on and not any(
        file.kind == EvidenceKind.SIGNATURE for file in files(session, application)
    ):
        yield Missing(
            "paper",
            "已填写纸质签字，请上传签字扫描件。",
            "It says that it was signed on paper; please add the scan.",
        )


_OF_IT = bindparam("application", type_=Integer())
_DONE = select(MeasureDone.position).where(MeasureDone.application_id == _OF_IT)
_SHOWN = select(VisibleShown.visible).where(VisibleShown.application_id == _OF_IT)
_MEASURES = select(Measure.position).where(Measure.task_id == bindparam("task"))
