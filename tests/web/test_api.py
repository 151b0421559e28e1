"""Programs read the tasks and hand in rows: with a token, within its scopes, all or nothing."""

import json
from datetime import date

import pytest

from flows.api_clients import client_of, let_in, turn_away
from flows.database import reading, transaction
from models import Task
from models.api_client import Scope
from tests.kept import everything, rows
from tests.web.conftest import DUE, NOON

TASKS, LEDGER = "/api/v1/tasks", "/api/v1/ledger"
LINE = {
    "number": "新-1",
    "title": "河道清淤",
    "unit": "区教育局",
    "handler_email": "alice@dinghai.example",
    "due_on": "2022-09-30",
    "measures": ["清淤", "验收"],
}


def test_tasks_are_read_as_the_command_prints_them(program, cast, night):
    cast.task("甲-1", DUE)
    cast.task("乙-1", date(2022, 9, 1))
    night()

    answer = program(Scope.READ).get(TASKS).json()

    assert [one["number"] for one in answer["tasks"]] == ["甲-1", "乙-1"]
    assert answer["next"] is None
    assert answer["tasks"][0] == {
        "number": "甲-1",
        "title": "甲-1 的问题",
        "procedure": "rectification",
        "unit": "区教育局",
        "handler": "alice",
        "due_on": "2022-07-13",
        "original_due_on": "2022-07-13",
        "colour": "blue",
        "state": "assigned",
        "level": None,
        "notice": "定督〔2022〕1号",
        "restricted": False,
    }


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({"colour": "blue"}, ["甲-1"]),
        ({"overdue": True}, ["甲-1"]),
        ({"unit": "区教育局"}, ["甲-1", "乙-1"]),
        ({"unit": "区"}, []),
        ({"state": "in_progress"}, []),
        ({"page": 2}, []),
    ],
)
def test_tasks_are_filtered(program, cast, night, asked, numbers):
    cast.task("甲-1", DUE)
    cast.task("乙-1", date(2022, 9, 1))
    night()

    found = program(Scope.READ).get(TASKS, params=asked).json()["tasks"]

    assert [one["number"] for one in found] == numbers


def test_a_long_ledger_comes_in_pages_without_gap_or_repetition(program, cast, office):
    for n in range(501):
        cast.task(f"甲-{n:03}", date(2022, 9, 1))
    client = program(Scope.READ)

    first = client.get(TASKS).json()
    second = client.get(TASKS, params={"page": first["next"]}).json()

    numbers = [one["number"] for one in first["tasks"] + second["tasks"]]
    assert numbers == [f"甲-{n:03}" for n in range(501)]
    assert (first["next"], second["next"]) == (2, None)


def test_one_task_tells_its_story_and_why(program, cast, night):
    cast.task("甲/1", DUE)
    night()

    whole = program(Scope.READ).get(f"{TASKS}/甲/1").json()

    assert [move["target"] for move in whole["history"] if move["machine"] == "warning"] == ["blue"]
    assert any("2022年7月14日" in sentence for sentence in whole["why"])


def test_of_a_restricted_task_a_reader_gets_number_colour_and_dates(program, cast, night):
    cast.task("线-1", DUE, restricted=True, title="某人的线索", goal="查清")
    night()
    client = program(Scope.READ)

    (one,) = client.get(TASKS).json()["tasks"]
    whole = client.get(f"{TASKS}/线-1")

    assert (one["number"], one["colour"], one["due_on"]) == ("线-1", "blue", "2022-07-13")
    for hidden in ("某人的线索", "区教育局", "alice", "查清", "rectification", "deadline"):
        assert hidden not in whole.text
        assert hidden not in str(one)
    assert (one["state"], one["level"]) == (None, None)
    assert {move["machine"] for move in whole.json()["history"]} == {"warning"}
    for asked in ({"unit": "区教育局"}, {"state": "assigned"}):
        assert client.get(TASKS, params=asked).json()["tasks"] == []
    cleared = program(Scope.READ, Scope.RESTRICTED).get(f"{TASKS}/线-1").json()
    assert (cleared["title"], cleared["goal"]) == ("某人的线索", "查清")


def test_rows_are_handed_in_and_a_known_number_is_updated(program, cast, office):
    client = program(Scope.WRITE)

    tried = client.post(LEDGER, json={"rows": [LINE]}, params={"dry_run": True}).json()
    assert (tried["dry_run"], tried["opened"], rows(office, Task)) == (True, 1, [])
    assert client.post(LEDGER, json={"rows": [LINE]}).json()["opened"] == 1
    again = client.post(LEDGER, json={"rows": [{**LINE, "title": "河道清淤和绿化"}]}).json()

    assert (again["opened"], again["updated"]) == (0, 1)
    assert again["changes"] == [
        {"number": "新-1", "column": "反馈问题", "before": "河道清淤", "after": "河道清淤和绿化"}
    ]
    [task] = rows(office, Task)
    assert (task.title, task.due_on) == ("河道清淤和绿化", date(2022, 9, 30))


