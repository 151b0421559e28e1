"""The pages of the duties: what recurs, what was missed; added, changed, paused and ended."""

import re
from datetime import date, time

import pytest

from flows.database import transaction
from flows.rulebook import load_procedure
from models import DutyChange, DutyOccurrence, DutyTemplate, Task
from tests.conftest import SEEDS, instant
from tests.flows.duties.files import duty, load, template
from tests.kept import play, rows

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATH, JUNE_20 = "/duties", date(2022, 6, 20)


def _seen(desk, path):
    found = re.search(r'name="seen" value="([^"]*)"', desk.get(path).text)
    return {"seen": found[1]} if found else {}


def test_a_duty_is_added_opens_a_task_is_missed_and_told(office, cast, sign_in, clock):
    clock.now = instant(date(2022, 6, 20), time(10))
    olga = sign_in("olga")
    added = olga.post(PATH, data={"text": duty(within='"3wd"'), "reason": "办法第三条"})
    assert added.headers["location"] == "/duties/summary"
    page = olga.get(PATH).text
    assert "信访件月度汇总" in page
    assert "每月最后一日" in page
    assert "3 个工作日内" in page
    assert "2022年6月30日" in page

    play(office, date(2022, 6, 30))
    play(office, date(2022, 7, 14))
    clock.now = instant(date(2022, 7, 14), time(12))
    olga = sign_in("olga")
    missed = olga.get(PATH).text.split("逾期未办和未能开出的")[1]

    assert "信汇〔2022〕1号" in missed
    assert "区教育局" in missed
    one = olga.get("/duties/summary").text
    assert "信汇〔2022〕1号" in one
    assert "办法第三条" in one


def test_it_is_paused_resumed_changed_and_ended_with_a_history(office, cast, sign_in):
    load(office, duty(), JUNE_20)
    olga = sign_in("olga")

    def act(**said: str) -> int:
        return olga.post("/duties/summary", data=said | _seen(olga, "/duties/summary")).status_code

    assert act(act="resume", reason="x") == act(act="pause") == act(act="start") == 422
    assert act(act="pause", reason="机构改革") == 303
    assert "已暂停" in olga.get(PATH).text
    assert act(act="pause", reason="再来") == 422
    assert act(act="resume", reason="改革完成") == 303
    assert act(act="change", text=duty(within='"8wd"'), reason="放宽") == 303
    assert act(act="change", text=duty(name='"other"')) == 422
    assert act(act="change", text="x") == 422
    assert act(act="end", reason="并入新办法") == 303
    assert act(act="resume", reason="x") == act(act="change", text=duty()) == 422

    told = [(str(row.act), row.reason, row.said_by) for row in rows(office, DutyChange)]
    assert told == [
        ("add", "", "命令行"),
        ("pause", "机构改革", "olga"),
        ("resume", "改革完成", "olga"),
        ("change", "放宽", "olga"),
        ("end", "并入新办法", "olga"),
    ]
    assert [row.name for row in rows(office, DutyTemplate)] == ["summary"]
    page = olga.get("/duties/summary").text
    assert "并入新办法" in page
    assert "within = &#34;8wd&#34;" in page


def test_a_file_with_a_fault_comes_back_with_what_to_correct(
    office, cast, sign_in, digest_of_database
):
    olga = sign_in("olga")
    before = digest_of_database()
    text = duty(recurrence='"FREQ=MONTHLY;BYMONTHDAY=31"')

    answer = olga.post(PATH, data={"text": text, "reason": "留着"})

    assert answer.status_code == 422
    assert "BYMONTHDAY=-1" in answer.text
    assert 'value="留着"' in answer.text
    assert olga.post(PATH, data={"text": "x" * 20_001}).status_code == 422
    assert olga.post(PATH, data={"text": duty(procedure='"没有"')}).status_code == 422
    assert digest_of_database() == before


def test_numbers_of_another_duty_are_refused(office, cast, sign_in):
    load(office, duty(), JUNE_20)
    olga = sign_in("olga")
    answer = olga.post(PATH, data={"text": duty(name='"other"')} | _seen(olga, PATH))
    assert answer.status_code == 422
    assert "信汇〔{year}〕{n}号" in answer.text


def test_a_restricted_duty_is_there_for_those_alone_who_see_what_is_restricted(
    office, cast, sign_in
):
    now = instant(date(2022, 1, 1))
    with transaction(office.engine, now) as session:
        text = (SEEDS / "procedures/case_lead.toml").read_text("utf-8")
        load_procedure(session, text, file="case_lead.toml", now=now)
    load(office, duty(procedure='"case_lead"', title='"线索月度对账"'), JUNE_20)
    play(office, date(2022, 6, 30))

    olga = sign_in("olga")
    for page in (PATH, "/audit/changes", "/"):
        assert "线索月度对账" in olga.get(page).text or page == "/"
    hugo = sign_in("hugo")
    for page in ("/audit/changes", "/"):
        assert "线索" not in hugo.get(page).text
    assert "线索月度对账" not in hugo.get(PATH).text
    assert "信汇" not in hugo.get(PATH).text
    assert hugo.get("/duties/summary").status_code == 404


def test_what_could_not_be_opened_says_why(office, cast, sign_in):
    load(office, duty(units='["区新设局"]'), JUNE_20)
    play(office, date(2022, 6, 30))
    assert rows(office, Task) == []
    assert len(rows(office, DutyOccurrence)) == 1
    assert "通讯录中没有这个单位" in sign_in("olga").get(PATH).text
    assert template(office).opened_through == date(2022, 6, 30)


@pytest.mark.parametrize(
    ("recurrence", "chinese", "english"),
    [
        ("FREQ=DAILY;INTERVAL=3", "每 3 天", "every 3 days"),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "每周一、周四", "every week, on Monday and Thursday"),
        ("FREQ=MONTHLY;BYMONTHDAY=5,20", "每月 5 日、20 日", "every month, on day 5 and day 20"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "每月最后一个周五", "every month, on the last Friday"),
        (
            "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1",
            "每 3 个月最后一日",
            "every 3 months, on the last day",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
            "每月 30 日（无此日的为月末）",
            "every month, on day 30 or the last",
        ),
        (
            "FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=1",
            "每年 3、9 月 1 日",
            "every year, in March and September, on day 1",
        ),
    ],
)
def test_a_recurrence_is_said_in_words(office, recurrence, chinese, english):
    from models.duty_file import parse_duty
    from notifications.recurrence_words import recurrence_words

    read = parse_duty(duty(recurrence=f'"{recurrence}"'), file="duty.toml")
    assert recurrence_words(read, "zh-CN") == chinese
    assert recurrence_words(read, "en") == english
