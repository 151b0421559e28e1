"""What whoever is asked to decide is shown: the packet that his decision will be held to, who
decided before him, and what he may choose."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from flows.proposals.verdicts import last_said
from flows.signoff.chain import Asked, Step, asked_of, steps
from flows.signoff.happened import Happened, what_happened
from flows.signoff.levels import rules_of
from flows.signoff.packets import shown_in
from flows.signoff.referred import LOOK_BACK, Referred, matter_of
from models import Application, LookBack, Official, Packet, Procedure, Referral
from models.application import ApplicationState
from models.request_machine import RequestKind
from notifications import sentences
from web.matter import Matter, Showing
from web.packet_files import File, files_of, listed
from web.referral_next import what_comes_next
from web.request_limits import limits_of
from web.ruling_form import CHOICES
from web.seat import Seat
from web.whom import Group, groups


@dataclass(frozen=True)
class Case:
    """One referral. `shown` is its packet; empty while it may not be shown. `choices` empty: there
    is nothing to decide, or not here. `newer`: the link was sent for an earlier referral."""

    referral: Referral
    kind: str
    matter: Matter
    packet: str
    shown: Mapping[str, Any]
    why: str
    late: bool
    choices: tuple[str, ...]
    happened: Happened | None
    newer: bool = False
    title: str = ""  # of the level
    files: Sequence[File] = ()
    steps: Sequence[Step] = ()
    asked: Sequence[Asked] = ()
    checklist: Sequence[str] = ()
    groups: Sequence[Group] = ()  # to whom an objection may pass it
    bounds: tuple[str, str] = ("", "")  # what the procedure allows of what was asked for
    next: tuple[str, str] = ("", "")  # what comes after it was decided
    rejected: Mapping[int, str] = field(default_factory=dict)  # of its lines, by the level before

    @property
    def open(self) -> bool:
        return self.referral.closed_at is None


@dataclass(frozen=True)
class Cases:
    """Builds what one seat shows of referrals."""

    session: Session
    showing: Showing
    seat: Seat

    def case(self, found: Referred, asked_for: int = 0) -> Case:
        """Everything about one of them."""
        hidden = found.task.restricted and not self.seat.proved
        shown = {} if hidden else shown_in(self.session, found.packet)
        return Case(
            found.referral,
            found.kind,
            self.showing.matter(found.task, found.unit.name, hidden=hidden),
            found.packet,
            shown,
            self._why(found),
            found.open and found.referral.decide_by < self.seat.on,
            self._choices(found),
            what_happened(self.session, found.referral),
            newer=asked_for not in (0, found.referral.id),
            title=self._title(found),
            files=[] if hidden else self._files(found, shown),
            steps=[] if found.application is None or hidden else self._steps(found),
            asked=self._asked(found) if found.application is None and not hidden else [],
            checklist=self._checklist(found, shown),
            groups=groups(self.session, self.seat.on)
            if found.kind == RequestKind.OBJECTION
            else [],
            bounds=limits_of(self.session, found.task, found.kind),
            next=what_comes_next(self.session, found),
            rejected=last_said(self.session, [found.task.id]).get(found.task.id, {}),
        )

    def lines(self, found: Sequence[Referred]) -> list[Case]:
        """Each as a line of a list that is decided at once. What takes more than a choice and a
        reason is decided on its own page."""
        packets = select(Packet).where(col(Packet.hash).in_([one.packet for one in found]))
        shown = {row.hash: json.loads(row.shown) for row in self.session.exec(packets)}
        procedures = self.session.exec(select(Procedure)).all()  # held, or each line asks anew
        lines = [self._line(one, shown[one.packet]) for one in found]
        del procedures
        return lines

    def _line(self, found: Referred, shown: Mapping[str, Any]) -> Case:
        hidden = found.task.restricted and not self.seat.proved
        simple = found.kind not in (LOOK_BACK, RequestKind.OBJECTION) and "lines" not in shown
        return Case(
            found.referral,
            found.kind,
            self.showing.matter(found.task, found.unit.name, hidden=hidden),
            found.packet,
            {} if hidden else shown,
            "",
            found.referral.decide_by < self.seat.on,
            self._choices(found) if simple else (),
            None,
            title=self._title(found),
            files=listed(shown),
            bounds=limits_of(self.session, found.task, found.kind),
        )

    def _choices(self, found: Referred) -> tuple[str, ...]:
        if not (found.open and self.seat.open and self.seat.proved):
            return ()
        return tuple(CHOICES[found.kind])

    def _why(self, found: Referred) -> str:
        referral, language = found.referral, self.seat.language
        hidden = found.task.restricted and not self.seat.proved
        stands_for = "" if hidden else found.stands_for
        said = sentences.why(referral.capacity, stands_for, referral.climbed_from, language)
        if referral.named_by_id is None or hidden:
            return said
        named = self.session.get_one(Official, referral.named_by_id).name
        english = f" {named} of the supervision office named you."
        return said + (english if language == "en" else f"由督查办公室{named}指定。")

    def _title(self, found: Referred) -> str:
        level = found.referral.level
        rules = rules_of(self.session, found.task)
        return rules.level[level - 1].title if level and level <= len(rules.level) else ""

    def _steps(self, found: Referred) -> list[Step]:
        assert found.application is not None  # for the types: it is of one
        return steps(self.session, found.task, found.application)

    def _asked(self, found: Referred) -> list[Asked]:
        return asked_of(self.session, *matter_of(found.referral))

    def _files(self, found: Referred, shown: Mapping[str, Any]) -> Sequence[File]:
        """Of a look-back: those that the task was signed off on."""
        key = found.referral.application_id
        if found.kind == LOOK_BACK:
            key, shown = self._signed_off_on(found), shown["application"]
        if key is None:
            return []

        def path(evidence_id: int) -> str:
            return self.seat.evidence(found.task.number, evidence_id)

        return files_of(self.session, key, shown, path)

    def _signed_off_on(self, found: Referred) -> int | None:
        return self.session.exec(
            select(Application.id)
            .join(LookBack, col(LookBack.cycle) == col(Application.cycle))
            .where(
                LookBack.id == found.referral.look_back_id,
                Application.task_id == found.task.id,
                Application.state == ApplicationState.GRANTED,
            )
        ).first()

    def _checklist(self, found: Referred, shown: Mapping[str, Any]) -> Sequence[str]:
        if found.kind != LOOK_BACK:
            return ()
        return tuple(shown.get("checklist", ()))
