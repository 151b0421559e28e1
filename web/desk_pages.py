"""The pages of whoever looks after the desk: which there are, and who may open them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fastapi import HTTPException, Request
from fastapi.responses import Response
from sqlmodel import Session

from flows.database import reading
from models.organisation import PostKind
from web.desk import desk_of
from web.pages import page
from web.rights import Viewer
from web.signing_in import viewer_of

Right = Callable[[Viewer], bool]


def whoever_sees_all(viewer: Viewer) -> bool:
    return viewer.sees_all


def whoever_keeps_directory(viewer: Viewer) -> bool:
    return viewer.keeps_directory


def whoever_administers(viewer: Viewer) -> bool:
    return PostKind.ADMINISTRATOR in viewer.kinds


def whoever_sees_postings(viewer: Viewer) -> bool:
    """A supervising leader sees his own matters only, but may approve a posting."""
    return viewer.sees_all or PostKind.SUPERVISING_LEADER in viewer.kinds


def whoever_sees_scores(viewer: Viewer) -> bool:
    """And whoever leads a unit, or stands in for such a one: he may object."""
    return viewer.sees_all or any(one.leads for one in viewer.people)


@dataclass(frozen=True)
class DeskPage:
    path: str
    words: tuple[str, str]
    right: Right

    def holds(self, here: str) -> bool:
        """Whether this address is the page's own, or below it."""
        return here == self.path or (self.path != "/" and here.startswith(f"{self.path}/"))


@dataclass(frozen=True)
class Group:
    """Pages that stand together in the line."""

    words: tuple[str, str]
    pages: tuple[DeskPage, ...]

    def of(self, viewer: Viewer) -> "Group":
        """With those only that this person may open."""
        return replace(self, pages=tuple(one for one in self.pages if one.right(viewer)))


GROUPS = (
    Group(
        ("督办", "Matters"),
        (
            DeskPage("/", ("督办台", "Board"), whoever_sees_scores),
            DeskPage("/figures", ("统计", "Figures"), whoever_sees_all),
            DeskPage("/notices", ("预警单", "Notices"), whoever_sees_all),
            DeskPage("/petitions", ("信访", "Petitions"), whoever_sees_all),
            DeskPage("/import", ("导入", "Import"), whoever_keeps_directory),
        ),
    ),
    Group(
        ("报送", "Returns"),
        (
            DeskPage("/duties", ("周期任务", "Duties"), whoever_sees_all),
            DeskPage("/pairings", ("结对", "Pairings"), whoever_sees_all),
            DeskPage("/measurements", ("监测", "Measurements"), whoever_sees_all),
            DeskPage("/reported", ("数据", "Reported"), whoever_keeps_directory),
            DeskPage("/acts", ("活动", "Acts"), whoever_keeps_directory),
            DeskPage("/outcomes", ("成果", "Outcomes"), whoever_keeps_directory),
        ),
    ),
    Group(
        ("公开", "Published"),
        (
            DeskPage("/reports", ("通报", "Reports"), whoever_sees_postings),
            DeskPage("/postings", ("晾晒", "Postings"), whoever_sees_postings),
            DeskPage("/scores", ("考核", "Scores"), whoever_sees_scores),
            DeskPage("/feedback-register", ("监督", "Feedback"), whoever_keeps_directory),
        ),
    ),
    Group(
        ("联络", "Contact"),
        (
            DeskPage("/people", ("人员", "People"), whoever_keeps_directory),
            DeskPage("/outbox", ("发件箱", "Outbox"), whoever_keeps_directory),
            DeskPage("/webhooks", ("推送", "Webhooks"), whoever_administers),
        ),
    ),
    Group(
        ("运行", "Running"),
        (
            DeskPage("/nights", ("夜间检查", "Nights"), whoever_sees_all),
            DeskPage("/calendar", ("日历", "Calendar"), whoever_sees_all),
            DeskPage("/policies", ("规则", "Policies"), whoever_sees_all),
            DeskPage("/audit", ("历史记录", "History"), whoever_sees_all),
        ),
    ),
)
PAGES = tuple(one for group in GROUPS for one in group.pages)


def groups_of(viewer: Viewer) -> Sequence[Group]:
    """What this person may open; no group is empty."""
    return [own for own in (group.of(viewer) for group in GROUPS) if own.pages]


def let_in(request: Request, session: Session, now: datetime, right: Right) -> Viewer:
    """Whoever is signed in. For whoever may not open the page there is none."""
    viewer = viewer_of(request, session, now)
    if not right(viewer):
        raise HTTPException(404)
    return viewer


@contextmanager
def looking(request: Request, right: Right) -> Iterator[tuple[Session, Viewer]]:
    """One look at the database, for whoever is let in."""
    desk = desk_of(request)
    with reading(desk.office.engine) as session:
        yield session, let_in(request, session, desk.now(), right)


def desk_page(request: Request, viewer: Viewer, template: str, **facts: Any) -> Response:
    """A page of the desk, with the lines that lead to the others."""
    return page(
        request,
        template,
        language=viewer.official.language,
        visitor=viewer.official,
        desk_pages=groups_of(viewer),
        **facts,
    )
