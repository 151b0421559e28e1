"""A district in which everything is there that a page may show: a matter under review, another
that asks for more time, and a restricted lead of another unit whose every word is marked."""

from dataclasses import dataclass, replace
from datetime import date, time
from io import BytesIO

from sqlmodel import select

from flows.api_clients import let_in
from flows.database import transaction
from flows.feedback.receiving import receive
from flows.hooks.registering import add_webhook, remove_webhook
from flows.pairings.pairing import Wanted, pair
from flows.papers.postings import prepare
from flows.proposals.handing_in import propose
from flows.records.figures import Reported, approve, report
from flows.records.lines import Line
from flows.records.opening import read_opens
from flows.replies import answer
from flows.scores.sheets import approve as approve_scores
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.signoff.applications import draft
from flows.signoff.evidence import add_evidence
from flows.signoff.evidence_files import keep as keep_file
from flows.working_days import load_calendar
from models import Measure, Official, Post, ScoreSheet, Task, Unit
from models.api_client import Scope
from models.application import EvidenceKind
from models.feedback import Channel
from models.organisation import PostKind
from models.proof import Assurance
from models.request_machine import RequestKind
from tests import files
from tests.conftest import instant
from tests.flows.duties.files import duty, load
from tests.flows.measures.files import load as load_measures
from tests.flows.scores.files import RED, rule
from tests.flows.scores.files import load as load_scores
from tests.flows.scores.files import prepared as prepared_scores
from tests.kept import play, reply, rows
from tests.petitions import load_kind
from tests.played import as_played
from tests.proposals import gather_department
from tests.records import NOON, kept, prepared_report, published_report, said, with_kinds
from tests.sign_offs import Bench

NOWHERE = "http://127.0.0.1:9/"
JUNE, DAY = date(2022, 6, 30), date(2022, 7, 14)
MARK = "暗记"  # in every word of the lead
WORDS = f"{MARK}答复：已约谈当事人"
UNIT, HANDLER = "暗处单位", "暗处承办人"  # who has it: known to the directory, told of it nowhere


NO_PART = ("alice", "carol", "hugo", "rita", "mallory")  # in the lead


@dataclass
class District:
    bench: Bench
    token: str
    people: dict[str, int]


def marks(said: str, *others: str) -> list[str]:
    return [mark for mark in (MARK, *others) if mark in said]


def played_district(bench: Bench) -> District:
    """As it was gathered once, for whoever does not listen while it is."""
    office = bench.office
    as_played(office.engine, "district", lambda: _gathered.append(gather_district(bench, NOWHERE)))
    keep_file(office.home, BytesIO(files.PDF))  # a home is new for each test
    return replace(_gathered[0], bench=bench)


_gathered: list[District] = []


def gather_district(bench: Bench, receiver: str) -> District:
    office, cast = bench.office, bench.cast
    people = {**cast.people, "leo": bench.leo, "rita": bench.rita} | _others(bench)
    with transaction(office.engine, instant(date(2022, 6, 1))) as session:
        token = let_in(session, "大屏", [Scope.READ], instant(date(2022, 6, 1)))
        for name in ("大屏", "旧屏"):
            add_webhook(
                session,
                office,
                name=name,
                address=receiver,
                events=(),
                procedures=(),
                by=COMMAND_LINE,
                now=instant(date(2022, 6, 1)),
            )
        remove_webhook(session, "旧屏", by=COMMAND_LINE, now=instant(date(2022, 6, 1)))
    load(office, duty(begins="2022-08-01"), date(2022, 6, 1))
    load_measures(office)
    wanted = Wanted(topic="薄弱村", leader="carol", subject="新建村")
    june_1 = Unattended(COMMAND_LINE, date(2022, 6, 1), instant(date(2022, 6, 1)))
    with transaction(office.engine, june_1.now) as session:
        pair(session, [wanted], june_1)
    bench.task("甲-1", date(2022, 7, 13), title="校车监管不到位")
    bench.task("甲-2", date(2022, 7, 12))
    _lead(bench, people)
    _feedback(bench)
    play(office, JUNE)
    play(office, DAY)
    reply(office, answer, people["erin"], "密-1", on=DAY, words=WORDS)
    _show(bench, "甲-1", cast.alice, "照片.pdf")
    _show(bench, "密-1", people["erin"], f"{MARK}材料.pdf")
    bench.apply("甲-1", DAY)
    bench.ask("甲-2", RequestKind.EXTENSION, DAY, reason="等待批复", until_on=date(2022, 7, 20))
    bench.apply(
        "密-1",
        DAY,
        who=people["erin"],
        summary=f"{MARK}情况：已办结，逐条落实。",
        done={1: f"{MARK}落实"},
    )
    _record(bench, people)
    by = Unattended(COMMAND_LINE, DAY, instant(DAY, time(9)))
    with transaction(office.engine, by.now) as session:
        first = JUNE.replace(day=1)
        prepare(session, by, first=first, last=JUNE, calendar=load_calendar(session))
    visits = rule("recorded", "1", kinds='["visit"]')
    load_scores(office, RED, rule("overdue", "-1"), visits)
    prepared_scores(office, DAY, JUNE)
    by_hugo = bench.actor(cast.hugo, DAY)
    with transaction(office.engine, by_hugo.now) as session:
        approve_scores(session, session.exec(select(ScoreSheet)).one(), by_hugo)
    play(office, date(2022, 7, 15))
    _proposal(bench, people)
    return District(bench, token, people)


