"""上墙晾晒: units ranked by figures that anybody can count, frozen; nothing restricted is in it."""

from calendar import monthrange
from datetime import date, time

import pytest
from sqlmodel import select

from flows.audit import contradictions
from flows.database import reading, transaction
from flows.find_task import find_task
from flows.history import faults
from flows.papers.approval import approve, send_back, take_back
from flows.papers.bulletins import BadPeriod
from flows.papers.posting import posting_facts
from flows.papers.postings import prepare
from flows.papers.prepared import numbered
from flows.papers.prepared_paper import paper_of
from flows.signoff.actor import COMMAND_LINE, Actor, Unattended
from flows.signoff.reassigning import reassign
from flows.working_days import load_calendar
from models import Bulletin, Official, Post, PostingDraft, PostingMove, Unit
from models.bulletin import BulletinKind
from models.decision import Verdict
from models.organisation import PostKind
from models.posting import PostingState
from models.proof import Assurance
from models.refusal import Refusal
from models.warning import Colour
from notifications.papers.page import write_page
from notifications.papers.posting import PostingFacts, UnitRow, ranks
from notifications.papers.word import write_word
from tests.conftest import Cast, instant
from tests.flows.measures.files import load, say
from tests.kept import add, edit, play, rows, wind
from tests.papers import CHINESE, pictures_of, table_of, text_of
from tests.played import as_played, wound
from tests.sign_offs import Bench

FIRST, LAST = date(2022, 7, 1), date(2022, 7, 31)
NONE = dict.fromkeys((Colour.BLUE, Colour.YELLOW, Colour.ORANGE, Colour.RED), 0)


def publish(office, today: date = LAST) -> PostingFacts:
    draft = prepared(office, today=today)
    return decided(office, draft, "hugo", today=today)


def prepared(office, who: str | None = None, today: date = LAST, first: date = FIRST) -> int:
    """By the command, or by this person at the desk; the draft's id."""
    by = Unattended(COMMAND_LINE, today, instant(today, time(17)))
    last = first.replace(day=monthrange(first.year, first.month)[1])
    with transaction(office.engine, by.now) as session:
        if who:
            by = person(session, who, today, time(17))
        calendar = load_calendar(session)
        return prepare(session, by, first=first, last=last, calendar=calendar).id


def decided(
    office, draft: int, who: str, reason: str = "", today: date = LAST, by_office: bool = False
) -> PostingFacts:
    """Approved, or with a reason sent back."""
    with transaction(office.engine, instant(today, time(18))) as session:
        kept, by = session.get_one(PostingDraft, draft), person(session, who, today, time(18))
        if by_office:
            take_back(session, kept, by, reason)
        elif reason:
            send_back(session, kept, by, reason)
        else:
            approve(session, kept, by)
        return PostingFacts.model_validate_json(kept.content)


def person(session, name: str, on: date, at: time) -> Actor:
    found = session.exec(select(Official).where(Official.name == name)).one()
    return Actor(found.id, name, Assurance.SESSION, on, instant(on, at))


def printed(office, language: str = "zh-CN") -> bytes:
    with reading(office.engine) as session:
        return write_word(paper_of(office, numbered(session, BulletinKind.POSTING, 1), language))


def another_unit(office) -> tuple[int, int]:
    with transaction(office.engine, instant(FIRST)) as session:
        unit = Unit(name="区财政局")
        session.add(unit)
        session.flush()
        session.add(erin := Official(name="erin", unit_id=unit.id, email="erin@x.example"))
        session.flush()
        return unit.id, erin.id


def district(bench: Bench) -> tuple[int, int]:
    """One unit with a warning, one without, a matter signed off, and one that is restricted."""
    as_played(bench.office.engine, "a district's July", lambda: live_july(bench))
    [unit] = rows(bench.office, Unit, Unit.name == "区财政局")
    [erin] = rows(bench.office, Official, Official.name == "erin")
    return unit.id, erin.id


def live_july(bench: Bench) -> None:
    unit, erin = another_unit(bench.office)
    bench.task("教-1", date(2022, 7, 28))
    bench.task("教-2", date(2022, 9, 1))
    bench.task("教-3", date(2022, 9, 1))
    bench.task("线-1", date(2022, 7, 1), restricted=True)
    bench.task("财-1", date(2022, 9, 1), unit_id=unit, handler_id=erin)
    bench.task("财-2", date(2022, 12, 1), opened_on=date(2022, 8, 1), unit_id=unit)
    bench.apply("教-3", date(2022, 7, 15))
    for who in bench.levels:
        bench.decide("教-3", who, Verdict.APPROVE, date(2022, 7, 15))
    wind(bench.office, date(2022, 7, 28), LAST)


