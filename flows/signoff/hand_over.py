"""交接: a post, and everything open that hangs on its holder, passes to a successor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlmodel import Session, select

from flows.establishment.entries import POST, facts_of_post, of_official
from flows.establishment.posts import ends_before
from flows.handing_on import pass_on
from flows.moves import lock_all_tasks
from flows.office_changes import Entry, record
from flows.recipients import Directory, in_force
from flows.signoff.actor import OfficeActor
from flows.signoff.office_acts import require_office
from flows.signoff.passing import Passing, what_passes
from flows.signoff.reassigning import Responsible, rename
from flows.signoff.referring_anew import refer_anew
from flows.signoff.roles import StandsAside
from models import ListMembership, Official, Post, Receipt, Referral, Task
from models.refusal import Refusal
from models.workdays import Calendar


class OnItsDay(Refusal):
    """Matters cannot pass before their day."""

    def __init__(self, on: date, n: int) -> None:
        super().__init__(
            f"名下还有 {n} 件在办事项，须到 {on} 当日办理交接；没有记录任何操作",
            f"{n} open matters can only pass on {on} itself: do it on that day. "
            "Nothing was recorded",
        )


class SuccessorStandsAside(Refusal):
    """The successor is excluded from some of the matters."""

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(
            f"接任者已登记回避 {'、'.join(numbers)}，请先改派这些事项；没有记录任何操作",
            f"the successor stands aside from {', '.join(numbers)}: reassign these first. "
            "Nothing was recorded",
        )


@dataclass(frozen=True)
class HandOver:
    """From whom to whom, from when on, and why. `unit_id`: only what belongs to this unit."""

    from_official_id: int
    to_official_id: int
    on: date
    reason: str
    unit_id: int | None = None


def plan(session: Session, actor: OfficeActor, wanted: HandOver) -> Passing:
    """What would pass; raises the Refusal that the hand-over would meet."""
    require_office(session, actor)
    giver, taker, on = wanted.from_official_id, wanted.to_official_id, wanted.on
    passing = what_passes(session, giver, on=on, unit_id=wanted.unit_id)
    _require_sense(session, passing, wanted)
    if on > actor.on and (n := len(passing.tasks) + len(passing.listed)):
        raise OnItsDay(on, n)
    _require_free(session, passing, actor, taker)
    return passing


def hand_over(
    session: Session, actor: OfficeActor, wanted: HandOver, *, calendar: Calendar
) -> Passing:
    """The successor takes the posts from that date on, and today all open matters, duties and
    decisions that are still asked for; returns what passed. Before its date only posts can pass,
    because they are dated. Raises a Refusal, and then nothing passes."""
    lock_all_tasks(session)
    passing = plan(session, actor, wanted)
    for task in passing.tasks:
        _rename(session, task, wanted, actor)
    record(session, actor, _pass_posts(session, passing, wanted), reason=wanted.reason)
    _pass_duties(session, passing, wanted.from_official_id, actor, calendar)
    for listed in passing.listed:
        _pass_membership(session, listed, wanted, actor.on)
    return passing


def _require_sense(session: Session, passing: Passing, wanted: HandOver) -> None:
    if not wanted.reason.strip():
        raise Refusal(
            "请写明交接的理由；没有记录任何操作", "please give the reason; nothing was recorded"
        )
    if wanted.from_official_id == wanted.to_official_id:
        raise Refusal(
            "交出人与接任者是同一人；没有记录任何操作",
            "both are the same person; nothing was recorded",
        )
    if passing.is_empty:
        name, on = session.get_one(Official, wanted.from_official_id).name, wanted.on
        raise Refusal(
            f"{name}在 {on} 没有职务，名下也没有在办事项，无可交接；没有记录任何操作",
            f"{name} has neither a post on {on} nor an open matter; nothing was recorded",
        )


def _require_free(session: Session, passing: Passing, actor: OfficeActor, taker: int) -> None:
    """Nobody who keeps away from a matter takes it, or hands it over."""
    directory = Directory.load(session, actor.on)
    for task in passing.tasks:
        if actor.official_id is not None and directory.excludes(task, actor.official_id):
            raise StandsAside(task.number)
    named = {task.id: task for task in (*passing.handled, *passing.led)}.values()
    if aside := [task.number for task in named if directory.excludes(task, taker)]:
        raise SuccessorStandsAside(sorted(aside))


def _rename(session: Session, task: Task, wanted: HandOver, actor: OfficeActor) -> None:
    def named(official_id: int | None) -> int | None:
        return wanted.to_official_id if official_id == wanted.from_official_id else official_id

    to = Responsible(task.unit_id, named(task.handler_id), named(task.supervising_leader_id))
    if to != Responsible.of(task):
        rename(session, task, to, actor, reason=wanted.reason)


def _pass_posts(session: Session, passing: Passing, wanted: HandOver) -> list[Entry]:
    """A post that would have begun on this day never was the giver's."""
    taker, on, entries = wanted.to_official_id, wanted.on, list[Entry]()
    giver = session.get_one(Official, wanted.from_official_id)
    successor = session.get_one(Official, taker)
    for post, unit in passing.posts:
        before = facts_of_post(post, unit)
        held = select(Post.id).where(
            Post.official_id == taker,
            Post.unit_id == post.unit_id,
            Post.kind == post.kind,
            in_force(Post, on),
        )
        if session.exec(held).first() is None:
            given = Post(
                official_id=taker,
                unit_id=post.unit_id,
                kind=post.kind,
                from_on=on,
                until_on=post.until_on,
            )
            session.add(given)
            entries.append(of_official(successor, POST, None, facts_of_post(given, unit)))
        after = facts_of_post(post, unit) if ends_before(session, post, on) else None
        entries.append(of_official(giver, POST, before, after))
    session.flush()
    return entries


def _pass_duties(
    session: Session, passing: Passing, giver: int, actor: OfficeActor, calendar: Calendar
) -> None:
    def passes(asked: Receipt | Referral) -> bool:
        return giver in (asked.official_id, asked.stands_for_id)

    for task in passing.tasks:
        pass_on(session, task, passes, on=actor.on)
        voids = partial(_is_asked, giver, task.handler_id)
        refer_anew(session, task, voids, actor, calendar=calendar)


def _is_asked(giver: int, handler: int | None, referral: Referral) -> bool:
    """Or whoever asked would be the new handler."""
    asked = {referral.official_id, referral.stands_for_id} - {None}
    return bool(asked & {giver, handler})


def _pass_membership(session: Session, listed: ListMembership, wanted: HandOver, on: date) -> None:
    """Who held it when stays on record."""
    said = listed.model_dump(exclude={"id"})
    said |= {"leader_id": wanted.to_official_id, "from_on": on, "reason": wanted.reason}
    listed.until_on, listed.left_because = max(listed.from_on, on), wanted.reason
    session.add(listed)
    session.flush()
    session.add(ListMembership(**said))
    session.flush()