def _proposal(bench: Bench, people: dict[str, int]) -> None:
    """Of Erin's unit, with a person in each line; its department reviews it."""
    department = gather_department(bench)
    on, lines = date(2022, 7, 15), [f"{MARK}人员甲|{MARK}现职", f"{MARK}人员乙"]
    by = bench.actor(people["erin"], on, Assurance.SESSION)
    with transaction(bench.office.engine, by.now) as session:
        said = (UNIT, f"{MARK}方案", lines)
        propose(session, "prereview", *said, by, calendar=load_calendar(session))
    department.review("预审-2022-001", on)
    department.decide("预审-2022-001", department.sam, on, {2: f"{MARK}超出职数"})
    department.decide("预审-2022-001", department.ted, on, {2: f"{MARK}超出职数"})


def _feedback(bench: Bench) -> None:
    """Its words are the office's, and nobody else's."""
    load_kind(bench.office, "feedback")
    on = date(2022, 6, 25)
    with transaction(bench.office.engine, instant(on)) as session:
        receive(
            session,
            f"{MARK}反馈",
            channel=Channel.WEB,
            contact=f"{MARK}电话",
            on=on,
            now=instant(on),
            calendar=load_calendar(session),
        )


def _record(bench: Bench, people: dict[str, int]) -> None:
    """What was done about the lead and what came of it, a figure of it, and a published report."""
    office = with_kinds(bench.office)
    lead = Line(unit=f"{MARK}单位", person=f"{MARK}人员", subject=f"{MARK}对象", task="密-1")
    for kind in ("visit", "criticism"):
        kept(office, replace(said(kind, topic=f"{MARK}主题"), lines=(lead,)))
    kept(office, said("visit", "区教育局"))
    opens = read_opens(["批-1|校车逐辆检查|区教育局|2022-08-31|rectification"], DAY)
    kept(office, said("directive", topic="校车安全", led_by="区委书记"), opens)
    figure = {"name": f"{MARK}数据", "value": "7", "unit": "件", "source": f"{MARK}来源"}
    with transaction(office.engine, NOON) as session:
        for code, task, facts in (
            ("output", "", {"name": "总产值", "value": "309", "unit": "亿元", "source": "月报"}),
            ("lead", "密-1", figure),
        ):
            one = Reported(code=code, as_of=DAY, task=task, **facts)
            who = session.get_one(Official, people["erin" if task else "alice"])
            key = report(session, one, who, on=DAY, now=NOON).id
            approve(session, key, session.get_one(Official, people["olga"]), on=DAY, now=NOON)
    published_report(office)
    prepared_report(office, date(2022, 7, 13))


def _others(bench: Bench) -> dict[str, int]:
    """Erin handles the lead, Frank heads her unit; Adam looks after the system."""
    found = {}
    with transaction(bench.office.engine, instant(date(2022, 1, 1))) as session:
        unit = Unit(name=UNIT)
        session.add(unit)
        session.flush()
        for key, name, home, kind in (
            ("erin", HANDLER, unit.id, PostKind.HANDLER),
            ("frank", "frank", unit.id, PostKind.UNIT_HEAD),
            ("adam", "adam", bench.lead_unit, PostKind.ADMINISTRATOR),
        ):
            person = Official(name=name, unit_id=home, email=f"{key}@dinghai.example")
            session.add(person)
            session.flush()
            session.add(Post(official_id=person.id, unit_id=home, kind=kind))
            found[key] = person.id
    return found


def _show(bench: Bench, number: str, who: int, name: str) -> None:
    actor = bench.actor(who, DAY, Assurance.LINK)
    with transaction(bench.office.engine, actor.now) as session:
        task = session.exec(select(Task).where(Task.number == number)).one()
        add_evidence(
            session,
            bench.office,
            draft(session, task, actor),
            files.PDF,
            name=name,
            kind=EvidenceKind.EVIDENCE,
            actor=actor,
        )


def _lead(bench: Bench, people: dict[str, int]) -> None:
    [unit] = rows(bench.office, Unit, Unit.name == UNIT)
    task = bench.task(
        "密-1",
        date(2022, 6, 20),
        title=f"{MARK}题目",
        goal=f"{MARK}目标",
        remarks=f"{MARK}备注",
        restricted=True,
        unit_id=unit.id,
        handler_id=people["erin"],
    )
    with transaction(bench.office.engine, instant(date(2022, 6, 1))) as session:
        session.add(Measure(task_id=task.id, position=1, text=f"{MARK}措施"))