def test_units_are_ranked_by_the_share_of_their_matters_without_a_warning(bench: Bench):
    district(bench)
    publish(bench.office)

    word = printed(bench.office)

    assert text_of(word).startswith("2022年7月督办晾晒\n第1期\n")
    assert table_of(word, 0) == [
        ["名次", "责任单位", "事项数", "本月销号", "按期率", "蓝色", "黄色", "红色"],
        ["1", "区财政局", "1", "0", "100.0%", "0", "0", "0"],
        ["2", "区教育局", "3", "1", "66.7%", "1", "0", "0"],
    ]


def test_a_month_that_is_over_is_posted_as_it_was_when_it_ended(bench: Bench):
    unit, erin = district(bench)
    with reading(bench.office.engine) as session:
        then = posting_facts(session, FIRST, LAST, calendar=load_calendar(session))

    later = date(2022, 8, 5)
    with transaction(bench.office.engine, instant(later)) as session:
        by = Unattended(COMMAND_LINE, later, instant(later))
        reassign(
            session,
            find_task(session, "教-1"),
            by,
            unit_id=unit,
            handler_id=erin,
            reason="职能划转",
            calendar=load_calendar(session),
        )
    bench.apply("教-2", later)
    for who in bench.levels:
        bench.decide("教-2", who, Verdict.APPROVE, later)
    wound(bench.office, later, date(2022, 8, 20))

    assert publish(bench.office, today=date(2022, 8, 20)) == then


def test_nothing_restricted_is_in_it(bench: Bench):
    district(bench)
    facts = publish(bench.office)

    [kept] = rows(bench.office, Bulletin)
    assert "线-1" not in kept.content
    assert sum(row.counts[Colour.RED] for row in facts.rows) == 0
    assert sum(row.handled for row in facts.rows) == 4


def test_equal_shares_have_one_rank_and_halves_are_rounded_up():
    facts = [(8, 0), (3, 0), (3, 1), (6, 2), (8, 3)]
    found = [
        UnitRow(unit=str(n), handled=handled, closed=0, counts=NONE | {Colour.RED: red})
        for n, (handled, red) in enumerate(facts)
    ]

    assert [row.in_time for row in found] == [1000, 1000, 667, 667, 625]
    assert ranks(found) == [1, 1, 3, 3, 5]
    assert UnitRow(unit="", handled=16, closed=0, counts=NONE | {Colour.RED: 15}).in_time == 63


def test_english_is_complete(bench: Bench):
    district(bench)
    publish(bench.office)

    said = text_of(printed(bench.office, "en"))
    for known in ("区教育局", "区财政局", "定海区委"):
        said = said.replace(known, "")

    assert CHINESE.findall(said) == []
    assert said.startswith("Matters by unit, July 2022\n")


def test_a_district_without_matters_says_so(office, cast: Cast):
    wound(office, LAST, LAST)
    publish(office)

    assert "本月没有可晾晒的事项。" in text_of(printed(office))


def test_its_charts_are_drawn_from_what_was_frozen(bench: Bench):
    district(bench)
    publish(bench.office)
    facts = PostingFacts.model_validate_json(rows(bench.office, Bulletin)[0].content)

    [*_, last] = facts.over_time
    warned = {colour: sum(row.counts[colour] for row in facts.rows) for colour in NONE}
    assert last.on == LAST
    assert {colour: last.counts[colour] for colour in NONE} == warned
    assert pictures_of(printed(bench.office))[0] == "各单位：区教育局蓝1；1 个单位没有。"


@pytest.fixture
def month(office, cast: Cast):
    """A night in July, and the draft of it that the office prepared at the desk."""

    def live() -> None:
        cast.task("教-1", date(2022, 7, 28))
        play(office, LAST)
        prepared(office, "olga")

    as_played(office.engine, "prepared", live)
    [draft] = rows(office, PostingDraft)
    return draft.id


def test_a_draft_says_on_its_face_that_it_is_one(office, month):
    with reading(office.engine) as session:
        kept = numbered(session, BulletinKind.POSTING, 1)
    page = write_page(paper_of(office, kept, "zh-CN")).decode()

    assert table_of(printed(office), 0) == [["待审批稿，未经批准不得张贴"]]
    assert "待审批稿" in page
    assert "Draft: waits for approval" in text_of(printed(office, "en"))
    assert rows(office, Bulletin) == [], "it is not issued"


def test_what_was_approved_is_posted_as_it_was_prepared_and_says_by_whom_and_when(office, month):
    drafted = rows(office, PostingDraft)[0].content
    decided(office, month, "carol")

    [issue] = rows(office, Bulletin)
    assert (issue.number, issue.content) == (1, drafted)
    said = text_of(printed(office))
    assert "本期经carol于2022年7月31日 18:00审批，同意上墙。" in said
    assert "待审批" not in said
    moves = [(one.event, one.said_by, one.target) for one in rows(office, PostingMove)]
    assert moves == [("prepare", "olga", "draft"), ("approve", "carol", "posted")]
    with reading(office.engine) as session:
        assert list(faults(session)) == []


