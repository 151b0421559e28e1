"""What a reply page shows of each matter: the facts, what is owed, and what happened since."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from flows.keeping_away import OF_WHOM, WHO
from flows.notice_end import End, end_of, heir_of, successor
from flows.recipients import Directory
from flows.reply_links import Opened, OpenReceipt, open_receipts, reminded
from flows.said import Heard, heard
from flows.signoff.roles import handlers
from models import Message, Notice, Receipt, Task
from models.notice import Duty
from models.notice_machine import LIVE, NoticeState
from notifications import sentences
from notifications.wording import ENGLISH, colour_word, day_words, moment_words, word
from web.desk import Desk
from web.matter import Matter, Showing
from web.reply_form import possible_acts

SHOWN = 50  # matters on one page; the others follow when these are done
HEARD = 5  # of what was said on one matter


@dataclass(frozen=True)
class Item:
    """One receipt as its page shows it."""

    task: Task
    receipt: Receipt
    notice: Notice
    matter: Matter
    owed: str
    late: bool  # a date by which something is still owed has passed
    why: str
    acts: tuple[str, ...]
    happened: list[str]
    words: str  # what this person wrote
    heard: Heard  # what others wrote, and what this person wrote before


@dataclass(frozen=True)
class Done:
    """What this person did since the digest was composed."""

    number: str
    notice_number: str
    acknowledged_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class View:
    """Builds the items of one opened link in its owner's language."""

    session: Session
    desk: Desk
    opened: Opened
    showing: Showing
    language: str

    def items(self, only: int | None = None) -> list[Item]:
        rows = open_receipts(self.session, self.opened, SHOWN, only=only)
        tasks = [] if self.opened.expired else [row.task.id for row in rows]
        said = heard(self.session, tasks, HEARD, but=[row.receipt.id for row in rows])
        return [self._item(row, said.get(row.task.id, Heard())) for row in rows]

    def reminded(self) -> tuple[list[Matter], set[str]]:
        """What the digest reminded of: nothing is owed but the work itself. And the numbers of
        those that this person handles, and may do more about."""
        found = reminded(self.session, self.opened, SHOWN, self.showing.on)
        if not found:
            return [], set()
        directory = Directory.load(self.session, self.showing.on)
        who = self.opened.official.id
        mine = {t.number for t, _ in found if who in handlers(self.session, directory, t)}
        return [
            self.showing.matter(task, unit.name, hidden=task.restricted, colour=task.colour)
            for task, unit in found
        ], mine

    def done(self) -> list[Done]:
        """For the digest's link, from which a settled matter disappears."""
        if not self.opened.of_the_mail or self.opened.shut:
            return []
        message = self.session.get_one(Message, self.opened.link.message_id)
        of = {"who": self.opened.official.id, "on": self.showing.on, "since": message.composed_at}
        return [Done(*row) for row in self.session.execute(_DONE, of)]

    def _item(self, opened: OpenReceipt, said: Heard) -> Item:
        receipt, notice, task = opened.receipt, opened.notice, opened.task
        stands_for = "" if task.restricted else opened.stands_for
        return Item(
            task,
            receipt,
            notice,
            self.showing.matter(
                task, opened.unit.name, hidden=task.restricted, colour=notice.colour
            ),
            self._owed(receipt, notice),
            self._late(opened),
            sentences.why(receipt.capacity, stands_for, receipt.climbed_from, self.language),
            () if self.opened.expired else possible_acts(opened),
            list(self._happened(opened)),
            "" if task.restricted else receipt.words,
            said,
        )

    def _owed(self, receipt: Receipt, notice: Notice) -> str:
        if receipt.duty == Duty.ACT and notice.state == NoticeState.ACKNOWLEDGED:
            return sentences.still_owed(notice.answer_by, self.language)
        answer_by = notice.answer_by if receipt.duty == Duty.ACT else None
        return sentences.owed(receipt.duty, notice.acknowledge_by, answer_by, self.language)

    def _late(self, opened: OpenReceipt) -> bool:
        notice, on = opened.notice, self.showing.on
        return bool(
            (opened.can_acknowledge and notice.acknowledge_by and notice.acknowledge_by < on)
            or (opened.can_answer and notice.answer_by and notice.answer_by < on)
        )

    def _happened(self, opened: OpenReceipt) -> Iterator[str]:
        receipt, notice = opened.receipt, opened.notice
        if receipt.ended_on and notice.state in LIVE:
            yield self._passed_on(opened, day_words(receipt.ended_on, self.language))
        if receipt.answered_at:
            yield self._by_you(receipt, receipt.answered_at, "答复进展", "reported progress")
        elif opened.answered_by:
            yield self._by_another(opened, *opened.answered_by)
        if receipt.acknowledged_at and not receipt.answered_at:
            yield self._by_you(receipt, receipt.acknowledged_at, "签收", "acknowledged")
        elif notice.state == NoticeState.ACKNOWLEDGED and receipt.duty == Duty.ACT:
            yield self._received(opened)
        if notice.state not in LIVE:
            yield self._ended(opened)

    def _passed_on(self, opened: OpenReceipt, when: str) -> str:
        heir = "" if opened.task.restricted else heir_of(self.session, opened.receipt)
        return self._say(
            f"本事项已于{when}改由{heir or '他人'}负责，您无需再办。",
            f"Since {when} {heir or 'somebody else'} sees to this; you owe nothing any more.",
        )

    def _received(self, opened: OpenReceipt) -> str:
        name, when = "", ""
        if opened.acknowledged_by:
            name, when = opened.acknowledged_by[0], self._at(opened.acknowledged_by[1])
        if opened.task.restricted or not name:
            name = self._say("他人", "Somebody else")
        return self._say(
            f"{name}已{f'于{when} ' if when else ''}签收本单，仍待答复。",
            f"{name} acknowledged this notice{f' on {when}' if when else ''}; "
            "it still waits for an answer.",
        )

    def _by_another(self, opened: OpenReceipt, name: str, at: datetime) -> str:
        spared = ("", "")
        if opened.receipt.duty == Duty.ACT:
            spared = ("，您无需再答复", "; you need not answer it again")
        if opened.task.restricted:
            name = self._say("他人", "Somebody else")
        return self._say(
            f"{name}已于{self._at(at)} 答复了本单{spared[0]}。",
            f"{name} answered this notice on {self._at(at)}{spared[1]}.",
        )

    def _by_you(self, receipt: Receipt, at: datetime, chinese: str, english: str) -> str:
        proxy = receipt.said_by if receipt.said_by != self.opened.official.name else ""
        return self._say(
            f"已于{self._at(at)} {chinese}{f'（由{proxy}代办）' if proxy else ''}。",
            f"You {english} on {self._at(at)}{f' ({proxy} on your behalf)' if proxy else ''}.",
        )

    def _ended(self, opened: OpenReceipt) -> str:
        notice = opened.notice
        end = end_of(self.session, notice)
        when = day_words(end.on, self.language) if end.on else ""
        if notice.state == NoticeState.LIFTED:
            why = "" if opened.task.restricted else self._why_lifted(end)
            return self._say(
                f"本预警已于{when}解除{f'（{why}）' if why else ''}，无需再办。",
                f"This warning was lifted on {when}{f' ({why})' if why else ''}; "
                "nothing is owed any more.",
            )
        newer = successor(self.session, notice) or notice
        colour, number = colour_word(newer.colour, self.language), newer.number
        return self._say(
            f"本单已于{when}被{colour}预警单 {number} 取代。请使用较新邮件中的链接办理。",
            f"On {when} the {colour} notice {number} took its place. "
            "Please use the link in the newer mail.",
        )

    def _why_lifted(self, end: End) -> str:
        what = word(end.what, self.language) if end.what else ""
        if not what or not end.by:
            return what or end.by
        return self._say(f"{end.by}：{what}", f"{what}, {end.by}")

    def _at(self, at: datetime) -> str:
        return moment_words(self.desk.office.local(at), self.language)

    def _say(self, chinese: str, english: str) -> str:
        return english if self.language == ENGLISH else chinese


_DONE = (
    select(
        col(Task.number),
        col(Notice.number),
        col(Receipt.acknowledged_at),
        col(Receipt.answered_at),
    )
    .join_from(Receipt, Notice, col(Notice.id) == col(Receipt.notice_id))
    .join(Task, col(Task.id) == col(Notice.task_id))
    .where(
        col(Receipt.official_id) == WHO,
        col(Receipt.acknowledged_at) >= bindparam("since"),
        col(Task.id).not_in(OF_WHOM),
    )
    .order_by(col(Receipt.acknowledged_at).desc())
    .limit(SHOWN)
)
