"""Units and people at the desk: each is added, changed, put out of use, and the page tells it."""

import html
import re
from datetime import date, timedelta

import pytest
from sqlmodel import col

from flows.database import reading
from flows.history import faults
from flows.papers.notice import notice_facts
from flows.recipients import Directory
from flows.working_days import load_calendar
from models import Absence, Message, OfficeChange, Official, Post, Unit
from models.organisation import PostKind
from tests.kept import add, edit, rows
from tests.web.conftest import DAY, DUE

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SOON = DAY + timedelta(days=10)


@pytest.fixture
def desk(cast, sign_in):
    return sign_in("olga")


def send(desk, path, act, page=None, **fields):
    """The form, filled in as the page (or the present one) has it."""
    seen = re.search(r'name="seen" value="([^"]*)"', (page or desk.get(path)).text)[1]
    return desk.post(path, data={"act": act, "seen": seen} | fields)


def recorded(answer):
    assert answer.status_code == 303, beside(answer) or told(answer)
    assert answer.headers["location"].endswith("?done=yes")


def beside(page):
    """What is said at a field."""
    found = re.findall(r'<p class="fault" role="alert"[^>]*>(.*?)</p>', page.text)
    return html.unescape("".join(found))


def told(page):
    """What is said at the top."""
    found = re.findall(r'<div class="note red" role="alert"><p>(.*?)</p>', page.text)
    return html.unescape("".join(found))


def history(desk, path):
    """As the page tells it, the newest first: what changed, without when and by whom."""
    changes = re.findall(r"<li>(.*?)<br>", desk.get(path).text.split("变动记录")[-1])
    return [re.sub(r"<[^>]+>", "", one).strip() for one in changes]


def person(cast, name):
    return f"/people/{cast.people[name]}"


# Units


def test_a_unit_is_added_renamed_moved_closed_and_opened_again(office, cast, desk):
    added = desk.post("/people/units/new", data={"act": "add", "name": "区水利局", "parent": ""})
    recorded(added)
    path = added.headers["location"].partition("?")[0]

    recorded(send(desk, path, "rename", name="区水务局"))
    recorded(send(desk, path, "move", parent="定海区委"))
    recorded(send(desk, path, "close", reason="机构改革"))
    assert "2022年7月14日撤销" in desk.get(path).text
    assert rows(office, Unit)[-1].closed_on == DAY
    recorded(send(desk, path, "reopen", reason=""))

    unit = rows(office, Unit)[-1]
    top = next(one for one in rows(office, Unit) if one.name == "定海区委")
    assert (unit.name, unit.parent_id, unit.closed_on) == ("区水务局", top.id, None)
    assert history(desk, path) == [
        "撤销：2022年7月14日 → 取消",
        "撤销：2022年7月14日",
        "上级单位：（空） → 定海区委",
        "名称：区水利局 → 区水务局",
        "新增",
    ]
    assert "olga · 机构改革" in desk.get(path).text


@pytest.mark.parametrize(
    ("act", "fields", "said"),
    [
        ("rename", {"name": ""}, "请填写名称"),
        ("rename", {"name": "定海区委"}, "已有名为“定海区委”的单位"),
        ("rename", {"name": "区\u200b局"}, "不可见或控制字符"),
        ("move", {"parent": "乌有局"}, "没有名为“乌有局”的单位"),
        ("move", {"parent": "区教育局"}, "不能作它的上级"),
    ],
    ids=["no name", "taken", "hidden character", "unknown", "itself"],
)
def test_what_a_unit_cannot_be_is_said_at_its_field(
    cast, desk, digest_of_database, act, fields, said
):
    path, before = f"/people/units/{cast.unit}", digest_of_database()

    answer = send(desk, path, act, **fields)

    assert answer.status_code == 422
    assert said in beside(answer)
    assert not told(answer)
    assert digest_of_database() == before


def test_no_unit_comes_to_lie_below_one_that_is_below_it(office, cast, desk):
    add(office, Unit(name="教育督导室", parent_id=cast.unit))

    answer = send(desk, f"/people/units/{cast.unit}", "move", parent="教育督导室")

    assert "不能作它的上级" in beside(answer)


def test_a_unit_with_people_matters_or_posts_is_not_closed(office, cast, desk):
    cast.task("甲-1", DUE)

    answer = send(desk, f"/people/units/{cast.unit}", "close", reason="机构改革")

    assert "区教育局还有在办事项 1 件、人员 5 名、在任职务 3 个，请先移交" in told(answer)
    assert rows(office, Unit)[-1].closed_on is None


