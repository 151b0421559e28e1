"""A new version of a policy at the desk: checked, shown with what it would mean, then loaded."""

import html
import re

import pytest

from models import OfficeChange, Policy, Task
from tests.conftest import SEEDS
from tests.kept import rows
from tests.web.conftest import DUE

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE = "/policies/load"
DEFAULT = (SEEDS / "policies/default.toml").read_text("utf-8")
VERSION = re.search(r'version = "([^"]+)"', DEFAULT)[1]
STRICTER = DEFAULT.replace(f'"{VERSION}"', '"2099.1"', 1)


@pytest.fixture
def desk(cast, sign_in):
    return sign_in("olga")


def upload(desk, text, name="default.toml"):
    return desk.post(PAGE, files={"file": (name, text.encode())})


def confirm(desk, page):
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    return desk.post(
        f"{PAGE}/confirm", data={name: html.unescape(said) for name, said in fields.items()}
    )


def words(page):
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", main).split()))


def test_a_new_version_is_shown_then_loaded_and_open_matters_keep_theirs(office, cast, desk, night):
    cast.task("甲-1", DUE)
    night()

    page = upload(desk, STRICTER)

    shown = words(page)
    assert f"现行版本 {VERSION}。装入后，此后交办的事项按 2099.1，在办的保持原版本" in shown
    assert "试算 1 件，其中 0 件会不同" in shown
    assert "蓝色 实际升级 1 次，按新版本 1 次" in shown
    assert len(rows(office, Policy)) == 1, "nothing is loaded yet"

    done = confirm(desk, page)

    assert done.headers["location"] == "/policies/default"
    assert [policy.version for policy in rows(office, Policy)] == [VERSION, "2099.1"]
    assert rows(office, Task)[0].policy_id == cast.policy_id
    assert f"版本 ： {VERSION} → 2099.1" in words(desk.get("/policies/default"))
    [change] = rows(office, OfficeChange)
    assert change.actor_id == cast.olga
    assert "已经装入，再装一次没有变化" in words(upload(desk, STRICTER))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (STRICTER.replace('colour = "blue"', 'colour = "puce"'), "x.toml：rung · 1 · colour"),
        (STRICTER.replace("[[rung]]", "[[rung", 1), "不合 TOML 的写法"),
        ("a = " + "[" * 5000, "括号层数或数字位数过多"),
        ("a = " + "9" * 5000, "括号层数或数字位数过多"),
        (DEFAULT.replace("四色督办", "另一内容", 1), "已按另一内容装入；装入的版本不再更改"),
        (STRICTER.replace('name = "default"', 'name = "other"'), "已由规则 default 使用"),
        ("x" * 70_000, "文件太大"),
    ],
    ids=["colour", "no TOML", "deep", "long", "frozen", "borrowed number", "too large"],
)
def test_what_cannot_be_loaded_is_told_with_its_place(cast, desk, digest_of_database, text, said):
    before = digest_of_database()

    page = upload(desk, text, "x.toml")

    assert page.status_code == 422
    assert said in words(page)
    assert "confirm" not in page.text
    assert digest_of_database() == before


def test_what_somebody_loaded_meanwhile_is_shown_first(office, cast, desk):
    page = upload(desk, STRICTER)
    other = upload(desk, STRICTER.replace("2099.1", "2098.1"))
    assert confirm(desk, other).status_code == 303

    again = confirm(desk, page)

    assert again.status_code == 422
    assert "已被他人改动" in words(again)
    assert [policy.version for policy in rows(office, Policy)] == [VERSION, "2098.1"]
    assert confirm(desk, again).status_code == 303


def test_a_version_that_another_has_followed_meanwhile_is_told(office, cast, desk):
    page, newer = upload(desk, STRICTER), STRICTER.replace("2099.1", "2099.2")
    for text in (STRICTER, newer):
        confirm(desk, upload(desk, text))

    for again in (confirm(desk, page), upload(desk, STRICTER)):
        assert "之后又装入了“2099.2”，新交办的事项仍按后者" in words(again)
    assert [policy.version for policy in rows(office, Policy)] == [VERSION, "2099.1", "2099.2"]


def test_no_text_and_no_file_are_told(cast, desk):
    assert "请选择规则文件" in words(desk.post(PAGE, files={"other": ("x", b"x")}))
    page = desk.post(PAGE, files={"file": ("x.toml", b"\xff\xfe\x00")})
    assert "不是 UTF-8 文本" in words(page)
