"""期: an issue says what was so when its period ended, and says it for ever."""

import re
from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from flows.database import reading, transaction
from flows.history import faults
from flows.papers.bulletins import BadPeriod, NoSuchIssue, bulletin_facts, issue, issued
from flows.papers.warned import lines_at
from flows.standing import History
from flows.working_days import load_calendar
from models import Bulletin, Task
from models.bulletin import BulletinKind
from models.decision import Verdict
from models.warning import Colour
from notifications.papers.bulletin import BulletinFacts, bulletin_paper
from notifications.papers.page import write_page
from notifications.papers.word import write_word
from tests.conftest import SHANGHAI, Cast, instant
from tests.kept import extend, rows
from tests.papers import CHINESE, pictures_of, table_of, text_of
from tests.played import wound
from tests.sign_offs import Bench

DUE = date(2022, 7, 13)  # a Wednesday
END = date(2022, 7, 31)
FIRST_OF_JULY, NOON = date(2022, 7, 1), instant(END, time(12))


def read_facts(content: str) -> BulletinFacts:
    return BulletinFacts.model_validate_json(content)


def publish(office, last: date = END, *, first: date | None = None, today: date | None = None):
    now = instant(today or last, time(17))
    with transaction(office.engine, now) as session:
        calendar = load_calendar(session)

        def said(one: date, other: date):
            return bulletin_facts(session, one, other, calendar=calendar)

        return issue(
            session, BulletinKind.BULLETIN, first=first, last=last, today=today or last, now=now,
            said=said,
        )  # fmt: skip


def printed(
    office, number: int = 1, language: str = "zh-CN", write: Callable[..., bytes] = write_word
) -> bytes:
    with reading(office.engine) as session:
        kept = issued(session, BulletinKind.BULLETIN, number)
    period, as_of = (kept.from_on, kept.to_on), kept.as_of.astimezone(SHANGHAI)
    return write(bulletin_paper(read_facts(kept.content), number, period, as_of, language))


def district(cast: Cast) -> None:
    """Red, yellow, blue, green, and a matter that nobody may read about."""
    cast.task("甲-1", date(2022, 6, 20), title="校车监管不到位")
    cast.task("甲-2", date(2022, 7, 20), title="食堂招标不规范")
    cast.task("甲-3", date(2022, 7, 28), title="收费公示不全")
    cast.task("甲-4", date(2022, 9, 1), title="教师编制核查")
    cast.task("线-1", date(2022, 7, 28), title="某某挪用资金问题", restricted=True)


def test_an_issue_has_its_matters_and_its_totals(office, cast: Cast):
    district(cast)
    wound(office, date(2022, 6, 20), END)
    publish(office)

    word = printed(office)
    said = text_of(word)

    assert said.startswith("督查通报\n第1期\n一、总体情况\n2022年7月1日至2022年7月31日，")
    assert "截至2022年7月31日，处于预警状态的事项4件（蓝色2、黄色1、红色1）。" in said
    assert "以上为2022年7月31日 17:00的数据，此后不再变动。限知事项只列编号、颜色和日期。" in said
    assert table_of(word, 0) == [
        ["责任单位", "蓝色", "黄色", "红色", "合计"],
        ["区教育局", "1", "1", "1", "3"],
        ["限知事项", "1", "0", "0", "1"],
        ["合计", "2", "1", "1", "4"],
    ]
    assert table_of(word, 1)[1:] == [
        ["1", "甲-1", "校车监管不到位", "区教育局", "2022-06-20", "41", "红色"],
        ["2", "甲-2", "食堂招标不规范", "区教育局", "2022-07-20", "11", "黄色"],
        ["3", "甲-3", "收费公示不全", "区教育局", "2022-07-28", "3", "蓝色"],
        ["4", "线-1", "（限知）", "", "2022-07-28", "3", "蓝色"],
    ]