def test_nothing_new_is_given_to_a_closed_unit(office, cast, desk):
    add(office, Unit(name="旧局", closed_on=DAY))
    given = {"kind": "handler", "unit": "旧局"}

    assert "“旧局”已于 2022-07-14 撤销" in beside(send(desk, person(cast, "bob"), "give", **given))
    cast.task("甲-1", DUE)
    assert "旧局" not in desk.get("/tasks/甲-1/office/reassign").text


# People


def test_a_person_is_added_corrected_and_put_out_of_service_and_back(office, cast, desk):
    said = {"name": "李四", "unit": "区教育局", "email": "Li@Dinghai.example", "language": ""}
    path = desk.post("/people/new", data={"act": "add"} | said).headers["location"].split("?")[0]
    who = rows(office, Official)[-1]
    assert (who.name, who.unit_id, who.email) == ("李四", cast.unit, "li@dinghai.example")

    recorded(send(desk, path, "correct", **said | {"name": "李思", "language": "en"}))
    recorded(send(desk, path, "give", kind="handler", unit="区教育局"))
    recorded(send(desk, path, "retire", reason="调出"))

    who = rows(office, Official)[-1]
    assert (who.name, who.language, who.left_on) == ("李思", "en", DAY)
    assert rows(office, Post, col(Post.official_id) == who.id) == [], "it had not begun before"
    recorded(send(desk, path, "back", reason=""))
    assert rows(office, Official)[-1].left_on is None
    assert history(desk, path) == [
        "停用：2022年7月14日 → 取消",
        "停用：2022年7月14日",
        "职务：区教育局责任人（2022年7月14日起） → 取消",
        "职务：区教育局责任人（2022年7月14日起）",
        "语言：（空） → English",
        "名称：李四 → 李思",
        "新增：邮箱：li@dinghai.example，所在单位：区教育局",
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "请填写名称"),
        ({"unit": ""}, "请选择单位"),
        ({"unit": "乌有局"}, "没有名为“乌有局”的单位"),
        ({"email": "alice@"}, "不是有效的邮箱地址"),
        ({"email": "bob@dinghai.example"}, "bob@dinghai.example 是区教育局bob的邮箱"),
        ({"name": "bob", "email": ""}, "本单位已有同名的人，请填写邮箱"),
        ({"language": "fr"}, "请选择语言"),
    ],
    ids=["no name", "no unit", "unknown", "no address", "taken", "namesake", "language"],
)
@pytest.mark.parametrize("new", [True, False], ids=["added", "corrected"])
def test_what_a_person_cannot_be_is_said_at_its_field(
    cast, desk, digest_of_database, fields, said, new
):
    written = {"name": "alice", "unit": "区教育局", "email": "alice2@dinghai.example"} | fields
    path, before = "/people/new" if new else person(cast, "alice"), digest_of_database()

    answer = send(desk, path, "add" if new else "correct", **written)

    assert answer.status_code == 422
    assert said in beside(answer)
    assert digest_of_database() == before


def test_old_notices_keep_the_old_name(office, cast, desk, night):
    cast.task("甲-1", DUE)
    night()
    said = {"name": "Alice Wang", "unit": "区教育局", "email": "alice@dinghai.example"}

    recorded(send(desk, person(cast, "alice"), "correct", **said))

    with reading(office.engine) as session:
        facts = notice_facts(session, "甲-1", notice=None, calendar=load_calendar(session))
    assert "alice" in {one.name for one in facts.told}
    mails = rows(office, Message, col(Message.official_id) == cast.alice)
    assert {mail.to_name for mail in mails} == {"alice"}


def test_whoever_has_open_matters_is_led_to_the_hand_over(office, cast, desk):
    for n in range(1, 8):
        cast.task(f"甲-{n}", DUE)
    path = person(cast, "alice")
    [post] = rows(office, Post, col(Post.official_id) == cast.alice)
    led = 'href="/people/hand-over?giver=alice%40dinghai.example"'
    assert f"7 件 · <a {led}>" in desk.get(path).text

    for act, fields in (
        ("retire", {}),
        ("post", {"which": post.id, "until_on": str(DAY - timedelta(days=1))}),
    ):
        answer = send(desk, path, act, **fields)
        assert "alice名下还有在办事项（甲-1、甲-2、甲-3、甲-4、甲-5 等 7 件）" in told(answer)
        assert led in answer.text
    form = desk.get("/people/hand-over?giver=alice@dinghai.example")
    assert form.status_code == 200
    assert 'name="giver" value="alice@dinghai.example"' in form.text
    assert rows(office, Official, col(Official.id) == cast.alice)[0].left_on is None

    passed = {"giver": "alice@dinghai.example", "taker": "bob@dinghai.example", "reason": "轮岗"}
    assert "已交接" in desk.post("/people/hand-over", data=passed).text
    assert history(desk, path)[0] == "职务：区教育局责任人 → 区教育局责任人（至2022年7月13日）"
    assert history(desk, person(cast, "bob"))[0] == "职务：区教育局责任人（2022年7月14日起）"
    recorded(send(desk, path, "retire", reason=""))


