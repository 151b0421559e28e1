"""The pages of the measurements: reported, corrected, followed up, and for whom they are."""

import re
from datetime import date, time

import pytest

from flows.database import transaction
from flows.rulebook import load_procedure
from models import Measurement, Task
from tests.conftest import SEEDS, instant
from tests.flows.measures.files import GROWTH, load, say
from tests.kept import rows

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATH = "/measurements/growth"


def _seen(desk, path):
    return re.search(r'name="seen" value="([^"]*)"', desk.get(path).text)[1]


def test_a_value_is_reported_turns_red_is_followed_up_and_corrected(office, cast, sign_in):
    load(office)
    olga = sign_in("olga")
    june = {"subject": "企业01", "period": "2022-06"}

    assert olga.post(PATH, data=june | {"value": "-3"}).status_code == 303
    page = olga.get(PATH).text
    assert "红码" in page
    assert "码跟〔2022〕1号" in page
    assert "未报 1 个：企业02" in page
    assert "红码 1" in olga.get("/measurements").text

    refused = olga.post(PATH, data=june | {"value": "6"})
    assert refused.status_code == 422
    assert "更正请写明理由" in refused.text
    right = june | {"value": "6", "reason": "补报出口", "seen": _seen(olga, PATH)}
    assert olga.post(PATH, data=right).status_code == 303
    page = olga.get(PATH).text
    assert "原报 -3" in page
    assert "补报出口" in page
    assert "在办" in page
    assert [(one.value, one.said_by) for one in rows(office, Measurement)] == [
        ("-3", "olga"),
        ("6", "olga"),
    ]
    assert len(rows(office, Task)) == 1


def test_a_change_is_said_in_words(office, cast, sign_in):
    load(office)
    say(office, "2022-04", "9", on=date(2022, 5, 8))
    say(office, "2022-05", "3", on=date(2022, 6, 8))
    say(office, "2022-06", "9", on=date(2022, 7, 8))
    page = sign_in("hugo").get(PATH).text
    assert page.count("变差") == page.count("好转") == 1
    assert "报一个数值" not in page


def test_what_follows_a_restricted_series_is_there_for_those_alone_who_see_it(
    office, cast, sign_in
):
    now = instant(date(2022, 1, 1), time(9))
    with transaction(office.engine, now) as session:
        text = (SEEDS / "procedures/case_lead.toml").read_text("utf-8")
        load_procedure(session, text, file="case_lead.toml", now=now)
    load(office, GROWTH.replace('"rectification"', '"case_lead"'))

    assert "营收同比增长" in sign_in("olga").get("/measurements").text
    hugo = sign_in("hugo")
    assert "营收同比增长" not in hugo.get("/measurements").text
    assert hugo.get(PATH).status_code == 404
