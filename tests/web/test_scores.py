"""考核 at the desk: prepared, approved, opened to its rows, objected to and answered."""

import re
from datetime import date

import pytest

from flows.api_clients import let_in
from flows.database import transaction
from models import Post, ScoreSheet, Task, Unit
from models.api_client import Scope
from models.decision import Verdict
from models.organisation import PostKind
from models.score import ScoreState
from tests.conftest import instant
from tests.flows.scores.files import RED, load, rule
from tests.kept import add, rows
from tests.petitions import load_kind
from tests.played import wound
from tests.responsibility import keep_away
from tests.sign_offs import gather_bench

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATH = "/scores"
TODAY = date(2022, 7, 14)


@pytest.fixture
def june(office, cast):
    """The fourteenth of July; a matter and a lead turned red in June."""
    load_kind(office, "score_objection")
    bench = gather_bench(office, cast)
    [top] = rows(office, Unit, Unit.name == "定海区委")
    add(office, Post(official_id=bench.leo, unit_id=top.id, kind=PostKind.UNIT_HEAD))
    cast.people["rita"] = bench.rita
    bench.task("甲-1", date(2022, 6, 1), title="校车监管不到位")
    bench.task("密-1", date(2022, 6, 1), restricted=True, title="某人的线索")
    load(office, RED, rule("unacknowledged", "-0.5"))
    wound(office, date(2022, 6, 1), date(2022, 6, 30))
    return bench


def published(sign_in) -> str:
    path = sign_in("olga").post(PATH, data={"scheme": "monthly"}).headers["location"]
    assert sign_in("hugo").post(f"{path}/decide", data={"act": "approve"}).status_code == 303
    return path


def test_from_the_draft_to_the_published_result(june, office, sign_in):
    assert "拟 2022-06 结果" in sign_in("olga").get(PATH).text
    path = sign_in("olga").post(PATH, data={"scheme": "monthly"}).headers["location"]
    assert "待审批稿" in sign_in("olga").get(f"{path}/print").text
    assert sign_in("dora").get(path).status_code == 404, "a draft is not the units'"
    assert path not in sign_in("dora").get(PATH).text
    hugo = sign_in("hugo")
    assert hugo.post(f"{path}/decide", data={}).status_code == 422
    assert hugo.post(f"{path}/decide", data={"act": "send_back"}).status_code == 422
    assert rows(office, ScoreSheet)[0].state == ScoreState.DRAFT
    assert hugo.post(f"{path}/decide", data={"act": "approve"}).status_code == 303
    again = sign_in("olga").post(PATH, data={"scheme": "monthly"})
    assert again.status_code == 422
    assert "已公布" in again.text
    printed = hugo.get(f"{path}/print").text
    assert "96.5" in printed
    assert "待审批稿" not in printed
    assert "密-1" not in printed


def test_each_point_opens_to_its_row_and_a_restricted_matter_to_its_number(june, sign_in):
    path = published(sign_in)
    unit = sign_in("dora").get(f"{path}/units/1").text
    assert "校车监管不到位" in unit
    assert "/tasks/%E7%94%B2-1" in unit
    assert "2022-06-15" in unit
    assert "密-1" in unit, "of her own unit she is told of it anyway"
    for who, told in (("olga", "区教育局"), ("rita", "—"), ("hugo", "—")):
        page = sign_in(who).get(path).text
        _, _, below = page.partition("限知事项")
        assert "密-1" in below
        assert f'data-name="单位">{told}<' in below, who
        assert "某人的线索" not in page
    assert "密-1" not in sign_in("rita").get(f"{path}/units/1").text
    now = sign_in("rita").get(f"{PATH}/rules/monthly").text
    assert "2022-07，截至今天" in now