def test_of_rows_with_a_problem_none_is_taken_and_each_problem_is_named(program, cast, office):
    bad = [
        LINE,
        {**LINE, "number": "新-2", "due_on": "七月"},
        {**LINE, "number": "新-3", "unit": "无"},
    ]

    refused = program(Scope.WRITE).post(LEDGER, json={"rows": bad})

    assert refused.status_code == 422
    assert "第2行 整改时限" in refused.json()["detail"]
    assert "第3行 责任单位" in refused.json()["detail"]
    assert rows(office, Task) == []


def test_a_field_that_only_some_rows_have_is_no_guess(program, cast, office):
    short = {name: said for name, said in LINE.items() if name != "measures"} | {"number": "新-2"}

    refused = program(Scope.WRITE).post(LEDGER, json={"rows": [LINE, short]})

    assert refused.status_code == 422
    assert "第 2 行与第 1 行的字段不同（measures）" in refused.json()["detail"]


@pytest.mark.parametrize("name", ["\ud800", "\x00", "\u202e"])
def test_a_field_that_cannot_be_shown_is_said_by_its_number(program, cast, name):
    def sent(*lines):
        body = json.dumps({"rows": lines})  # escaped, as half a character can only be sent
        return client.post(LEDGER, content=body, headers={"Content-Type": "application/json"})

    client = program(Scope.WRITE)
    answered = sent(LINE | {name: "x"})
    differing = sent(LINE, LINE | {"number": "新-2", name: "x"})

    assert answered.json()["ignored_columns"] == [f"<U+{ord(name):04X}>"]
    assert f"<U+{ord(name):04X}>" in differing.json()["detail"]


@pytest.mark.parametrize(
    ("path", "method"),
    [
        *((TASKS, "get"), (f"{TASKS}/甲-1", "get"), ("/api/v1/transitions", "get")),
        *(("/api/v1/people", "get"), ("/api/v1/nights", "get"), ("/api/v1/notices", "get")),
        *((LEDGER, "post"), ("/api/v1/directory", "post"), ("/api/v1/calendar", "post")),
    ],
)
def test_without_a_good_token_nothing_is_told_and_nothing_done(browser, office, cast, path, method):
    cast.task("甲-1", DUE)
    with transaction(office.engine, NOON) as session:
        token = let_in(session, "旧系统", [Scope.READ, Scope.WRITE], NOON)
        turn_away(session, "旧系统", NOON)
    before = everything(office.engine)

    for header in ({}, {"Authorization": f"Bearer {token}"}, {"Authorization": "Basic YTpi"}):
        answer = browser.request(
            method, path, headers=header, **({"json": {"rows": [LINE]}} if method == "post" else {})
        )
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert "甲-1" not in answer.text
    assert everything(office.engine) == before


def test_a_scope_that_was_not_given_is_refused(program, cast, office):
    assert program(Scope.READ).post(LEDGER, json={"rows": [LINE]}).status_code == 403
    assert program(Scope.WRITE).get(TASKS).status_code == 403
    assert rows(office, Task) == []


def test_whoever_tries_tokens_has_to_wait(browser, office, cast, wound):
    tried = [
        browser.get(TASKS, headers={"Authorization": f"Bearer {n}"}).status_code for n in range(61)
    ]

    assert tried == [401] * 60 + [429]


def test_a_signed_in_browser_is_no_program(sign_in):
    assert sign_in("olga").get(TASKS).status_code == 401


def test_what_is_wrong_is_said_in_json(program, cast):
    client = program(Scope.READ)

    assert "没有编号为“无”的事项" in client.get(f"{TASKS}/无").json()["detail"]
    assert "sise" not in client.get(f"{TASKS}/无").json()["detail"], "a program types no commands"
    assert "没有这个地址" in client.get("/api/v1/nothing").json()["detail"]
    assert client.get(TASKS, params={"colour": "pink"}).status_code == 422
    too_long = client.post(LEDGER, content=b"{}", headers={"Content-Length": "999999999"})
    assert (too_long.status_code, too_long.json()["detail"][:4]) == (413, "内容过长")


def test_the_token_is_kept_as_a_hash_only(office):
    with transaction(office.engine, NOON) as session:
        token = let_in(session, "月报", [Scope.READ], NOON)

    assert token not in str(everything(office.engine))
    with reading(office.engine) as session:
        assert client_of(session, token).name == "月报"


@pytest.mark.parametrize("address", ["/api/v1", "/api/v1/"])
def test_the_address_alone_leads_to_the_description(browser, address):
    assert browser.get(address, follow_redirects=True).json()["info"]["title"] == "Sise 四色督办"


def test_it_describes_itself(browser):
    described = browser.get("/api/v1/openapi.json").json()

    assert set(described["paths"]) == {
        *("/tasks", "/tasks/{number}", "/notices", "/nights", "/nights/{on}", "/transitions"),
        *("/units", "/people", "/directory", "/ledger", "/proposals", "/calendar"),
        *("/scores", "/scores/{sheet_id}"),
    }
    for path, calls in described["paths"].items():
        for call in calls.values():
            assert call["description"], path
            [wrong] = call["responses"]["422"]["content"].values()
            assert wrong["schema"]["$ref"].endswith("/Problem"), "one shape for every error"
    assert "HTTPBearer" in described["components"]["securitySchemes"]
