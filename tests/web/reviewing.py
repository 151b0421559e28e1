"""What whoever decides does in a browser: opens the link, proves who it is, chooses, sends."""

import re
from dataclasses import dataclass
from datetime import date, time

from sqlmodel import col, select

from flows.database import reading, transaction
from flows.office import Office
from models import Application, Message, MessageBody, Official, Referral, ReplyLink, Task
from models.message import MessageKind, MessageState
from notifications.links import Live, fill, key_id, new_salt, token, token_hash
from tests.conftest import instant
from tests.kept import rows

APPLIED = date(2022, 7, 14)
NOON = instant(APPLIED, time(12))
WORDS = "第二条措施没有落实，请补齐台账。"


@dataclass
class Reviewing:
    """Browsers and links of whoever is asked."""

    office: Office
    people: dict[str, int]

    def link(self, name: str, number: str | None = None) -> str:
        """A mailed link to the newest referral of this person; without a task, the mail's own."""
        salt = new_salt()
        with transaction(self.office.engine, NOON) as session:
            official = session.get_one(Official, self.people[name])
            message = Message(
                kind=MessageKind.DIGEST,
                official_id=official.id,
                to_name=name,
                to_address=official.email or "",
                domain="dinghai.example",
                message_id=f"<{salt}@sise.example>",
                boundary=salt,
                composed_at=NOON,
                expires_at=NOON,
                state=MessageState.SENT,
                sent_at=NOON,
                next_at=NOON,
                subject="",
                body=MessageBody(text="", html=""),  # type: ignore[call-arg]  # its message gives the id
            )
            session.add(message)
            session.flush()
            session.add(
                ReplyLink(
                    official_id=official.id,
                    message_id=message.id,
                    referral_id=self.referral(name, number).id if number else None,
                    salt=salt,
                    key_id=key_id(self.office.secret),
                    token_hash=token_hash(token(self.office.secret, salt)),
                )
            )
        return f"/r/{token(self.office.secret, salt)}"

    def referral(self, name: str, number: str) -> Referral:
        with reading(self.office.engine) as session:
            found = session.exec(
                select(Referral)
                .join(Task, col(Task.id) == col(Referral.task_id))
                .where(Task.number == number, Referral.official_id == self.people[name])
                .order_by(col(Referral.id).desc())
            ).first()
        assert found is not None, "nobody asked this person"
        return found

    def packet(self, number: str) -> str:
        with reading(self.office.engine) as session:
            return session.exec(
                select(Application.packet)
                .join(Task, col(Task.id) == col(Application.task_id))
                .where(Task.number == number)
                .order_by(col(Application.id).desc())
            ).first()

    def code(self) -> str:
        """The six digits of the newest mail that has any."""
        mail = rows(self.office, Message, col(Message.kind) == MessageKind.CODE)[-1]
        sent = fill(
            mail.body.text.encode(), Live(self.office.secret, "http://sise.example")
        ).decode()
        return re.search(r"^\d{6}$", sent, re.MULTILINE)[0]

    def prove(self, browser, path, **kept):
        browser.post(path, data={"proof": "ask", "sure": "yes", **kept})
        return browser.post(path, data={"proof": "enter", "code": self.code(), **kept})


def chosen(page, verdict=None, **facts):
    """What the page's form of one decision would send with these fields filled in."""
    packet = re.search(r'name="packet-(\d+)" value="([0-9a-f]{64})"', page.text)
    key = packet[1] if packet else "0"
    named = {f"{name}-{key}": value for name, value in facts.items()}
    picked = {f"verdict-{key}": verdict} if verdict else {}
    return {f"packet-{key}": packet[2] if packet else "", **picked, **named}


def lines(page):
    """The ids of the referrals that can be decided in the page's list."""
    return [int(key) for key in re.findall(r'name="packet-(\d+)"', page.text)]


def many(page, decide, **facts):
    """What the list would send. `decide`: a verdict by referral."""
    packets = dict(re.findall(r'name="packet-(\d+)" value="([0-9a-f]{64})"', page.text))
    sent = {"many": "yes", **facts}
    for key, packet in packets.items():
        sent[f"packet-{key}"] = packet
        sent[f"reason-{key}"] = ""
    for key, (verdict, reason) in decide.items():
        sent[f"verdict-{key}"], sent[f"reason-{key}"] = verdict, reason
    return sent