def test_a_unit_objects_and_the_office_answers(june, office, sign_in):
    path = published(sign_in)
    assert sign_in("carol").get(f"{path}/units/1").text.count("提出异议") == 0, "she is no head"
    dora = sign_in("dora")
    form = dora.get(f"{path}/units/1").text
    [key] = re.findall(r'<option value="move/(\d+)"[^>]*>[^<]*甲-1', form)
    said = {"key": f"move/{key}", "reason": "系统停机"}
    assert dora.post(f"{path}/units/1", data=said | {"reason": " "}).status_code == 422
    assert dora.post(f"{path}/units/1", data=said).status_code == 303
    assert "待督查室答复" in dora.get(f"{path}/units/1").text
    [task] = rows(office, Task, Task.number == "考异-2022-01")
    olga = sign_in("olga")
    at = f"/tasks/{task.number}/office/score"
    page = olga.get(at).text
    assert "系统停机" in page
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    answer = {"act": "score", "seen": seen, "verdict": "change", "reason": "停机属实"}
    assert olga.post(at, data=answer | {"change": "两分"}).status_code == 422
    assert olga.post(at, data=answer | {"change": ""}).status_code == 422
    assert olga.post(at, data=answer | {"change": "+2"}).status_code == 303
    assert "待领导审签" in sign_in("dora").get(f"{path}/units/1").text
    for who in (june.leo, june.cast.hugo):
        june.decide(task.number, who, Verdict.APPROVE, TODAY)

    page = sign_in("dora").get(f"{path}/units/1").text
    assert "98.5 分" in page
    assert "调整 +2 分" in page
    assert "停机属实" in page
    assert "98.5" in sign_in("carol").get(path).text


def test_whoever_stands_aside_from_a_matter_does_not_find_its_points(june, office, sign_in):
    path = published(sign_in)
    keep_away(office, "甲-1", TODAY, official_id=june.rita)
    keep_away(office, "甲-1", TODAY, official_id=june.cast.dora)
    for who in ("rita", "dora"):
        browser = sign_in(who)
        for one in (path, f"{path}/units/1"):
            assert "甲-1" not in browser.get(one).text
    assert "甲-1" not in sign_in("rita").get(f"{PATH}/rules/monthly").text


def test_nobody_else_has_a_way_to_it(june, sign_in):
    path = published(sign_in)
    for who in ("alice", "mallory"):
        for one in (PATH, path, f"{path}/print", f"{path}/units/1", f"{PATH}/rules/monthly"):
            assert sign_in(who).get(one).status_code == 404
    assert sign_in("dora").get(f"{path}/print").status_code == 404
    assert sign_in("olga").get(f"{path}/units/9").status_code == 404


def test_the_posting_of_the_month_prints_the_published_points(june, office, sign_in):
    before = sign_in("olga").post("/postings", data={"month": "2022-06"}).headers["location"]
    assert "考核得分" not in sign_in("olga").get(before).text
    sign_in("olga").post(f"{before}/decide", data={"act": "take_back", "reason": "待考核结果"})
    published(sign_in)
    path = sign_in("olga").post("/postings", data={"month": "2022-06"}).headers["location"]
    for page in (sign_in("olga").get(path).text, sign_in("olga").get(f"{path}/print").text):
        assert "考核得分" in page
        assert ">96.5<" in page


def test_a_program_reads_what_is_published_and_of_a_restricted_matter_no_unit(
    june, office, browser, sign_in
):
    tokens = {}
    for name, scopes in (("大屏", [Scope.READ]), ("内网", [Scope.READ, Scope.RESTRICTED])):
        with transaction(office.engine, instant(TODAY)) as session:
            tokens[name] = let_in(session, name, scopes, instant(TODAY))
    path = sign_in("olga").post(PATH, data={"scheme": "monthly"}).headers["location"]

    def read(where: str, name: str = "大屏"):
        return browser.get(f"/api/v1{where}", headers={"Authorization": f"Bearer {tokens[name]}"})

    assert read("/scores").json() == {"scores": []}, "a draft is told to nobody"
    assert read(path).status_code == 404
    sign_in("hugo").post(f"{path}/decide", data={"act": "approve"})
    [told] = read("/scores").json()["scores"]
    assert (told["scheme"], told["period"]) == ("monthly", "2022-06")
    whole = read(path).json()
    unit = {"rank": 1, "unit": "区教育局", "points": "96.5", "corrected": "0"}
    assert whole["units"] == [unit]
    assert {(one["unit"], one["title"]) for one in whole["lines"] if one["restricted"]} == {
        (None, None)
    }
    inside = read(path, "内网").json()
    assert {one["unit"] for one in inside["lines"]} == {"区教育局"}
