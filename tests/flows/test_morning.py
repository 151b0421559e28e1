"""The office's morning summary: what the night did, and what needs a person."""

from datetime import date, timedelta

from flows.database import reading, transaction
from flows.morning import SPELT, board
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.working_days import confirm_year
from models import Message, Official, Post, PostingDraft, Task
from models.message import MessageState
from models.organisation import PostKind
from models.posting import PostingState
from models.signoff import TaskState
from models.warning import Colour
from tests.conftest import Cast, instant
from tests.kept import add, digests, edit, extend, play, rows, summaries
from tests.records import prepared_report, with_kinds

DUE = date(2022, 7, 13)
DAY = date(2022, 7, 14)
NEXT = DAY + timedelta(days=1)


def test_it_tells_what_moved_and_whom_nobody_could_be_found_for(office, cast: Cast):
    edit(office, Official, cast.carol, email=None)
    edit(office, Official, cast.olga, language="en")
    cast.task("甲-1", DUE)
    cast.task("乙-1", date(2022, 5, 13))

    result = play(office, DAY)

    [summary] = summaries(office)
    for said in ("blue: 1", "red: 1", "乙-1", "supervising leader"):
        assert said in summary.body.text
    assert "甲-1: no" not in summary.body.text
    assert result["unresolved"] == 1


def test_it_names_whoever_has_no_address(office, cast: Cast):
    edit(office, Official, cast.alice, email=None)
    cast.task("甲-1", DUE, handler_id=None)

    play(office, DAY)

    [summary] = summaries(office)
    for body in (summary.body.text, summary.body.html):
        assert "alice（区教育局）：没有邮箱" in body
        assert "需要人工处理" in body


def test_it_lists_what_was_raised_worst_first_and_hides_what_is_restricted(office, cast: Cast):
    cast.task("甲-1", DUE, title="道路照明")
    cast.task("乙-1", date(2022, 5, 13), title="食堂管理")
    cast.task("丙-1", DUE, title="某某挪用资金", restricted=True)

    play(office, DAY)

    [summary] = summaries(office)
    for body in (summary.body.text, summary.body.html):
        places = [body.index(number) for number in ("乙-1", "丙-1", "甲-1")]
        assert places == sorted(places)
        for said in ("食堂管理", "道路照明", "区教育局", "“截止日后 1 个月”已到，由绿色升为红色。"):
            assert said in body
        assert "某某" not in body
        assert office.base_url in body
    assert summary.body.text.count("区教育局") == 2
    assert "【蓝色】丙-1　限知事项" in summary.body.text


def test_the_colours_of_a_policy_are_counted_while_a_matter_keeps_it(office, cast: Cast):
    task = cast.task("甲-1", DUE)
    with reading(office.engine) as session:
        assert board(session) == {"green": 1, "blue": 0, "yellow": 0, "red": 0}

    edit(office, Task, task.id, state=TaskState.WITHDRAWN)

    with reading(office.engine) as session:
        assert board(session) == {Colour.GREEN: 0}


def test_of_very_many_raised_matters_the_rest_is_counted(office, cast: Cast):
    for n in range(SPELT + 2):
        cast.task(f"多-{n:03}", DUE, title="照明")

    play(office, DAY)

    [summary] = summaries(office)
    assert summary.body.text.count("多-") == summary.body.html.count("多-") == SPELT
    assert "另有 2 件升级未逐一列出" in summary.body.text


def test_it_tells_what_became_of_the_mail_of_the_night_before(office, cast: Cast):
    cast.task("甲-1", DUE)
    play(office, DAY)
    [mail] = digests(office)
    edit(office, Message, mail.id, state=MessageState.DEAD, attempts=1)

    play(office, NEXT)

    text = summaries(office)[-1].body.text
    assert "上一次（2022年7月14日）" in text
    assert "无法送达 1 封" in text
    assert "alice：邮件被拒收" in text


def test_one_that_was_never_attempted_is_replaced_by_the_next(office, cast: Cast):
    play(office, DAY)

    play(office, NEXT)

    assert [(m.state, m.outcome) for m in summaries(office)] == [
        ("superseded", "replaced by the summary of 2022-07-15"),
        ("queued", ""),
    ]


def test_everybody_in_the_office_gets_it_with_deputies_once(office, cast: Cast):
    for unit_id in (1, 2):
        add(office, Post(official_id=cast.bob, unit_id=unit_id, kind=PostKind.OFFICE))

    play(office, DAY)

    assert sorted(m.official_id for m in summaries(office)) == [cast.bob, cast.olga]


def test_what_was_relieved_since_the_night_before_is_counted_once(office, cast: Cast):
    cast.task("甲-1", DUE)
    play(office, DAY)
    extend(office, "甲-1", date(2022, 9, 13), on=DAY)

    assert play(office, NEXT)["relieved"] == 1
    assert play(office, NEXT + timedelta(days=1))["relieved"] == 0
    assert "降级：1 件" in summaries(office)[1].body.text


def test_it_warns_of_the_end_of_the_calendar_and_the_night_goes_on(office, cast: Cast):
    with transaction(office.engine, instant(DAY)) as session:
        confirm_year(session, Unattended(COMMAND_LINE, DAY, instant(DAY)), 2060)
    cast.task("甲-1", date(2060, 12, 30))

    play(office, date(2060, 10, 31))
    play(office, date(2060, 11, 1))
    result = play(office, date(2061, 7, 1))

    assert ["工作日历只到2060年12月31日" in m.body.text for m in summaries(office)] == [
        False,
        True,
        True,
    ]
    assert result["escalated"]["red"] == 1
    assert "日期为暂定" not in rows(office, Message, Message.kind == "digest")[-1].body.text


def test_whoever_may_approve_a_draft_is_told_each_morning_that_it_waits(office, cast: Cast):
    """The head of the leading group by a mail, the office in its summary; of no matter a word."""
    cast.task("甲-1", DUE, title="道路照明")
    with_kinds(office)
    play(office, DAY)
    prepared_report(office, DAY)

    play(office, NEXT)

    told = summaries(office)[-2:]
    assert {mail.official_id for mail in told} == {cast.olga, cast.hugo}
    for mail in told:
        waits = "截至2022年7月14日的整改进展情况通报（第 1 次），命令行拟稿"
        assert waits in mail.body.text
        assert waits in mail.body.html
        mine = mail.official_id == cast.hugo
        assert ("甲-1" in mail.body.text + mail.subject) is False or not mine
        assert (f"{office.base_url}/reports/drafts/1" in mail.body.text) is mine
    edit(office, PostingDraft, 1, state=PostingState.SENT_BACK)

    play(office, NEXT + timedelta(days=1))
    assert [mail.official_id for mail in summaries(office)][-1:] == [cast.olga]
    assert "待领导小组" not in summaries(office)[-1].body.text
