"""The ladders at the desk, in the words of `sise policy show`."""

import pytest

from flows.database import transaction
from flows.rulebook import ladder_of, load_policy
from models import Policy
from notifications.ladder_words import rungs
from tests.conftest import SEEDS
from tests.kept import rows
from tests.web.conftest import DUE, NOON

PAGE = "/policies"


@pytest.fixture
def second_version(office, cast):
    """Two open matters, one closed, and a version that was loaded after them."""
    cast.task("甲-1", DUE)
    cast.task("甲-2", DUE)
    cast.task("甲-3", DUE, state="signed_off")
    text = (SEEDS / "policies/default.toml").read_text("utf-8")
    version = next(line for line in text.splitlines() if line.startswith("version"))
    with transaction(office.engine, NOON) as session:
        load_policy(session, text.replace(version, 'version = "九月"'), file="x", now=NOON)


def test_each_version_says_since_when_it_is_and_how_many_keep_it(second_version, office, sign_in):
    page = sign_in("olga").get(PAGE).text

    newer, older = (row for row in page.split("<tr>") if "/policies/default" in row)
    assert "九月" in newer
    assert "旧版本" in older
    assert "2022年7月14日" in newer
    assert 'data-name="在办">0<' in newer
    assert 'data-name="在办">2<' in older
    assert "巡视整改" in newer


def test_one_policy_is_said_in_the_words_of_the_command(second_version, office, sign_in):
    page = sign_in("hugo").get(f"{PAGE}/default").text

    ladder = ladder_of(rows(office, Policy)[0])
    for rung in rungs(ladder, "zh-CN"):
        for said in (*rung.when, *rung.tell, *rung.copied, rung.acknowledge, rung.answer):
            assert said in page, said
    for said in ("提醒", "旧版本", "现行", "在办 2 件", "定督〔{year}〕{n}号"):
        assert said in page, said


def test_there_is_no_page_for_a_policy_that_is_not_loaded(cast, sign_in):
    assert sign_in("olga").get(f"{PAGE}/none").status_code == 404
    assert sign_in("alice").get(f"{PAGE}/default").status_code == 404