def test_whoever_is_out_of_service_is_nowhere_any_more(office, cast, desk):
    recorded(send(desk, person(cast, "mallory"), "retire", reason="退休"))

    with reading(office.engine) as session:
        directory = Directory.load(session, DAY)
        assert cast.mallory in directory.gone
        assert cast.mallory not in Directory.load(session, DAY - timedelta(days=1)).gone
    cast.task("甲-1", DUE)
    assert "mallory" not in desk.get("/tasks/甲-1/office/reassign").text
    forged = {"act": "reassign", "to": f"{cast.unit}:{cast.mallory}", "reason": "分工"}
    answer = send(desk, "/tasks/甲-1/office/reassign", **forged)
    assert "不在通讯录中" in answer.text
    away = send(desk, person(cast, "bob"), "away", deputy="mallory")
    assert "没有在任的“mallory”" in beside(away)
    assert "已停用" in desk.get("/people").text
    given = send(desk, person(cast, "mallory"), "give", kind="handler", unit="区教育局")
    assert "已于 2022-07-14 停用，请先恢复" in told(given)


def test_out_of_service_a_session_a_link_and_a_sign_in_end(office, cast, sign_in, night, link):
    browser = sign_in("bob")
    add(office, Absence(official_id=cast.alice, deputy_id=cast.bob))
    cast.task("甲-1", DUE)
    night()
    mailed = link("bob")
    assert browser.get("/").status_code == 200
    assert browser.get(mailed).status_code == 200

    edit(office, Official, cast.bob, left_on=DAY)

    assert browser.get("/").headers["location"] == "/login"
    gone = browser.get(mailed)
    assert (gone.status_code, "收件人已不在本系统任职" in gone.text) == (410, True)
    with pytest.raises(AssertionError):
        sign_in("bob")


def test_whoever_stands_in_for_somebody_stays_until_another_does(office, cast, desk):
    add(office, Absence(official_id=cast.dora, deputy_id=cast.bob))

    answer = send(desk, person(cast, "bob"), "retire", reason="")

    assert "bob还是dora的代理人，请先为dora另定代理人" in told(answer)


def test_the_last_who_looks_after_the_desk_stays(office, cast, desk):
    [post] = rows(office, Post, col(Post.official_id) == cast.olga)
    yesterday = {"which": post.id, "until_on": str(DAY - timedelta(days=1))}

    for act, fields in (("retire", {}), ("post", yesterday)):
        answer = send(desk, person(cast, "olga"), act, **fields)
        assert "这样就没有督查办公室人员或系统管理员了" in told(answer)

    recorded(send(desk, person(cast, "bob"), "give", kind="administrator", unit="定海区委"))
    gone = send(desk, person(cast, "olga"), "post", **yesterday)
    assert "您本人不再任督查办公室人员" in gone.text
    assert desk.get("/people").status_code == 404


# Posts and absences


def test_a_post_is_given_ended_and_taken_back_before_it_begins(office, cast, desk):
    path = person(cast, "mallory")
    recorded(send(desk, path, "give", kind="unit_head", unit="区教育局", from_on=str(SOON)))
    [post] = rows(office, Post, col(Post.official_id) == cast.mallory)
    assert (post.kind, post.from_on, post.until_on) == (PostKind.UNIT_HEAD, SOON, None)

    recorded(send(desk, path, "post", which=post.id, until_on=str(SOON + timedelta(days=5))))
    recorded(send(desk, path, "post", which=post.id, until_on=""))
    assert rows(office, Post)[-1].until_on is None, "a slip is mended"
    recorded(send(desk, path, "post", which=post.id, back="yes"))

    assert rows(office, Post, col(Post.official_id) == cast.mallory) == []
    assert len(history(desk, path)) == 4


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": ""}, "请选择职务"),
        ({"unit": ""}, "请选择单位"),
        ({"from_on": "七月"}, "“七月”不是日期"),
        ({"from_on": "2022-08-01", "until_on": "2022-07-31"}, "最后一天 2022-07-31 早于第一天"),
        ({}, "在这段时间已任此职"),
    ],
    ids=["no kind", "no unit", "no date", "order", "twice"],
)
def test_what_no_post_can_be_is_said_at_its_field(cast, desk, digest_of_database, fields, said):
    before = digest_of_database()

    written = {"kind": "handler", "unit": "区教育局"} | fields
    answer = send(desk, person(cast, "alice"), "give", **written)

    assert answer.status_code == 422
    assert said in beside(answer)
    assert digest_of_database() == before


