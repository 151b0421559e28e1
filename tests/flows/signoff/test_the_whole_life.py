"""Whatever people do, in whatever order, with nights between: what must hold of a task holds."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import bindparam
from sqlalchemy import select as columns_of
from sqlmodel import col, select

from flows.audit import contradictions
from flows.database import trial
from models import (
    Application,
    DeadlineChange,
    Decision,
    Notice,
    Reassignment,
    Referral,
    Transition,
)
from models.application import ApplicationState
from models.decision import Verdict
from models.notice_machine import LIVE
from models.refusal import Refusal
from models.request_machine import RequestKind
from models.signoff import CLOSED, SIGNOFF, TaskState
from models.warning import WARNING, Colour
from tests.conftest import sample
from tests.lives import ACTS, Life, NothingToDecide
from tests.sign_offs import Bench

HISTORY = (Transition, Decision, DeadlineChange, Reassignment)
PEOPLE = ("alice", "bob", "dora", "leo", "rita", "hugo", "olga")
COMMON = ("apply", "approve", "return", "amend", "recall", "confirm", "reopen")


# Built once: each is asked after every step.
_GRANTED = select(Application).where(Application.state == ApplicationState.GRANTED)
_APPROVALS = (
    select(Referral.level, Referral.official_id, Referral.stands_for_id)
    .join(Decision, col(Decision.referral_id) == col(Referral.id))
    .where(
        Referral.application_id == bindparam("application"),
        Decision.verdict == Verdict.APPROVE,
        Decision.packet == bindparam("packet"),
    )
    .order_by(col(Referral.level))
)
_ROWS = {table: columns_of(table.__table__).order_by(table.__table__.c.id) for table in HISTORY}
_MOVES = (
    select(Transition.machine, Transition.event, Transition.source, Transition.target)
    .where(Transition.task_id == bindparam("task"))
    .order_by(col(Transition.id))
)
_LIVE = select(Notice).where(Notice.task_id == bindparam("task"), col(Notice.state).in_(LIVE))


class WholeLife(RuleBasedStateMachine):
    """One task of one office; each act is a savepoint, as at an edge it is a transaction."""

    bench: Bench

    @initialize()
    def begins(self) -> None:
        self.open = ExitStack()
        self.session = self.open.enter_context(trial(self.bench.office.engine))
        self.life = Life(self.session, self.bench)
        self.kept: dict[str, list[dict[str, object]]] = {}

    def teardown(self) -> None:
        if hasattr(self, "open"):
            self.open.close()

    def attempt(self, act: str, who: str) -> None:
        self._try(lambda: ACTS[act](self.life, self.life.who(who)))

    def _try(self, act) -> None:
        savepoint = self.session.begin_nested()
        try:
            act()
            savepoint.commit()
        except (Refusal, NothingToDecide):
            savepoint.rollback()
            self.session.expire_all()

    @rule(days=st.sampled_from([1, 2, 5, 12, 40, 100]))
    def a_night(self, days: int) -> None:
        self.life.night(days)

    @rule(act=st.sampled_from(COMMON))
    def whoever_is_asked_or_handles_it_acts(self, act: str) -> None:
        asked = self.life.asked()
        handler = self.life.task.handler_id or self.life.who("alice")
        by_handler = act in ("apply", "amend", "recall")
        who = handler if by_handler or not asked else asked[0]
        self._try(lambda: ACTS[act](self.life, who))

    @rule(n=st.integers(1, 4))
    def the_next_levels_approve(self, n: int) -> None:
        for _ in range(n):
            if asked := self.life.asked():
                self._try(lambda who=asked[0]: ACTS["approve"](self.life, who))

    @rule(act=st.sampled_from(sorted(ACTS)), who=st.sampled_from(PEOPLE))
    def anybody_tries_anything(self, act: str, who: str) -> None:
        self.attempt(act, who)

    @rule(kind=st.sampled_from(RequestKind), grant=st.booleans())
    def something_is_asked_for_and_decided(self, kind: RequestKind, grant: bool) -> None:
        handler = self.life.task.handler_id or self.life.who("alice")
        self._try(lambda: self.life.ask_for(kind, handler))
        if asked := self.life.asked():
            verdict = Verdict.GRANT if grant else Verdict.REFUSE
            passing = {"unit_id": self.bench.lead_unit} if kind == RequestKind.OBJECTION else {}
            self._try(lambda: self.life.rule(kind, verdict, asked[0], **passing))

    @rule()
    def the_handler_answers(self) -> None:
        handler = self.life.task.handler_id or self.life.who("alice")
        self._try(lambda: self.life.answer(handler))

    @rule(verdict=st.sampled_from([Verdict.SOLID, Verdict.RECURRED]))
    def it_is_looked_back_at(self, verdict: Verdict) -> None:
        self._try(lambda: self.life.plan_look_back(self.life.who("olga")))
        if self.life.task.state == TaskState.SIGNED_OFF and (asked := self.life.asked()):
            self._try(lambda: self.life.look(verdict, asked[0]))

    @rule()
    def it_goes_through_all_levels(self) -> None:
        """Else too few lives come so far."""
        handler = self.life.task.handler_id or self.life.who("alice")
        self._try(lambda: self.life.apply(handler))
        if self.life.task.state == TaskState.UNDER_REVIEW:
            self.the_next_levels_approve(self.life.levels())

    @invariant()
    def nothing_was_signed_off_but_by_all_levels_and_different_people(self) -> None:
        if not hasattr(self, "life"):
            return
        for application in self.session.exec(_GRANTED):
            approvals = list(self._approvals(application))
            assert [level for level, *_ in approvals] == list(range(1, self.life.levels() + 1))
            people = [who for _, who, stands_for in approvals for who in (who, stands_for) if who]
            assert len(people) == len(set(people))
            assert application.applied_by_id not in people

    def _approvals(self, application: Application) -> Iterator[tuple[int, int, int | None]]:
        """Those of what was signed: an approval of something else carries another packet."""
        of = {"application": application.id, "packet": application.packet}
        yield from self.session.execute(_APPROVALS, of).all()

    @invariant()
    def no_history_is_lost_or_rewritten(self) -> None:
        if not hasattr(self, "life"):
            return
        for table in HISTORY:
            rows = self.session.execute(_ROWS[table]).all()
            present = [dict(row._mapping) for row in rows]
            before = self.kept.get(table.__name__, [])
            assert present[: len(before)] == before
            self.kept[table.__name__] = present

    @invariant()
    def a_replay_of_the_history_gives_what_there_is(self) -> None:
        if not hasattr(self, "life"):
            return
        task = self.life.task
        state, colour = TaskState.ASSIGNED, Colour.GREEN
        for move in self.session.execute(_MOVES, {"task": task.id}):
            if move.machine == SIGNOFF.name:
                assert move.source == state
                SIGNOFF.find(state, move.event, TaskState(move.target))
                state = TaskState(move.target)
            if move.machine == WARNING.name:
                assert move.source == colour
                colour = Colour(move.target)
        assert (state, colour) == (task.state, task.colour)
        assert list(contradictions(self.session)) == []

    @invariant()
    def colour_and_notice_belong_together(self) -> None:
        if not hasattr(self, "life"):
            return
        task = self.life.task
        live = self.session.scalars(_LIVE, {"task": task.id}).all()
        assert len(live) <= 1
        assert all(notice.colour == task.colour for notice in live)
        if task.state in CLOSED or task.state == TaskState.SUSPENDED:
            assert (task.colour, live) == (Colour.GREEN, [])

    @invariant()
    def whoever_is_asked_has_no_part_in_it(self) -> None:
        if not hasattr(self, "life"):
            return
        task = self.life.task
        if task.state == TaskState.UNDER_REVIEW:
            application = self.life.present()
            assert application is not None
            assert not {application.applied_by_id, task.handler_id} & {*self.life.asked()}


@pytest.mark.storm
def test_whatever_is_done_in_whatever_order_a_task_keeps_its_promises(bench: Bench):
    bench.task("甲-1", Life.on + timedelta(days=28), opened_on=Life.on)
    WholeLife.bench = bench

    run_state_machine_as_test(
        WholeLife,
        settings=settings(max_examples=sample(8, 300), stateful_step_count=25, deadline=None),
    )