def test_printing_it_again_gives_the_same_document_whatever_happened_since(office, cast: Cast):
    district(cast)
    wound(office, date(2022, 6, 20), END)
    publish(office)
    word, page = printed(office), printed(office, write=write_page)

    extend(office, "甲-1", date(2022, 12, 1), on=date(2022, 8, 1))
    wound(office, date(2022, 8, 1), date(2022, 8, 8))
    publish(office, date(2022, 8, 8))

    assert printed(office) == word
    assert printed(office, write=write_page) == page
    assert printed(office, 2) != word
    assert [(b.number, b.from_on, b.to_on) for b in rows(office, Bulletin)] == [
        (1, date(2022, 7, 1), END),
        (2, date(2022, 8, 1), date(2022, 8, 8)),
    ]


def test_a_period_that_is_over_is_issued_as_it_was_when_it_ended(office, cast: Cast):
    district(cast)
    wound(office, date(2022, 6, 20), END)
    publish(office)
    [then] = rows(office, Bulletin)

    extend(office, "甲-3", date(2022, 8, 10), on=date(2022, 8, 1))
    wound(office, date(2022, 8, 1), date(2022, 8, 20))
    for later in (date(2022, 12, 1), date(2022, 12, 31)):
        extend(office, "甲-2", later, on=date(2022, 8, 20))
    publish(office, END, first=date(2022, 6, 30), today=date(2022, 8, 20))
    late = rows(office, Bulletin)[-1]

    assert read_facts(late.content).lines == read_facts(then.content).lines
    assert read_facts(late.content).totals == read_facts(then.content).totals


def test_each_line_is_what_the_history_of_its_matter_says(office, cast: Cast):
    district(cast)
    wound(office, date(2022, 6, 20), END)
    wound(office, date(2022, 8, 1), date(2022, 8, 20))
    extend(office, "甲-1", date(2022, 12, 1), on=date(2022, 8, 20))

    with reading(office.engine) as session:
        calendar = load_calendar(session)
        for day in (date(2022, 6, 30), date(2022, 7, 25), END, date(2022, 8, 20)):
            lines = {line.number: line for line in lines_at(session, day, calendar)}
            for task in session.exec(select(Task)).all():
                stood = History.load(session, task).at_end_of(day)
                line = lines.get(task.number)
                assert (line is None) == (stood.task.colour == Colour.GREEN)
                if line:
                    assert (line.colour, line.due_on) == (stood.task.colour, stood.task.due_on)


def test_what_was_signed_off_after_a_warning_is_counted(bench: Bench):
    bench.task("甲-1", DUE, title="校车监管不到位")
    bench.task("甲-2", date(2022, 9, 1))
    wound(bench.office, DUE, date(2022, 7, 14))
    for number in ("甲-1", "甲-2"):
        bench.apply(number, date(2022, 7, 15))
        for who in bench.levels:
            bench.decide(number, who, Verdict.APPROVE, date(2022, 7, 15))
    publish(bench.office)

    word = printed(bench.office)

    assert "共发出预警单1份（蓝色1），涉及事项1件；预警后销号1件。" in text_of(word)
    assert table_of(word, 0)[1:] == [
        ["1", "甲-1", "校车监管不到位", "区教育局", "2022-07-14", "2022-07-15"]
    ]


def test_of_restricted_matters_nothing_is_said_and_nothing_is_kept(office, cast: Cast):
    district(cast)
    wound(office, date(2022, 6, 20), END)
    publish(office)

    [kept] = rows(office, Bulletin)
    english = printed(office, language="en", write=write_page).decode()
    for said in (kept.content, text_of(printed(office)), english):
        assert "挪用" not in said
        assert "线-1" in said


def test_the_figures_add_up(office, cast: Cast):
    district(cast)
    wound(office, date(2022, 6, 20), END)

    facts = read_facts(publish(office).content)

    totals = {c: sum(row.counts[c] for row in facts.totals) for c in facts.issued}
    lines = {c: sum(line.colour == c for line in facts.lines) for c in facts.issued}
    assert totals == lines
    assert facts.issued == {Colour.BLUE: 3, Colour.YELLOW: 1, Colour.ORANGE: 0, Colour.RED: 0}
    assert facts.warned == 3


