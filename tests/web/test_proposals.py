"""What a unit hands in line by line, on pages: handed in, decided with a verdict for each line,
shown to those who take part and to nobody else."""

import io
import re
import zipfile
from datetime import date

import pytest

from flows.database import reading
from flows.papers.sign_off import sign_off_facts
from models import LineVerdict, Proposal, ProposalLine, Referral, Task, Unit
from models.api_client import Scope
from notifications.papers.sign_off import sign_off_paper
from notifications.papers.word import write_word
from tests.asked import asked
from tests.kept import edit, rows
from tests.papers import text_of
from tests.petitions import load_kind
from tests.proposals import PLAN, Department, gather_department
from tests.responsibility import keep_away
from tests.sign_offs import gather_bench
from tests.web.conftest import DAY

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
JSON = "/api/v1/proposals"
OVER = "超出核定职数"
FORM = {"kind": "prereview", "unit": "区教育局", "title": "七月调整方案", "lines": "\n".join(PLAN)}
NUMBER = "预审-2022-001"


@pytest.fixture
def department(office, cast) -> Department:
    found = gather_department(gather_bench(office, cast))
    cast.people |= {"zoe": found.zoe, "sam": found.sam, "ted": found.ted}
    return found


@pytest.fixture
def under_review(department) -> str:
    number = department.propose(DAY)
    department.review(number, DAY)
    return number


def decision_form(page: str, choice: str, **written: str) -> dict[str, str]:
    """The form as the browser would send it: what is ticked and hidden, and what was written."""
    [key] = set(re.findall(r'name="verdict-(\d+)"', page))
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    ticked = re.findall(r'name="(turned-[^"]+)" value="yes" checked', page)
    whys = re.findall(r'name="(why-[^"]+)" maxlength="500" value="([^"]*)"', page)
    said = {f"{name.replace('_', '-' + key + '-')}": value for name, value in written.items()}
    return {
        **dict(hidden),
        **dict.fromkeys(ticked, "yes"),
        **dict(whys),
        f"verdict-{key}": choice,
    } | said


def test_a_unit_hands_in_and_sees_it_in_its_list(department, sign_in, office):
    browser = sign_in("alice")
    assert '<a href="/proposals">' in browser.get("/").text
    answer = browser.post("/proposals", data=FORM)

    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/proposals/%E9%A2%84%E5%AE%A1-2022-001",
    )
    page = browser.get(f"/proposals/{NUMBER}").text
    assert "张一" in page
    assert "待审查" in page
    assert NUMBER in browser.get("/proposals").text
    [task] = rows(office, Task)
    assert (task.restricted, task.handler_id, task.due_on) == (
        True,
        department.zoe,
        date(2022, 7, 28),
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "rectification"}, "请选择报审类别"),
        ({"unit": "区委组织部"}, "您不是“区委组织部”的承办人或负责人"),
        ({"title": " "}, "请写明标题"),
        ({"lines": ""}, "须有 1 至 300 行"),
        ({"lines": "张一|科员|副科长|多"}, "第 1 行有 4 栏，最多 3 栏：姓名|现任职务|拟任职务"),
    ],
)
def test_what_cannot_be_handed_in_is_said_and_given_back(
    department, sign_in, digest_of_database, wrong, said
):
    browser = sign_in("alice")
    before = digest_of_database()
    answer = browser.post("/proposals", data=FORM | wrong)

    assert answer.status_code == 422
    assert said in answer.text
    assert "没有记录任何内容" in answer.text
    assert FORM["title"] in answer.text or "title" in wrong
    assert digest_of_database() == before


def test_each_line_gets_its_verdict_from_the_form_and_the_next_level_begins_with_them(
    under_review, department, sign_in, office, cast
):
    [first] = rows(office, Referral)
    browser = sign_in("sam")
    page = browser.get(f"/referrals/{first.id}").text
    assert "张一" in page
    form = decision_form(page, "approve", turned_2="yes")
    refused = browser.post(f"/referrals/{first.id}", data=form)
    assert (refused.status_code, rows(office, LineVerdict)) == (422, [])
    assert "第 2 条：不同意的请勾选并写明理由" in refused.text
    unticked = browser.post(
        f"/referrals/{first.id}", data=decision_form(page, "approve", why_3="只写了理由")
    )
    assert "第 3 条" in unticked.text
    assert browser.post(
        f"/referrals/{first.id}", data=form | {f"why-{first.id}-2": OVER}
    ).is_redirect

    second = rows(office, Referral)[-1]
    page = sign_in("ted").get(f"/referrals/{second.id}").text
    assert f"第 2 条，{OVER}" in page
    again = decision_form(page, "approve")
    assert [name for name in again if name.startswith("turned")] == [f"turned-{second.id}-2"]
    assert sign_in("ted").post(f"/referrals/{second.id}", data=again).is_redirect
    assert department.standing(under_review).counts == (2, 1)


def test_among_many_it_is_decided_on_its_own_page(under_review, department, sign_in, office):
    [waits] = rows(office, Referral)
    browser = sign_in("sam")
    listed = browser.get("/referrals").text
    assert under_review in listed
    assert f'name="verdict-{waits.id}"' not in listed
    packet = re.search(
        r'name="packet-\d+" value="(\w+)"', browser.get(f"/referrals/{waits.id}").text
    )[1]
    form = {f"verdict-{waits.id}": "approve", f"packet-{waits.id}": packet, "many": "yes"}
    assert "须逐条作出审查结论" in browser.post("/referrals", data=form | {"sure": "yes"}).text
    assert rows(office, LineVerdict) == []


