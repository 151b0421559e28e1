"""What an act of the office with a page of its own consists of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from flows.signoff.actor import Actor
from models import Task
from models.refusal import Refusal
from models.workdays import Calendar
from web.offers import Said
from web.written import Written


@dataclass(frozen=True)
class OfficeAct:
    """`offered`: whether the task's page leads there. `shown`: what its template shows. `seen`:
    what the form is filled in from; it comes back with it. `make` raises a Refusal."""

    called: Said
    hint: Said
    template: str
    offered: Callable[[Task], bool]
    shown: Callable[[Session, Task, date], Mapping[str, Any]]
    seen: Callable[[Session, Task], str]
    make: Callable[[Session, Task, Actor, Written, Calendar], None]


class ChangedMeanwhile(Refusal):
    """Somebody else acted since the form was opened."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"{number}：您打开页面后，这里已被他人改动；请核对现状后再提交，没有记录任何操作",
            f"{number}: somebody changed this since you opened the page; look at it as it is now "
            "and send again. Nothing was recorded",
        )
