"""What else a program reads and hands in; and what is said when a call cannot be used."""

import json
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date

import pytest
from sqlmodel import select

from flows.api_clients import turn_away
from flows.database import _turns, reading, sqlite_file, transaction
from flows.moves import lock_all_tasks
from flows.replies import answer
from models import CalendarDay, Official, Post, Unit
from models.api_client import Scope
from models.signoff import TaskState
from notifications.wording import state_word
from tests.kept import everything, reply, rows, until_it_waits
from tests.web.conftest import DAY, DUE, NOON

API, ASSIGNED = "/api/v1", TaskState.ASSIGNED


def test_notices_are_read_and_filtered(program, cast, night):
    cast.task("甲-1", DUE)
    cast.task("密-1", date(2022, 5, 1), restricted=True, title="某人的线索")
    night()
    client = program(Scope.READ)

    found = client.get(f"{API}/notices").json()["notices"]
    red = client.get(f"{API}/notices", params={"colour": "红"}).json()["notices"]
    of_one = client.get(f"{API}/notices", params={"task": "甲-1", "state": "issued"}).json()

    assert [one["task"] for one in found] == ["甲-1", "密-1"]
    assert [(one["task"], one["restricted"]) for one in red] == [("密-1", True)]
    assert [one["number"] for one in of_one["notices"]] == [found[0]["number"]]
    assert "某人的线索" not in str(found)


def test_nights_are_read(program, cast, night):
    cast.task("甲-1", DUE)
    night()
    client = program(Scope.READ)

    [one] = client.get(f"{API}/nights").json()["nights"]

    assert (one["date"], one["closed"], one["result"]["escalated"]["blue"]) == (str(DAY), True, 1)
    assert client.get(f"{API}/nights/{DAY}").json() == one
    missing = client.get(f"{API}/nights/2022-07-15")
    assert (missing.status_code, missing.json()["detail"]) == (404, "2022-07-15 没有夜间检查")


def test_transitions_are_read_on_from_a_place_without_gap_or_repetition(
    program,
    office,
    cast,
    night,
):
    for n in range(3):
        cast.task(f"甲-{n}", DUE)
    night()
    client = program(Scope.READ)

    first = client.get(f"{API}/transitions", params={"limit": 2}).json()
    second = client.get(f"{API}/transitions", params={"after": first["next"]}).json()
    reply(office, answer, cast.alice, "甲-0", on=DAY)
    third = client.get(f"{API}/transitions", params={"after": second["next"]}).json()
    nothing = client.get(f"{API}/transitions", params={"after": third["next"]}).json()

    told = [one["data"]["task"] for one in first["transitions"] + second["transitions"]]
    assert sorted(told) == ["甲-0", "甲-1", "甲-2"]
    assert (first["more"], second["more"]) == (True, False)
    assert [one["type"] for one in third["transitions"]] == ["notice.answer", "sign-off.start"]
    assert nothing == {"transitions": [], "next": third["next"], "more": False}


def test_of_a_restricted_task_the_feed_tells_colours_and_dates(program, office, cast, night):
    cast.task("密-1", DUE, restricted=True)
    night()
    reply(office, answer, cast.alice, "密-1", on=DAY)

    [one] = program(Scope.READ).get(f"{API}/transitions").json()["transitions"]
    whole = program(Scope.READ, Scope.RESTRICTED).get(f"{API}/transitions").json()["transitions"]

    assert (one["type"], one["data"]["colour"], one["data"]["event"]) == ("warning", "blue", None)
    assert [each["type"] for each in whole] == [
        *("warning.escalate", "notice.answer", "sign-off.start")
    ]


def test_the_directory_is_handed_in_and_read(program, office, cast):
    line = {
        "unit": "区住建局",
        "parent": "定海区委",
        "name": "erin",
        "post": "unit_head",
        "email": "erin@dinghai.example",
        "from": "2022-07-01",
    }
    client = program(Scope.DIRECTORY, Scope.PEOPLE)
    path = f"{API}/directory"

    tried = client.post(path, json={"rows": [line]}, params={"dry_run": True}).json()
    assert (tried["officials"], len(rows(office, Unit))) == (1, 2)
    done = client.post(path, json={"rows": [line]}).json()
    bad = client.post(path, json={"rows": [line, {**line, "post": "king"}]})
    before = everything(office.engine)
    people = client.get(f"{API}/people").json()["people"]
    units = client.get(f"{API}/units").json()["units"]

    assert (done["units"], done["officials"], done["posts"]) == (1, 1, 1)
    assert rows(office, Post)[-1].from_on == date(2022, 7, 1)
    assert bad.status_code == 422
    assert "第2行 职务类别" in bad.json()["detail"]
    assert people[-1]["posts"] == [
        {"post": "unit_head", "unit": "区住建局", "from_on": "2022-07-01", "until_on": None}
    ]
    assert {"name": "区住建局", "parent": "定海区委"} in units
    assert everything(office.engine) == before
    assert len(people) == len(rows(office, Official))


def test_days_of_the_calendar_are_handed_in_all_or_none(program, office, cast):
    client = program(Scope.CALENDAR, Scope.READ)
    day = {"on": "2022-10-08", "working": True, "why": "国办发明电"}

    done = client.post(f"{API}/calendar", json={"days": [day]})
    twice = client.post(f"{API}/calendar", json={"days": [day, day]})
    silent = client.post(
        f"{API}/calendar", json={"days": [{**day, "on": "2022-10-09"}, {**day, "why": " "}]}
    )

    assert done.json() == {"days": [day]} == client.get(f"{API}/calendar").json()
    assert (twice.status_code, silent.status_code) == (422, 422)
    assert "days.1.why" in silent.json()["detail"]
    with reading(office.engine) as session:
        assert session.exec(select(CalendarDay.on)).all() == [date(2022, 10, 8)]