def test_a_draft_that_was_sent_back_is_prepared_again_under_its_number(office, month):
    decided(office, month, "hugo", reason="住建局的数不对")
    again = prepared(office, "olga")
    decided(office, again, "hugo")

    assert [one.state for one in rows(office, PostingDraft)] == [
        *(PostingState.SENT_BACK, PostingState.POSTED)
    ]
    assert [one.number for one in rows(office, Bulletin)] == [1]
    assert rows(office, PostingMove)[1].reason == "住建局的数不对"


@pytest.mark.parametrize(
    ("who", "reason", "by_office", "told"),
    [
        ("olga", "", False, "本期由您拟稿"),
        ("dora", "", False, "您无权审批"),
        ("hugo", " ", False, "请写明理由"),
        ("hugo", "错了", True, "您无权办理"),
    ],
)
def test_whoever_prepared_it_does_not_approve_it(office, month, who, reason, by_office, told):
    with pytest.raises(Refusal) as refused:
        decided(office, month, who, reason, by_office=by_office)

    assert told in refused.value.chinese
    assert [one.state for one in rows(office, PostingDraft)] == [PostingState.DRAFT]


def test_whoever_holds_both_posts_does_not_approve_his_own_draft(office, cast, month):
    """An office clerk who is also a supervising leader."""
    edit(office, PostingDraft, month, prepared_by_id=cast.hugo)

    with pytest.raises(Refusal) as refused:
        decided(office, month, "hugo")

    assert "本期由您拟稿" in refused.value.chinese


def test_of_a_draft_that_names_nobody_none_of_the_office_approves(office, cast):
    add(office, Post(official_id=cast.olga, unit_id=1, kind=PostKind.COMMISSION_HEAD))
    cast.task("教-1", date(2022, 7, 28))
    wound(office, LAST, LAST)
    month = prepared(office)

    with pytest.raises(Refusal) as refused:
        decided(office, month, "olga")
    assert "未指明拟稿人" in refused.value.chinese

    decided(office, month, "hugo")
    assert len(rows(office, Bulletin)) == 1


def test_measured_codes_are_printed_and_what_changed_for_the_worse(office, cast):
    """As they were known when the month ended."""
    load(office)
    for period, value in (("2022-05", "7.5"), ("2022-06", "-3")):
        say(office, period, value, on=date(2022, 7, 8))
    say(office, "2022-06", "9", on=date(2022, 8, 2), reason="更正")
    say(office, "2022-07", "9", on=date(2022, 8, 8))
    wound(office, LAST, LAST)
    publish(office, today=date(2022, 8, 9))

    word = printed(office)
    assert table_of(word, 1) == [
        ["监测", "时期", "绿码", "黄码", "红码", "未报"],
        ["营收同比增长", "2022-06", "0", "0", "1", "1"],
    ]
    assert table_of(word, 2)[1] == ["企业01", "区教育局", "营收同比增长", "-3%", "绿码→红码"]
    assert "green → red" in text_of(printed(office, "en"))


def test_of_two_who_decide_the_second_is_told(office, month):
    decided(office, month, "olga", reason="数据有误", by_office=True)

    with pytest.raises(Refusal) as refused:
        decided(office, month, "hugo")

    assert "已不在待审批状态" in refused.value.chinese
    assert rows(office, Bulletin) == []


def test_while_one_waits_no_other_is_prepared_and_none_twice(office, month):
    with pytest.raises(BadPeriod) as waits:
        prepared(office)
    decided(office, month, "hugo")
    with pytest.raises(BadPeriod) as issued:
        prepared(office)

    assert "第 1 期（2022年7月）正在待审批" in waits.value.chinese
    assert "已印发第 1 期" in issued.value.chinese


def test_a_month_before_the_first_night_is_refused(office, month):
    decided(office, month, "hugo")

    with pytest.raises(BadPeriod) as refused:
        prepared(office, first=date(2022, 6, 1))

    assert "第一次夜间检查是2022年7月31日" in refused.value.chinese


def test_a_draft_that_was_changed_beside_the_history_is_found(office, cast):
    cast.task("教-1", date(2022, 7, 1))
    wound(office, LAST, LAST)
    prepared(office)
    with reading(office.engine) as session:
        assert list(contradictions(session)) == []

    edit(office, PostingDraft, 1, content="{}", state=PostingState.POSTED)

    with reading(office.engine) as session:
        assert [english for _, english in contradictions(session)] == [
            "posting No. 1: state is posted, which the history denies",
            "posting No. 1: its content is not what was prepared or decided on",
        ]
