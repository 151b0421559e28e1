"""Units and people in the database: one winner of two, the history of whoever changes them, and
what an import may do to what is out of use."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from flows import history
from flows.audit import contradictions
from flows.database import reading, transaction
from flows.establishment.absences import enter_absence
from flows.establishment.holding import AtField, hold, require_version
from flows.establishment.officials import Said, correct_official, retire, take_back
from flows.establishment.posts import bound_post, give_post
from flows.establishment.units import add_unit, close_unit, rename_unit
from flows.ledger.apply import apply_ledger
from flows.ledger.problems import LedgerRefused
from flows.ledger.rows import DirectoryRow, Ledger, LedgerRow
from flows.office_changes import ChangedSince, changes_of, names_then
from flows.recipients import Directory
from flows.signoff.actor import Actor
from flows.signoff.office_acts import NotTheOffice
from flows.working_days import DaySaid, set_days
from models import OfficeChange, Official, Post, Task, Unit
from models.office_change import Subject
from models.organisation import PostKind
from models.proof import Assurance
from models.refusal import Refusal
from models.workdays import Calendar
from tests.conftest import instant
from tests.kept import add, edit, rows

DAY = date(2022, 7, 14)
NOON = instant(DAY, time(12))
DUE = date(2022, 9, 1)


def actor(cast, name="olga"):
    return Actor(cast.people[name], name, Assurance.SESSION, DAY, NOON)


def at_once(office, *acts):
    """Begun at the same moment, each in its own transaction: what they came to."""
    barrier = Barrier(len(acts))

    def run(act):
        barrier.wait()
        try:
            with transaction(office.engine, NOON) as session:
                act(session)
        except Refusal as refused:
            return type(refused)
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def take_in(office, *directory, matters=()):
    with transaction(office.engine, NOON) as session:
        ledger = Ledger(rows=tuple(matters), directory=tuple(directory))
        return apply_ledger(session, ledger, today=DAY, now=NOON, calendar=Calendar())


def refusals(office, *directory, matters=()):
    with pytest.raises(LedgerRefused) as refused:
        take_in(office, *directory, matters=matters)
    return [problem.message() for problem in refused.value.problems]


def matter(**facts):
    said = {"number": "甲-1", "title": "问题", "unit": "区教育局", "due_on": DUE, "row": 2}
    return LedgerRow(**said | facts)


def test_of_two_administrators_who_rename_at_once_one_does(office, cast):
    def to(name):
        def act(session):
            hold(session, actor(cast))
            unit = session.get_one(Unit, cast.unit)
            require_version(session, unit, "0")
            rename_unit(session, actor(cast), unit, name)

        return act

    found = at_once(office, to("区教体局"), to("区教科局"))

    assert sorted(found, key=str) == [ChangedSince, None]
    [change] = rows(office, OfficeChange)
    assert rows(office, Unit)[-1].name in change.after


def test_of_two_who_add_the_same_unit_at_once_one_does(office, cast):
    def act(session):
        hold(session, actor(cast))
        add_unit(session, actor(cast), name="区水利局", parent_id=None)

    assert sorted(at_once(office, act, act), key=str) == [AtField, None]
    assert [unit.name for unit in rows(office, Unit)].count("区水利局") == 1


def test_a_hand_over_and_a_new_post_at_once_are_one_after_the_other(office, cast):
    """What was seen before the other one was committed is not acted upon."""

    def give(session):
        hold(session, actor(cast))
        official = session.get_one(Official, cast.mallory)
        require_version(session, official, "0")
        said = {"unit_id": cast.unit, "from_on": None, "until_on": None}
        give_post(session, actor(cast), official, kind=PostKind.HANDLER, **said)

    assert sorted(at_once(office, give, give), key=str) == [ChangedSince, None]
    assert len(rows(office, Post, col(Post.official_id) == cast.mallory)) == 1


@pytest.mark.parametrize("who", ["alice", "dora", "hugo"])
def test_nobody_but_the_office_holds_the_directory(office, cast, who):
    with pytest.raises(NotTheOffice), transaction(office.engine, NOON) as session:
        hold(session, actor(cast, who))


def test_an_import_leaves_the_same_history_as_the_desk(office, cast):
    take_in(
        office,
        DirectoryRow(unit="区水利局", parent="定海区委", row=2),
        DirectoryRow(unit="区教育局", name="alicia", email="alice@dinghai.example", row=3),
        DirectoryRow(unit="区教育局", name="dora", post=PostKind.UNIT_HEAD, until_on=DUE, row=4),
        DirectoryRow(unit="区教育局", name="dora", deputy="bob", from_on=DAY, row=5),
    )

    with reading(office.engine) as session:
        assert list(history.faults(session)) == []
        units = changes_of(session, Subject.UNIT)
        alice = changes_of(session, Subject.OFFICIAL, str(cast.alice))
        dora = changes_of(session, Subject.OFFICIAL, str(cast.dora))
    assert [(one.change.fact, one.after) for one in units] == [
        ("added", {"name": "区水利局", "parent": "定海区委"})
    ]
    assert [(one.change.fact, one.before, one.after, one.by) for one in alice] == [
        ("name", "alice", "alicia", "台账导入")
    ]
    post = {"kind": "unit_head", "unit": "区教育局", "from": None, "until": None}
    assert [(one.change.fact, one.before, one.after) for one in dora] == [
        ("absence", None, {"deputy": "bob", "from": "2022-07-14", "until": None}),
        ("post", post, post | {"until": "2022-09-01"}),
    ]
    before = rows(office, OfficeChange)
    take_in(office, DirectoryRow(unit="区水利局", parent="定海区委", row=2))
    assert rows(office, OfficeChange) == before, "nothing changed"


@pytest.mark.parametrize(
    ("forgery", "said"),
    [
        (
            "UPDATE post SET until_on = NULL WHERE official_id = :li",
            "wei: post is handler of 区水利局, the",
        ),
        ("DELETE FROM post WHERE official_id = :li", "wei：职务为 空，而变动记录为 区水利局责任人"),
        (
            "INSERT INTO post (official_id, unit_id, kind) VALUES (:li, 1, 'administrator')",
            "wei: post is administrator of",
        ),
        ("UPDATE absence SET until_on = '2099-01-01'", "wei: absence is olga stands in"),
        ("DELETE FROM absence", "absence is empty, the history of changes says olga stands in"),
    ],
    ids=["prolonged", "gone", "another", "absence", "no absence"],
)
def test_a_post_or_an_absence_that_was_changed_past_the_desk_is_found(office, cast, forgery, said):
    """By whatever name the unit and the person had when it was recorded."""
    take_in(office, DirectoryRow(unit="水利站", name="li", post=PostKind.HANDLER, row=2))
    with transaction(office.engine, NOON) as session:
        li = session.exec(select(Official).where(Official.name == "li")).one()
        enter_absence(
            session,
            actor(cast),
            li,
            deputy_id=cast.olga,
            from_on=DAY,
            until_on=DAY + timedelta(days=3),
        )
        unit = session.exec(select(Unit).where(Unit.name == "水利站")).one()
        rename_unit(session, actor(cast), unit, "区水利局")
        renamed = Said(name="wei", unit_id=unit.id, email="", language="")
        correct_official(session, actor(cast), li, renamed)
        [post] = session.exec(select(Post).where(Post.official_id == li.id))
        bound_post(session, actor(cast), li, post, until_on=DAY + timedelta(days=30))
        key = li.id
    with reading(office.engine) as session:
        assert list(contradictions(session)) == []

    with office.engine.begin() as connection:
        given = {"li": key} if ":li" in forgery else {}
        connection.execute(text(forgery), given)

    with reading(office.engine) as session:
        [(chinese, english)] = contradictions(session)
    assert said in english + chinese


@pytest.mark.parametrize(
    ("forgery", "said"),
    [
        ("UPDATE official SET email = 'x@y.cn' WHERE name = 'li'", "li: address is x@y.cn, the"),
        ("UPDATE unit SET name = '乌有局' WHERE name = '区水利局'", "乌有局: name is 乌有局, the"),
        ("UPDATE official SET left_on = '2022-07-01' WHERE name = 'li'", "is 1 July 2022, the"),
        ("UPDATE calendar_day SET why = '改'", "2022-07-15: arrangement is a day off · 改, the"),
        ("DELETE FROM calendar_day", "arrangement is empty, the history of changes says a day"),
    ],
    ids=["address", "name", "left", "why", "a day"],
)
def test_what_was_changed_past_the_desk_is_found(office, cast, forgery, said):
    take_in(office, DirectoryRow(unit="区水利局", name="li", email="li@dinghai.example", row=2))
    with transaction(office.engine, NOON) as session:
        set_days(session, actor(cast), [DaySaid(date(2022, 7, 15), False, "台风")])
        li = session.exec(select(Official).where(Official.name == "li")).one()
        retire(session, actor(cast), li, "")
        take_back(session, actor(cast), li, "")
    with reading(office.engine) as session:
        assert list(contradictions(session)) == []

    with office.engine.begin() as connection:
        connection.execute(text(forgery))

    with reading(office.engine) as session:
        [(chinese, english)] = contradictions(session)
    assert said in english
    assert "变动记录为" in chinese


def test_a_name_is_known_for_any_instant(office, cast):
    for n, name in enumerate(("区教体局", "区教科局")):
        later = Actor(cast.olga, "olga", Assurance.SESSION, DAY, NOON + timedelta(days=n + 1))
        with transaction(office.engine, later.now) as session:
            rename_unit(session, later, session.get_one(Unit, cast.unit), name)

    with reading(office.engine) as session:
        called = [
            names_then(session, Subject.UNIT, NOON + timedelta(days=n)).get(cast.unit)
            for n in range(3)
        ]
    assert called == ["区教育局", "区教体局", None]


@pytest.fixture
def out_of_use(office, cast):
    """Mallory has left, and a unit is closed; one closed matter is still theirs."""
    add(office, Unit(name="旧局"))
    old = rows(office, Unit)[-1]
    cast.task("旧-1", DUE, unit_id=old.id, handler_id=cast.mallory, state="withdrawn")
    with transaction(office.engine, NOON) as session:
        retire(session, actor(cast), session.get_one(Official, cast.mallory), "退休")
        close_unit(session, actor(cast), session.get_one(Unit, old.id), "撤并")


@pytest.mark.usefixtures("out_of_use")
@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            matter(handler="mallory"),
            "台账 第2行 责任人：“mallory”已于 2022-07-14 停用；",
        ),
        (
            matter(handler="alice", supervising_leader="mallory"),
            "台账 第2行 分管领导：“mallory”已于 2022-07-14 停用；",
        ),
        (
            matter(unit="旧局", handler_email="alice@dinghai.example", handler="alice"),
            "台账 第2行 责任单位：“旧局”已于 2022-07-14 撤销；",
        ),
        (
            DirectoryRow(unit="区教育局", name="mallory", post=PostKind.HANDLER, row=3),
            "通讯录 第3行 姓名：“mallory”已于 2022-07-14 停用；",
        ),
        (
            DirectoryRow(unit="旧局", name="alice", post=PostKind.HANDLER, row=3),
            "通讯录 第3行 单位：“旧局”已于 2022-07-14 撤销；",
        ),
    ],
    ids=["handler", "leader", "unit", "post", "post in a unit"],
)
def test_an_import_gives_nothing_to_what_is_out_of_use(office, cast, row, said):
    matters, directory = ((row,), ()) if isinstance(row, LedgerRow) else ((), (row,))

    [problem] = refusals(office, *directory, matters=matters)

    assert problem.startswith(said)


@pytest.mark.usefixtures("out_of_use")
def test_what_a_closed_matter_has_it_keeps(office, cast):
    """As an export says it."""
    told = {"handler": "mallory", "handler_email": "mallory@dinghai.example"}
    applied = take_in(
        office,
        DirectoryRow(unit="旧局", row=2),
        DirectoryRow(unit="区教育局", name="mallory", email="mallory@dinghai.example", row=3),
        matters=[matter(number="旧-1", title="旧-1 的问题", unit="旧局", **told)],
    )

    assert (applied.unchanged, applied.changes, applied.directory) == (1, (), ())


def test_a_namesake_in_service_is_meant(office, cast):
    add(office, Official(name="mallory", unit_id=cast.unit, email="m2@dinghai.example"))
    with transaction(office.engine, NOON) as session:
        retire(session, actor(cast), session.get_one(Official, cast.mallory), "退休")

    take_in(office, matters=[matter(handler="mallory")])

    [task] = rows(office, Task)
    assert task.handler_id == rows(office, Official)[-1].id


def test_whoever_is_out_of_service_is_climbed_past_from_that_day_on(office, cast):
    task = cast.task("甲-1", DUE)
    edit(office, Official, cast.alice, left_on=DAY)

    with reading(office.engine) as session:
        told = [
            [one.official_id for one in Directory.load(session, on).resolve(task, PostKind.HANDLER)]
            for on in (DAY - timedelta(days=1), DAY)
        ]
    assert told == [[cast.alice], [cast.carol]]