def test_the_paper_shows_each_line_with_its_verdict(under_review, department, sign_in):
    browser = sign_in("alice")
    assert "尚未作出结论" in browser.get(f"/proposals/{NUMBER}/print").text
    department.decide(under_review, department.sam, DAY, {3: OVER})
    department.decide(under_review, department.ted, DAY, {3: OVER})

    printed = browser.get(f"/proposals/{NUMBER}/print").text
    word = browser.get(f"/proposals/{NUMBER}/word")
    with zipfile.ZipFile(io.BytesIO(word.content)) as parts:
        said = parts.read("word/document.xml").decode()
    for paper in (printed, said):
        assert "同意 2 项，不同意 1 项" in paper
        assert "王三" in paper
        assert OVER in paper
    assert "尚未作出结论" not in printed
    assert word.headers["content-type"].endswith("wordprocessingml.document")


@pytest.mark.parametrize(
    ("who", "shown"),
    [
        *((who, True) for who in ("alice", "carol", "dora", "zoe", "sam", "olga")),
        *((who, False) for who in ("hugo", "bob", "mallory")),
    ],
)
def test_a_name_is_shown_to_whoever_takes_part_and_to_the_office(
    under_review, sign_in, office, cast, who, shown
):
    browser = sign_in(who)
    assert browser.get(f"/proposals/{NUMBER}").status_code == (200 if shown else 404)
    listed = browser.get("/proposals").text
    assert ("七月" in listed or "股级干部调整方案<" in listed) is shown
    for path in ("/", "/proposals", *([f"/tasks/{NUMBER}"] if who != "olga" else [])):
        assert "张一" not in browser.get(path).text, path
    assert browser.get(f"/proposals/{NUMBER}/word").status_code == (200 if shown else 404)


def test_whoever_stands_aside_does_not_find_it(under_review, sign_in, office, cast):
    keep_away(office, under_review, DAY, who=cast.olga, official_id=cast.dora)
    browser = sign_in("dora")
    assert under_review not in browser.get("/proposals").text
    for path in ("", "/print", "/word"):
        assert browser.get(f"/proposals/{under_review}{path}").status_code == 404
    [waits] = rows(office, Referral)
    keep_away(office, under_review, DAY, who=cast.olga, official_id=cast.sam)
    sent = sign_in("sam").post(f"/referrals/{waits.id}", data={f"verdict-{waits.id}": "approve"})
    assert (sent.status_code, rows(office, LineVerdict)) == (403, [])


def test_the_list_asks_the_database_as_often_for_many_as_for_few(
    under_review, department, sign_in, office
):
    def often() -> int:
        browser = sign_in("olga")
        with asked(office.engine) as sent:
            assert browser.get("/proposals").status_code == 200
        return len(sent)

    few = often()
    for n in range(5):
        department.propose(DAY.replace(day=15 + n))
    assert often() == few


def test_what_the_office_asked_for_is_handed_in_on_its_page(department, sign_in, office, cast):
    kind = rows(office, Task, Task.number == department.propose(DAY, "钱五"))[0].procedure_id
    cast.task("预-9", date(2022, 7, 20), procedure_id=kind, restricted=True)
    browser = sign_in("alice")
    assert "<textarea" in browser.get("/proposals/预-9").text
    refused = browser.post("/proposals/预-9", data={"lines": "|科员"})
    assert (refused.status_code, "没有写“姓名”" in refused.text) == (422, True)
    assert browser.post("/proposals/预-9", data={"lines": "张一\t科员\t副科长"}).is_redirect

    made = rows(office, Proposal)[-1]
    assert rows(office, ProposalLine)[-1].written == "张一|科员|副科长"
    assert rows(office, Task, Task.id == made.task_id)[0].handler_id == department.zoe


def test_a_program_hands_in_for_a_unit(department, program, office, cast, sign_in):
    client = program(Scope.WRITE)
    body = {
        "procedure": "prereview",
        "unit": "区教育局",
        "title": "方案",
        "lines": [["张一", "科员"], [""]],
    }
    taken = client.post(JSON, json=body)
    assert taken.json() == {"number": NUMBER, "review_by": "2022-07-28", "lines": 1}
    again = client.post(JSON, json=body)
    bad = client.post(JSON, json=body | {"lines": [["张|一"]]})
    nobody = client.post(JSON, json=body | {"unit": "区住建局"})
    assert [one.status_code for one in (again, bad, nobody)] == [422] * 3

    [made] = rows(office, Proposal)
    assert (made.handed_in_by_id, made.said_by.endswith("（接口）")) == (None, True)
    assert "张一" in sign_in("alice").get(f"/proposals/{NUMBER}").text


def test_an_agenda_is_open_and_whoever_sees_all_reads_it(department, sign_in, office, cast):
    load_kind(office, "agenda")
    edit(office, Unit, department.unit, name="区政府办公室")
    department.propose(DAY, "老旧小区改造|须经常务会议审定", kind="agenda")
    browser = sign_in("hugo")
    assert "老旧小区改造" in browser.get("/proposals/议题-2022-001").text
    department.review("议题-2022-001", DAY)
    department.decide("议题-2022-001", department.sam, DAY, {1: "不属于会议研究范围"})
    with reading(office.engine) as session:
        paper = sign_off_paper(sign_off_facts(session, "议题-2022-001"), "zh-CN")
    said = text_of(write_word(paper))
    assert "1 | 老旧小区改造 | 须经常务会议审定" in said
    assert "不同意的各条 | 1. 不属于会议研究范围" in said