def test_an_absence_is_entered_and_ended_early_and_mail_goes_to_the_deputy(office, cast, desk):
    path = person(cast, "alice")
    recorded(send(desk, path, "away", deputy="bob", until_on=str(SOON)))
    with reading(office.engine) as session:
        assert Directory.load(session, DAY).deputies == {cast.alice: cast.bob}
    [absence] = rows(office, Absence)

    recorded(send(desk, path, "absence", which=absence.id, until_on=str(DAY)))

    with reading(office.engine) as session:
        assert Directory.load(session, DAY + timedelta(days=1)).deputies == {}
    assert history(desk, path)[0] == (
        "不在岗：由bob代理（2022年7月14日起，至2022年7月24日）"
        " → 由bob代理（2022年7月14日起，至2022年7月14日）"
    )
    recorded(send(desk, path, "absence", which=absence.id, back="yes"))
    assert rows(office, Absence) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"deputy": ""}, "请选择代理人"),
        ({"deputy": "张三"}, "没有在任的“张三”"),
        ({"deputy": "alice"}, "不能代理自己"),
        ({"deputy": "dora"}, "正由alice代理，请另选代理人"),
        ({"deputy": "bob", "until_on": "2022-07-01"}, "早于第一天"),
        ({"deputy": "bob", "from_on": "2022-08-01"}, "在这段时间已登记不在岗"),
    ],
    ids=["nobody", "unknown", "himself", "a ring", "order", "twice"],
)
def test_what_no_absence_can_be_is_said_at_its_field(
    office, cast, desk, digest_of_database, fields, said
):
    days = {"from_on": DAY, "until_on": SOON}
    add(office, Absence(official_id=cast.dora, deputy_id=cast.alice, **days))
    august = {"from_on": date(2022, 8, 1), "until_on": date(2022, 8, 2)}
    add(office, Absence(official_id=cast.alice, deputy_id=cast.bob, **august))
    before = digest_of_database()

    answer = send(desk, person(cast, "alice"), "away", **fields)

    assert answer.status_code == 422
    assert said in beside(answer)
    assert digest_of_database() == before


def test_a_post_or_an_absence_of_somebody_else_is_not_changed_here(
    office, cast, desk, digest_of_database
):
    [post] = rows(office, Post, col(Post.official_id) == cast.dora)
    before = digest_of_database()

    for which in (post.id, "999", "x", ""):
        assert "已不存在" in told(send(desk, person(cast, "alice"), "post", which=which))
    assert digest_of_database() == before


# What holds for all of them


def test_what_somebody_changed_meanwhile_is_told_and_nothing_is_undone(office, cast, desk):
    path = person(cast, "bob")
    opened = desk.get(path)
    said = {"name": "bob", "unit": "区教育局", "email": "bob@dinghai.example"}
    recorded(send(desk, path, "correct", **said | {"email": "bob.wang@dinghai.example"}))

    answer = send(desk, path, "correct", opened, **said | {"language": "en"})

    assert answer.status_code == 422
    assert "您打开页面后，bob已被他人改动" in told(answer)
    assert re.search(r'class="stamp">新</span>\s*<b>邮箱</b>：<s>bob@', answer.text)
    [bob] = rows(office, Official, col(Official.id) == cast.bob)
    assert (bob.email, bob.language) == ("bob.wang@dinghai.example", None)


def test_every_change_is_in_the_history_and_altering_it_shows(office, cast, desk):
    recorded(send(desk, person(cast, "bob"), "give", kind="unit_head", unit="区教育局"))
    [change] = rows(office, OfficeChange)
    assert (change.actor_id, change.assurance, change.on) == (cast.olga, "session", DAY)
    with reading(office.engine) as session:
        assert list(faults(session)) == []

    edit(office, OfficeChange, change.id, after=change.after.replace("unit_head", "handler"))

    with reading(office.engine) as session:
        assert [english for _, english in faults(session)] == [
            "link 1: its history rows were changed"
        ]


def test_what_nobody_may_do_cannot_be_done(cast, desk, digest_of_database):
    before = digest_of_database()

    assert "请选择一项操作" in told(send(desk, person(cast, "bob"), "promote"))
    assert "超过 100 个字" in beside(send(desk, person(cast, "bob"), "correct", name="王" * 101))
    for path in ("/people/999", f"/people/{1 << 40}", "/people/units/999", "/people/0"):
        assert desk.get(path).status_code == 404
        assert desk.post(path, data={"act": "retire"}).status_code == 404
    assert digest_of_database() == before
