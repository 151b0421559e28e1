"""环节: a matter moves into the next stage of its procedure, and its deadline is counted anew."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from flows.deadline import change_deadline, policy_of
from flows.moves import move_stage
from flows.rulebook import ladder_of
from flows.signoff.actor import OfficeActor
from flows.signoff.levels import rules_of
from flows.signoff.office_acts import hold_for_office
from flows.signoff.request_bounds import NotAllowed
from flows.signoff.requests import lapse
from flows.signoff.roles import require_reason
from models import Task
from models.procedure_file import ProcedureFile
from models.signoff import TaskState
from models.stage import Stage
from models.strike import counted
from models.workdays import Calendar
from notifications.explanation import span_words
from notifications.wording import CHINESE, ENGLISH, day_words, state_word

WORKED_ON = (TaskState.ASSIGNED, TaskState.IN_PROGRESS)


def advance(
    session: Session,
    task: Task,
    actor: OfficeActor,
    stage: str,
    *,
    from_on: date | None = None,
    reason: str,
    calendar: Calendar,
) -> None:
    """The office moves it into this stage (by its name or title). `from_on`: the day on which the
    stage began, where that was not today. The deadline becomes the stage's own, and what was asked
    for under the old one lapses. Raises a Refusal, and then nothing is recorded."""
    hold_for_office(session, task, actor)
    step = _Step(session, task, actor.on, rules_of(session, task), calendar)
    target, began = step.to(stage), from_on or actor.on
    step.require_day(target, began)
    require_reason(task, reason)
    present = step.rules.stage_named(task.stage)
    lapse(session, task, actor, reason=f"已进入“{target.title}”环节")
    move_stage(session, task, target.name, from_on=began, **actor.facts(reason=reason))
    due_on = target.due_on(began, task.opened_on, calendar)
    if due_on is None:
        return
    change_deadline(
        session,
        task,
        due_on,
        kind="stage",
        reason=_why(target, began, present),
        legal_basis=target.basis,
        on=actor.on,
        now=actor.now,
        calendar=calendar,
        actor_id=actor.official_id,
    )


def _why(target: Stage, began: date, present: Stage | None) -> str:
    assert target.within is not None  # for the types: without it no deadline changes
    since = "收到" if target.counted_from == "opened" else day_words(began)
    was = f"由“{present.title}”" if present else ""
    return f"{was}进入“{target.title}”环节，自{since}起 {span_words(target.within, CHINESE)}"


@dataclass(frozen=True)
class _Step:
    session: Session
    task: Task
    on: date
    rules: ProcedureFile
    calendar: Calendar

    def to(self, written: str) -> Stage:
        """The stage that is meant, if it may follow now."""
        if not self.rules.stage:
            raise self.refused(
                f"“{self.rules.title}”不分环节", f"'{self.rules.title}' has no stages"
            )
        if self.task.state not in WORKED_ON:
            raise self.refused(
                f"目前状态为“{state_word(self.task.state)}”，不能进入新环节",
                f"it is '{state_word(self.task.state, ENGLISH)}' now, so it cannot enter a stage",
            )
        for stage in self.rules.may_follow(self.task.stage):
            if written in (stage.name, stage.title):
                return stage
        raise self._cannot_follow(written)

    def _cannot_follow(self, written: str) -> NotAllowed:
        present = self.rules.stage_named(self.task.stage)
        after = self.rules.may_follow(self.task.stage)
        here = present.title if present else "—"
        if not after:
            return self.refused(f"“{here}”是最后环节", f"'{here}' is the last stage")
        chinese = "、".join(f"{stage.title}（{stage.name}）" for stage in after)
        english = ", ".join(stage.name for stage in after)
        return self.refused(
            f"“{here}”之后不能进入“{written}”；可以进入：{chinese}",
            f"'{written}' cannot follow '{here}'; what may is: {english}",
        )

    def require_day(self, target: Stage, began: date) -> None:
        since = max(self.task.opened_on, self.task.stage_from_on or date.min)
        if not since <= began <= self.on:
            raise self.refused(
                f"环节起始日期{day_words(began)}须在{day_words(since)}至今天之间",
                f"the stage's first day, {day_words(began, ENGLISH)}, must lie between "
                f"{day_words(since, ENGLISH)} and today",
            )
        due_on = self.task.due_on
        if not target.in_time or due_on is None:
            return
        ladder = ladder_of(policy_of(self.session, self.task))
        last = counted(due_on, ladder, self.calendar)
        if began > last:
            raise self.refused(
                f"“{target.title}”须在{day_words(last)}（含）前提出，已经逾期",
                f"'{target.title}' had to be asked for by {day_words(last, ENGLISH)}",
            )

    def refused(self, chinese: str, english: str) -> NotAllowed:
        return NotAllowed(self.task.number, chinese, english)
