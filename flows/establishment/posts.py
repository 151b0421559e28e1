"""职务: a post is given, its days are changed, and one that has not begun is taken back."""

from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from flows.establishment.entries import POST, facts_of_post, of_official
from flows.establishment.holding import AtField, require_keeper, unit_in
from flows.establishment.open_matters import OpenMatters, open_matters
from flows.office_changes import Entry, record
from flows.recipients import in_force
from flows.signoff.actor import OfficeActor
from models import Absence, Official, Post, Unit
from models.organisation import PostKind
from models.workdays import DAY


def give_post(
    session: Session,
    actor: OfficeActor,
    official: Official,
    *,
    kind: PostKind | None,
    unit_id: int | None,
    from_on: date | None,
    until_on: date | None,
    reason: str = "",
) -> Post:
    """Without a first day: from today on."""
    require_in_service(official)
    if kind is None:
        raise AtField("kind", "请选择职务", "please choose the post")
    unit = unit_in(session, "unit", unit_id)
    from_on = from_on or actor.on
    require_order(from_on, until_on)
    _require_no_other(session, official, unit.id, kind, from_on, until_on)
    post = Post(
        official_id=official.id, unit_id=unit.id, kind=kind, from_on=from_on, until_on=until_on
    )
    session.add(post)
    session.flush()
    facts = facts_of_post(post, unit.name)
    record(session, actor, [of_official(official, POST, None, facts)], reason=reason)
    return post


def bound_post(
    session: Session,
    actor: OfficeActor,
    official: Official,
    post: Post,
    *,
    until_on: date | None,
    reason: str = "",
) -> None:
    """Its last day from now on; None: it goes on. Raises OpenMatters if it would be over today
    and the person has nothing else in the unit while matters hang on it."""
    require_in_service(official)
    require_order(post.from_on, until_on)
    unit = session.get_one(Unit, post.unit_id)
    if until_on is None or until_on >= actor.on:
        unit_in(session, "until_on", post.unit_id)
        first = post.from_on or date.min
        _require_no_other(session, official, unit.id, post.kind, first, until_on, but=post)
    before = facts_of_post(post, unit.name)
    post.until_on = until_on
    session.flush()
    if until_on is not None and until_on < actor.on and not _has_another(session, post, actor.on):
        if numbers := open_matters(session, official, actor, unit.id):
            raise OpenMatters(official, numbers)
        require_keeper(session, actor)
    after = facts_of_post(post, unit.name)
    record(session, actor, [of_official(official, POST, before, after)], reason=reason)


def take_post_back(session: Session, actor: OfficeActor, official: Official, post: Post) -> None:
    """It was given by mistake, and begins today or later."""
    if post.from_on is None or post.from_on < actor.on:
        raise AtField(
            "until_on",
            "这一职务已经开始，请写明最后一天",
            "this post has begun: give its last day",
        )
    unit = session.get_one(Unit, post.unit_id)
    entry = of_official(official, POST, facts_of_post(post, unit.name), None)
    session.delete(post)
    require_keeper(session, actor)
    record(session, actor, [entry])


def close_posts(session: Session, official: Official, on: date) -> list[Entry]:
    """From this day on none is held."""
    entries = []
    for post, unit in session.exec(
        select(Post, Unit.name)
        .join(Unit, col(Unit.id) == col(Post.unit_id))
        .where(Post.official_id == official.id, lasting(Post, on))
    ).all():
        before = facts_of_post(post, unit)
        after = facts_of_post(post, unit) if ends_before(session, post, on) else None
        entries.append(of_official(official, POST, before, after))
    return entries


def ends_before(session: Session, dated: Post | Absence, on: date) -> bool:
    """Its last day is the day before. False: it would not have begun by then, and never was."""
    if dated.from_on is not None and dated.from_on >= on:
        session.delete(dated)
        return False
    dated.until_on = on - DAY
    return True


def lasting(table: type[Post] | type[Absence], on: date) -> ColumnElement[bool]:
    """It is not over before this day."""
    return or_(col(table.until_on).is_(None), col(table.until_on) >= on)


def require_in_service(official: Official) -> None:
    if official.left_on is not None:
        raise AtField(
            "",
            f"{official.name}已于 {official.left_on} 停用，请先恢复",
            f"{official.name} is out of service since {official.left_on}: take him back first",
        )


def require_order(from_on: date | None, until_on: date | None) -> None:
    if from_on is not None and until_on is not None and until_on < from_on:
        raise AtField(
            "until_on",
            f"最后一天 {until_on} 早于第一天 {from_on}",
            f"the last day {until_on} is before the first {from_on}",
        )


def _require_no_other(
    session: Session,
    official: Official,
    unit_id: int,
    kind: PostKind,
    from_on: date,
    until_on: date | None,
    but: Post | None = None,
) -> None:
    """Nobody holds one post twice at the same time."""
    held = select(Post).where(
        Post.official_id == official.id, Post.unit_id == unit_id, Post.kind == kind
    )
    for post in session.exec(held):
        if post is but:
            continue
        begins, ends = post.from_on or date.min, post.until_on or date.max
        if begins <= (until_on or date.max) and from_on <= ends:
            raise AtField(
                "until_on" if but else "from_on",
                f"{official.name}在这段时间已任此职（{post.from_on or '起初'} 至"
                f" {post.until_on or '现在'}）",
                f"{official.name} holds this post at that time already "
                f"({post.from_on or 'ever'} to {post.until_on or 'now'})",
            )


def _has_another(session: Session, post: Post, on: date) -> bool:
    others = select(Post.id).where(
        Post.official_id == post.official_id,
        Post.unit_id == post.unit_id,
        Post.id != post.id,
        in_force(Post, on),
    )
    return session.exec(others).first() is not None
