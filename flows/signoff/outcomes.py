"""Which moves somebody has to know of, and who. What nobody has to know of makes no mail."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, literal_column, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.recipients import Directory
from models import (
    Application,
    ChangeRequest,
    Message,
    MessageItem,
    Proposal,
    Reassignment,
    Referral,
    Task,
    Transition,
)
from models.application import ApplicationState
from models.columns import Instant, written_out
from models.decision import ReferralState
from models.message import MessageKind, MessageState
from models.organisation import PostKind
from models.request_machine import REQUEST, RequestKind
from models.signoff import SIGNOFF
from notifications.outcome import Part

RECENT = timedelta(days=30)  # what is older was never to be told, or nobody could be
DECIDED = ("grant", "refuse")  # a request; said in place of the task's own move by it
TO_THE_HANDLER = (
    *("return", "ask", "sign_off", "uphold", "reject", "suspend", "resume", "make_long_term"),
    *("end_long_term", "reassign", "withdraw", "reopen", *DECIDED),
)
TO_THE_LEADER = ("return", "suspend", "resume")
REQUESTS_TO_THE_LEADER = (RequestKind.EXTENSION, RequestKind.SUSPENSION)
CLOSED = (ReferralState.OVERTAKEN, ReferralState.VOID)

Decision, Anew = aliased(Transition), aliased(Referral)
Audience = dict[int, Part]


def unsaid(session: Session, now: datetime) -> list[Transition]:
    """Recent moves that somebody may have to know of, and that no mail tells of."""
    return list(session.scalars(_UNSAID_IN_ORDER, {"since": now - RECENT}))


@dataclass(frozen=True)
class Concerned:
    """Who has to know of these moves: read for all of them at once."""

    directory: Directory
    tasks: dict[int, Task]
    requests: dict[int, ChangeRequest]
    applications: dict[int, list[Application]]
    passed: dict[tuple[str, int], Reassignment]
    not_asked: dict[tuple[int, datetime], list[Referral]]
    proposals: dict[int, Proposal]

    @classmethod
    def load(cls, session: Session, moves: Sequence[Transition], on: date) -> "Concerned":
        tasks = {move.task_id for move in moves}
        known: dict[str, list[Any]] = {"tasks": list(tasks)}
        known |= {"requests": list({move.request_id for move in moves})}
        known |= {"links": list({move.link_id for move in moves})}
        applications = defaultdict(list)
        for one in session.scalars(_SUBMITTED, known):
            applications[one.task_id].append(one)
        return cls(
            directory=Directory.load(session, on),
            tasks={task.id: task for task in session.scalars(_TASKS, known)},
            requests={one.id: one for one in session.scalars(_REQUESTS, known)},
            applications=applications,
            passed={(one.link_id, one.task_id): one for one in session.scalars(_PASSED, known)},
            not_asked=_not_asked(session, known),
            proposals={one.task_id: one for one in session.scalars(_PROPOSALS, known)},
        )

    def audience(self, move: Transition) -> Audience:
        """Everybody once, with the heaviest part; not whoever made the move."""
        found: Audience = {}
        for official_id, part in self._parts(move):
            if official_id != move.actor_id:
                found.setdefault(official_id, part)
        return found

    def _parts(self, move: Transition) -> Iterator[tuple[int, Part]]:
        task, people = self.tasks[move.task_id], self.directory
        if move.event in TO_THE_HANDLER:
            passed = self.passed.get((move.link_id, task.id))
            left = passed.from_handler_id if passed else None
            new = passed is not None and left != task.handler_id
            for told in people.resolve(task, PostKind.HANDLER):
                yield told.official_id, Part.NEW if new else Part.RESPONSIBLE
            gone = ((left, Part.RELIEVED),) if new else ()
            for who, part in (*gone, (self._put_forward(move), Part.RESPONSIBLE)):
                if who is not None and (reached := people.reached(task, who)):
                    yield reached, part
        if move.event == "sign_off" and (handed_in := self.proposals.get(task.id)):
            for who in _of_the_unit(people, task, handed_in):
                yield who, Part.COPY
        if self._to_the_leader(move):
            for told in people.resolve(task, PostKind.SUPERVISING_LEADER):
                if told.climbed_from is None:
                    yield told.official_id, Part.COPY
        for referral in self.not_asked.get((task.id, move.at), ()):
            mine = referral.request_id == move.request_id
            if mine and not people.excludes(task, referral.official_id):
                yield referral.official_id, Part.NOT_ASKED

    def _put_forward(self, move: Transition) -> int | None:
        """Who applied, or asked for what was decided."""
        if move.request_id is not None:
            return self.requests[move.request_id].asked_by_id
        if move.event not in ("return", "ask", "sign_off"):
            return None
        before = [
            one
            for one in self.applications.get(move.task_id, ())
            if one.applied_at and one.applied_at <= move.at
        ]
        return before[-1].applied_by_id if before else None

    def _to_the_leader(self, move: Transition) -> bool:
        if move.request_id is not None:
            kind = self.requests[move.request_id].kind
            return move.event in DECIDED and kind in REQUESTS_TO_THE_LEADER
        return move.event in TO_THE_LEADER


def _of_the_unit(people: Directory, task: Task, handed_in: Proposal) -> Iterator[int]:
    """Whoever handed the lines in, or, where a program did, the handlers of their unit."""
    who = handed_in.handed_in_by_id
    posts = people.posts.get((handed_in.unit_id, PostKind.HANDLER), ())
    for official_id in posts if who is None else [who]:
        if (reached := people.reached(task, official_id)) is not None:
            yield reached


def _not_asked(
    session: Session, known: dict[str, list[Any]]
) -> dict[tuple[int, datetime], list[Referral]]:
    """By task and instant: who need not decide any more, though a mail asked for it; but for
    whoever is asked anew."""
    rows = session.scalars(_NOT_ASKED, known)
    found = defaultdict(list)
    for referral in rows:
        if referral.closed_at is not None:
            found[referral.task_id, referral.closed_at].append(referral)
    return found


_SAID = (
    select(col(MessageItem.id))
    .join(Message, col(Message.id) == col(MessageItem.message_id))
    .where(
        col(MessageItem.transition_id) == col(Transition.id),
        col(Message.kind) == MessageKind.OUTCOME,
        col(Message.state).not_in(written_out(MessageState.SUPERSEDED, MessageState.SKIPPED)),
    )
)
_CLOSED_BY_IT = select(col(Referral.id)).where(
    col(Referral.task_id) == col(Transition.task_id),
    col(Referral.closed_at) == col(Transition.at),
    col(Referral.state).in_(written_out(*CLOSED)),
)
_BY_REQUEST = select(col(Decision.id)).where(
    col(Decision.link_id) == col(Transition.link_id),
    col(Decision.task_id) == col(Transition.task_id),
    col(Decision.machine) == REQUEST.name,
    col(Decision.event).in_(written_out(*DECIDED)),
)
_DECIDED: list[Any] = [literal_column(f"'{name}'") for name in (SIGNOFF.name, REQUEST.name)]
UNSAID = select(Transition).where(
    col(Transition.machine).in_(_DECIDED),  # as its index says it
    col(Transition.at) >= bindparam("since", type_=Instant()),
    or_(col(Transition.event).in_(written_out(*TO_THE_HANDLER)), _CLOSED_BY_IT.exists()),
    ~_SAID.exists(),
    or_(col(Transition.machine) == REQUEST.name, ~_BY_REQUEST.exists()),
)
_UNSAID_IN_ORDER = UNSAID.order_by(col(Transition.id))
_OF_TASKS: Any = bindparam("tasks", expanding=True)
_MAILED = (
    select(col(MessageItem.id))
    .join(Message, col(Message.id) == col(MessageItem.message_id))
    .where(
        col(MessageItem.referral_id) == col(Referral.id),
        col(MessageItem.dropped) == "",
        or_(
            col(Message.state) == MessageState.SENT,
            (col(Message.state) == MessageState.QUEUED) & (col(Message.attempts) > 0),
        ),
    )
)
_ASKED_ANEW = select(col(Anew.id)).where(
    col(Anew.task_id) == col(Referral.task_id),
    col(Anew.official_id) == col(Referral.official_id),
    col(Anew.state) == ReferralState.OPEN,
)
_NOT_ASKED = select(Referral).where(
    col(Referral.task_id).in_(_OF_TASKS),
    col(Referral.state).in_(written_out(*CLOSED)),
    _MAILED.exists(),
    ~_ASKED_ANEW.exists(),
)
_SUBMITTED = (
    select(Application)
    .where(
        col(Application.task_id).in_(_OF_TASKS), col(Application.state) != ApplicationState.DRAFT
    )
    .order_by(col(Application.applied_at))
)
_TASKS = select(Task).where(col(Task.id).in_(_OF_TASKS))
_PROPOSALS = select(Proposal).where(col(Proposal.task_id).in_(_OF_TASKS))
_REQUESTS = select(ChangeRequest).where(
    col(ChangeRequest.id).in_(bindparam("requests", expanding=True))
)
_PASSED = select(Reassignment).where(
    col(Reassignment.link_id).in_(bindparam("links", expanding=True))
)