WRITES = {
    "/ledger": Scope.WRITE,
    "/proposals": Scope.WRITE,
    "/directory": Scope.DIRECTORY,
    "/calendar": Scope.CALENDAR,
}
READS = {
    **dict.fromkeys(
        ("/tasks", "/tasks/甲-1", "/notices", "/nights", "/nights/2022-07-14", "/transitions"),
        Scope.READ,
    ),
    "/calendar": Scope.READ,
    **dict.fromkeys(("/units", "/people"), Scope.PEOPLE),
}


ROW = {"number": "新-1", "title": "河道清淤", "unit": "区教育局", "due_on": "2022-09-30"}


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/ledger", {"rows": [ROW]}),
        ("/directory", {"rows": [{"unit": "新设局", "parent": "定海区委", "name": "erin"}]}),
        ("/calendar", {"days": [{"on": "2022-07-23", "working": True, "why": "调休"}]}),
    ],
)
def test_of_a_program_that_is_turned_away_while_it_asks_nothing_is_written(
    program, office, cast, path, sent
):
    """Its call waits for whoever writes just then, and that is whoever turns it away."""
    client = program(*Scope)
    with ThreadPoolExecutor(1) as other, transaction(office.engine, NOON) as session:
        lock_all_tasks(session)
        turn_away(session, f"接口{'、'.join(Scope)}", NOON)
        asked = other.submit(client.post, API + path, json=sent)
        _until_it_waits(office, asked)
        session.commit()
        before = everything(office.engine)
    assert asked.result().status_code == 401
    assert everything(office.engine) == before


def _until_it_waits(office, asked) -> None:
    if office.engine.dialect.name == "postgresql":
        until_it_waits(office, asked)
    turns = _turns.get(sqlite_file(office.engine))
    while turns is not None and not turns.waiting and not asked.done():
        wait([asked], timeout=0.01)


@pytest.mark.parametrize("scope", list(Scope))
def test_each_scope_opens_what_it_is_for_and_nothing_else(program, office, cast, scope):
    client = program(scope)
    before = everything(office.engine)

    opened = {path for path in READS if client.get(API + path).status_code != 403}
    taken = {path for path in WRITES if client.post(API + path, json={}).status_code != 403}

    assert opened == {path for path, wanted in READS.items() if wanted == scope}
    assert taken == {path for path, wanted in WRITES.items() if wanted == scope}
    assert everything(office.engine) == before


@pytest.mark.parametrize(
    ("path", "asked", "said"),
    [
        ("/tasks", {"color": "red"}, "没有参数“color”；可用的参数：colour、unit、state"),
        ("/tasks", {"colour": "pink"}, "参数“colour”不能用：green (绿)"),
        ("/tasks", {"page": "0"}, "参数“page”不能用：须不小于 1"),
        ("/tasks", {"page": "x"}, "参数“page”不能用：须为整数"),
        ("/tasks", {"overdue": "maybe"}, "须为 true 或 false"),
        ("/nights/yesterday", {}, "须为日期，写成 2022-07-14"),
        ("/transitions", {"after": "12"}, "“12”不是可以接着读的位置"),
        ("/transitions", {"after": "9999999999.1"}, "不是可以接着读的位置"),
        ("/transitions", {"limit": "1001"}, "须不大于 1000"),
        ("/notices", {"state": "new"}, "参数“state”不能用"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_sentence(program, cast, path, asked, said):
    answered = program(Scope.READ).get(API + path, params=asked)

    assert answered.status_code == 422
    assert said in answered.json()["detail"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"content": b"{"}, "正文不能用：不是 JSON"),
        ({"json": {"rows": []}}, "长度不小于 1"),
        ({"json": {"rows": [{"number": "新-1"}]}}, "每一行都要有字段 title、unit"),
        ({"content": b"\xff\xfe"}, "JSON"),
        ({"json": []}, "正文不能用"),
    ],
)
def test_a_body_that_cannot_be_used_is_said_in_one_sentence(program, cast, sent, said):
    client = program(Scope.WRITE)
    client.headers["Content-Type"] = "application/json"

    answered = client.post(f"{API}/ledger", **sent)

    assert answered.status_code == 422
    assert said in answered.json()["detail"]


@pytest.mark.parametrize(
    "asked",
    [{"colour": "蓝"}, {"colour": "蓝色"}, {"colour": "blue"}, {"state": state_word(ASSIGNED)}],
)
def test_a_person_s_words_are_taken_as_well(program, cast, night, asked):
    cast.task("甲-1", DUE)
    night()

    answered = program(Scope.READ).get(f"{API}/tasks", params=asked)

    assert [one["number"] for one in answered.json()["tasks"]] == ["甲-1"]


@pytest.mark.parametrize("why", ["开学\n顺延", "\x1b[2J", "\ud800"])
def test_a_reason_of_one_line_holds_no_character_that_cannot_be_seen(program, office, cast, why):
    day = {"on": "2022-10-08", "working": True, "why": why}

    client = program(Scope.CALENDAR)
    client.headers["Content-Type"] = "application/json"
    answered = client.post(f"{API}/calendar", content=json.dumps({"days": [day]}))

    assert answered.status_code == 422
    assert "含有这里不能用的字符" in answered.json()["detail"]
    with reading(office.engine) as session:
        assert session.exec(select(CalendarDay)).all() == []