@pytest.mark.parametrize(
    ("wanted", "chinese", "english"),
    [
        ({"last": date(2022, 8, 2), "today": date(2022, 8, 1)}, "还没有到", "lies ahead"),
        ({"last": END, "today": date(2022, 8, 1)}, "再印一份请写 --number 1", "--number 1"),
        (
            {"last": END, "first": date(2022, 7, 1)},
            "已印发第 1 期；再印一份请写 --number 1",
            "was issued as No. 1",
        ),
        ({"last": END, "first": date(2022, 8, 1)}, "晚于止", "is after the last"),
    ],
)
def test_a_period_that_cannot_be_is_refused(
    office, cast: Cast, wanted: dict[str, Any], chinese: str, english: str
):
    publish(office, first=date(2022, 7, 1))

    with pytest.raises(BadPeriod) as refused:
        publish(office, **wanted)

    assert chinese in refused.value.chinese
    assert english in refused.value.english
    assert len(rows(office, Bulletin)) == 1


def test_an_issue_that_is_not_there_is_named(office, cast: Cast):
    with pytest.raises(NoSuchIssue, match="none was issued yet"):
        printed(office)
    publish(office)
    with pytest.raises(NoSuchIssue, match=r"the last one is No\. 1"):
        printed(office, 2)


def test_an_issue_that_was_changed_is_found(office, cast: Cast):
    publish(office)
    with reading(office.engine) as session:
        assert list(faults(session)) == []

    with office.engine.begin() as connection:
        connection.execute(text("UPDATE bulletin SET content = '{}'"))

    with reading(office.engine) as session:
        [(chinese, _)] = faults(session)
    assert "所载历史记录被改动" in chinese


def test_english_is_complete(office, cast: Cast):
    district(cast)
    wound(office, date(2022, 6, 20), END)
    publish(office)

    said = text_of(printed(office, language="en"))
    for data in (
        "区教育局",
        "定海区委",
        "甲",
        "线",
        "校车监管不到位",
        "食堂招标不规范",
        "收费公示不全",
    ):
        said = said.replace(data, "")

    assert CHINESE.findall(said) == []


def test_its_charts_are_drawn_from_what_was_frozen(office, cast: Cast):
    district(cast)
    wound(office, date(2022, 6, 20), END)
    publish(office)
    before = printed(office)
    extend(office, "甲-1", date(2022, 12, 1), on=date(2022, 8, 3))

    facts = read_facts(rows(office, Bulletin)[0].content)
    shown = printed(office, write=write_page).decode()

    open_ones = [line.colour for line in facts.lines if line.title]
    assert facts.over_time[-1].on == END
    assert {c: n for c, n in facts.over_time[-1].counts.items() if c != Colour.GREEN} == {
        colour: open_ones.count(colour) for colour in Colour if colour != Colour.GREEN
    }
    assert printed(office) == before
    assert pictures_of(before) == [
        "各单位：区教育局红1 黄1 蓝1。",
        "处于预警状态的事项：2022年6月12日无；2022年7月31日红1 黄1 蓝1。",
    ]
    assert shown.count("<svg") == shown.count('role="img"') == 2
    assert "限知" not in "".join(re.findall(r"<svg.*?</svg>", shown, re.DOTALL))


def test_an_issue_from_before_there_were_charts_is_still_printed(office, cast: Cast):
    district(cast)
    wound(office, date(2022, 6, 20), END)
    publish(office)
    facts = read_facts(rows(office, Bulletin)[0].content)
    older = {k: v for k, v in facts.model_dump(mode="json").items() if k != "over_time"}

    paper = bulletin_paper(BulletinFacts(**older), 1, (FIRST_OF_JULY, END), NOON, "zh-CN")

    assert len(pictures_of(write_word(paper))) == 1
