"""An outbox as a night leaves it: one digest to each of many people, with three warnings in it."""

import tempfile
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, insert, update
from sqlmodel import col, select

from benchmarks.population import TONIGHT, UNITS, instant, populate
from flows.carrier_link import Letter
from flows.database import reading, transaction
from flows.keyring import open_ring
from flows.night import run_night
from flows.office import MailHours, Office
from models import Message, Official, Task
from models.message import MessageKind
from models.notice import Duty
from models.organisation import PostKind
from models.warning import Colour
from notifications.digest import Digest, Line
from notifications.links import placeholder

WARNINGS = 3
HOME = Path(tempfile.mkdtemp(prefix="sise-bench-"))


def compose(engine: Engine, mails: int) -> None:
    populate(engine, mails * WARNINGS, mails * WARNINGS)
    with transaction(engine, instant(TONIGHT)) as session:
        people = [
            {"name": f"张伟{n}", "unit_id": n % UNITS + 1, "email": f"zhang{n}@dinghai.example"}
            for n in range(1, mails + 1)
        ]
        session.execute(insert(Official), people)
        session.execute(update(Task).values(handler_id=1 + col(Task.id) % mails))
    run_night(office_of(engine, None), on=TONIGHT, now=instant(TONIGHT))


def composed(engine: Engine) -> list[Letter]:
    """As a connection has them in hand."""
    with reading(engine) as session:
        digests = select(Message).where(col(Message.kind) == MessageKind.DIGEST)
        return [Letter.of(message, message.body) for message in session.exec(digests)]


def office_of(engine: Engine, smtp_url: str | None) -> Office:
    return office_on(engine, HOME, smtp_url)


def office_on(engine: Engine, home: Path, smtp_url: str | None = None) -> Office:
    return Office(
        engine=engine,
        home=home,
        ring=open_ring(home / "secret"),
        timezone=ZoneInfo("Asia/Shanghai"),
        language="zh-CN",
        base_url="http://sise.example",
        mail_from="sise@bench.example",
        smtp_url=smtp_url,
        mail_hours=MailHours(),
    )


def letter(name: str) -> Digest:
    """The facts of such a digest, for whoever renders it alone."""
    lines = [_line(n) for n in range(WARNINGS)]
    return Digest(on=TONIGHT, to_name=name, lines=lines, all_link=placeholder("b" * 32))


def _line(n: int) -> Line:
    return Line(
        number=f"测{n:08}",
        title=f"第 {n} 个问题",
        unit="单位1",
        restricted=False,
        colour=Colour.BLUE,
        label="蓝色预警",
        notice_number=f"定督〔2022〕{n}号",
        due_on=TONIGHT - timedelta(days=3),
        days_over=3,
        provisional=False,
        duty=Duty.ACT,
        acknowledge_by=TONIGHT + timedelta(days=1),
        answer_by=TONIGHT + timedelta(days=3),
        capacity=PostKind.HANDLER,
        stands_for="",
        climbed_from=None,
        link=placeholder("a" * 32),
    )
