"""通讯录 gives a person another address: the same person, or a namesake, but never a guess."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from flows.database import reading
from flows.ledger.rows import DirectoryRow, Ledger, LedgerRow
from models import Official, Post, Task
from models.organisation import PostKind
from tests.flows.ledger.conftest import apply_to, refusals

BUREAU, SCHOOL = "区教育局", "小学"
HEAD = DirectoryRow(
    unit=BUREAU, name="何局", email="old@example.cn", post=PostKind.UNIT_HEAD, row=2
)
LEADER = replace(HEAD, post=PostKind.SUPERVISING_LEADER, row=3)
CORRECTED = replace(HEAD, email="new@example.cn")
ROW = LedgerRow(
    number="1",
    title="问题",
    unit=BUREAU,
    due_on=date(2022, 12, 31),
    handler="赵六",
    handler_email="zhao@example.cn",
    row=2,
)
IN_TWO_WAYS = (
    "是同一人的，请在通讯录里照原职务写，并把他各行的邮箱都改成新的，或在“人员”页面更正；"
    "是另一人的，请在通讯录里把两人各写一行"
)


def directory(*rows: DirectoryRow) -> Ledger:
    return Ledger(directory=rows)


def addresses(engine: Engine) -> list[tuple[str, str | None]]:
    with reading(engine) as session:
        return list(
            session.exec(
                select(Official.name, Official.email)
                .where(col(Official.name).in_(["何局", "赵六", "李四"]))
                .order_by(col(Official.email))
            )
        )


def test_the_same_unit_name_and_post_at_another_address_corrects_it(engine: Engine) -> None:
    apply_to(engine, directory(HEAD, LEADER))

    applied = apply_to(engine, directory(CORRECTED, replace(LEADER, email="new@example.cn")))

    assert addresses(engine) == [("何局", "new@example.cn")]
    assert (applied.officials, applied.posts) == (1, 0)
    [entry] = applied.directory
    assert (entry.fact, entry.before, entry.after) == ("email", "old@example.cn", "new@example.cn")
    assert apply_to(engine, directory(CORRECTED)).directory == ()


def test_whoever_has_no_post_is_corrected_by_a_row_without_one(engine: Engine) -> None:
    row = DirectoryRow(unit=BUREAU, name="赵六", email="old@example.cn")
    apply_to(engine, directory(row))

    apply_to(engine, directory(replace(row, email="new@example.cn")))

    assert addresses(engine) == [("赵六", "new@example.cn")]


def test_a_post_in_another_unit_is_corrected_whichever_row_comes_first(engine: Engine) -> None:
    there = replace(LEADER, unit=SCHOOL)
    apply_to(engine, directory(HEAD, there))

    apply_to(
        engine,
        directory(
            DirectoryRow(unit=SCHOOL, name="何局", email="new@example.cn"),
            CORRECTED,
            replace(there, email="new@example.cn"),
        ),
    )

    assert addresses(engine) == [("何局", "new@example.cn")]


@pytest.mark.parametrize("first", [BUREAU, SCHOOL])
def test_an_address_is_given_to_who_had_none_whichever_row_comes_first(
    engine: Engine, first: str
) -> None:
    apply_to(engine, directory(replace(HEAD, email="")))
    rows = {BUREAU: HEAD, SCHOOL: replace(HEAD, unit=SCHOOL)}
    other = SCHOOL if first == BUREAU else BUREAU

    apply_to(engine, directory(rows[first], rows[other]))

    assert addresses(engine) == [("何局", "old@example.cn")]


@pytest.mark.parametrize("first", [PostKind.UNIT_HEAD, PostKind.HANDLER])
def test_of_two_namesakes_the_one_with_the_post_is_given_the_address(
    engine: Engine, first: PostKind
) -> None:
    apply_to(engine, directory(replace(HEAD, email="")))
    handler = replace(HEAD, email="b@example.cn", post=PostKind.HANDLER)
    rows = (HEAD, handler) if first == PostKind.UNIT_HEAD else (handler, HEAD)

    apply_to(engine, directory(*rows))

    with reading(engine) as session:
        held = session.exec(select(Official.email, Post.kind).join(Post)).all()
    assert {*held} == {(HEAD.email, HEAD.post), (handler.email, handler.post)}


def test_dates_of_an_absence_do_not_hide_the_post(engine: Engine) -> None:
    deputy = DirectoryRow(unit=BUREAU, name="李四", email="li@example.cn")
    away = {"deputy": "李四", "from_on": date(2022, 7, 1), "until_on": date(2022, 7, 20)}
    apply_to(engine, directory(replace(HEAD, until_on=date(2022, 6, 30)), deputy))

    apply_to(engine, directory(replace(CORRECTED, **away)))

    assert addresses(engine) == [("李四", "li@example.cn"), ("何局", "new@example.cn")]


@pytest.mark.usefixtures("cast")
def test_the_former_address_beside_a_matter_still_means_the_person(engine: Engine) -> None:
    zhao = DirectoryRow(unit=BUREAU, name="赵六", email="zhao@example.cn", post=PostKind.HANDLER)
    apply_to(engine, Ledger(rows=(ROW,), directory=(zhao,)))

    applied = apply_to(
        engine, Ledger(rows=(ROW,), directory=(replace(zhao, email="new@example.cn"),))
    )

    assert addresses(engine) == [("赵六", "new@example.cn")]
    assert (applied.unchanged, applied.changes) == (1, ())
    for rows in (ROW, replace(ROW, number="2")):  # and in a file that comes later
        apply_to(engine, Ledger(rows=(rows,)))
    assert addresses(engine) == [("赵六", "new@example.cn")]


def test_a_sheet_with_the_former_address_does_not_bring_it_back(engine: Engine) -> None:
    apply_to(engine, directory(HEAD, LEADER))
    apply_to(engine, directory(CORRECTED))

    assert refusals(engine, directory(HEAD, replace(LEADER, email="new@example.cn"))) == [
        (
            "通讯录 第2行 邮箱：“old@example.cn”是 何局 new@example.cn 单位负责人、分管领导 "
            "以前的邮箱；请改成现在的，确要改回的，请在“人员”页面更正"
        )
    ]


def test_nor_does_it_make_him_of_whoever_has_that_address_now(engine: Engine) -> None:
    apply_to(engine, directory(HEAD))
    apply_to(engine, directory(CORRECTED))
    successor = replace(HEAD, name="李四")
    apply_to(engine, directory(successor))

    [said] = refusals(engine, directory(HEAD))

    assert "“old@example.cn”是 何局 new@example.cn 单位负责人 以前的邮箱" in said
    assert addresses(engine) == [("何局", "new@example.cn"), ("李四", "old@example.cn")]


def test_an_address_that_one_sheet_gives_to_somebody_else_takes_no_matter_with_it(
    engine: Engine,
) -> None:
    apply_to(engine, directory(HEAD))

    [said] = refusals(engine, directory(CORRECTED, replace(HEAD, name="李四", row=3)))

    assert said.startswith("通讯录 第2行 邮箱：“new@example.cn”没有登记，而本单位已有同名的 何局")
    assert addresses(engine) == [("何局", "old@example.cn")]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((replace(CORRECTED, post=None),), 2),
        ((replace(CORRECTED, post=PostKind.HANDLER),), 2),
        ((CORRECTED, LEADER), 2),
        ((CORRECTED, replace(HEAD, email="third@example.cn", row=3)), 2),
    ],
    ids=["no post", "another post", "half of the rows", "two addresses"],
)
def test_what_may_be_either_is_told_and_nothing_changes(
    engine: Engine, rows: tuple[DirectoryRow, ...], told: int
) -> None:
    apply_to(engine, directory(HEAD, LEADER))

    by_name = DirectoryRow(unit=BUREAU, name="何局", row=9)
    said = refusals(engine, directory(*rows, by_name))

    assert said[0] == (
        f"通讯录 第{told}行 邮箱：“new@example.cn”没有登记，而本单位已有同名的 何局 old@example.cn "
        f"单位负责人、分管领导；{IN_TWO_WAYS}"
    )
    assert addresses(engine) == [("何局", "old@example.cn")]
    assert not [one for one in said if "同名，请用邮箱" in one]


def test_a_namesake_is_another_person_where_each_has_a_row(engine: Engine) -> None:
    handler = replace(HEAD, email="b@example.cn", post=PostKind.HANDLER)
    apply_to(engine, directory(HEAD))

    apply_to(engine, directory(HEAD, handler))
    apply_to(engine, directory(HEAD, handler, replace(HEAD, email="c@example.cn")))

    assert [email for _, email in addresses(engine)] == [
        "b@example.cn",
        "c@example.cn",
        "old@example.cn",
    ]


def test_of_two_namesakes_the_one_with_the_post_is_meant(engine: Engine) -> None:
    handler = replace(HEAD, email="b@example.cn", post=PostKind.HANDLER)
    apply_to(engine, directory(HEAD, handler))

    apply_to(engine, directory(CORRECTED, handler))

    assert [email for _, email in addresses(engine)] == ["b@example.cn", "new@example.cn"]
    with reading(engine) as session:
        assert len(session.exec(select(Post)).all()) == 2


@pytest.mark.usefixtures("cast")
def test_the_former_address_beside_another_name_means_somebody_else(engine: Engine) -> None:
    zhao = DirectoryRow(unit=BUREAU, name="赵六", email="zhao@example.cn", post=PostKind.HANDLER)
    apply_to(engine, Ledger(rows=(ROW,), directory=(zhao,)))
    corrected, other = replace(zhao, email="new@example.cn"), replace(ROW, number="2")

    apply_to(engine, Ledger(rows=(replace(other, handler="李四"),), directory=(corrected,)))

    had = [("赵六", "new@example.cn"), ("李四", "zhao@example.cn")]
    assert addresses(engine) == had
    [said] = refusals(engine, Ledger(rows=(ROW,)))
    assert "责任人邮箱：“zhao@example.cn”是 赵六 new@example.cn 以前的邮箱" in said
    assert addresses(engine) == had


@pytest.mark.usefixtures("cast")
def test_a_row_of_the_ledger_makes_no_second_person_of_a_name(engine: Engine) -> None:
    apply_to(engine, Ledger(rows=(ROW,), directory=(DirectoryRow(unit=BUREAU),)))
    other = replace(ROW, handler_email="new@example.cn")

    for row in (other, replace(other, number="2")):
        assert refusals(engine, Ledger(rows=(row,))) == [
            (
                "台账 第2行 责任人邮箱：“new@example.cn”没有登记，而本单位已有同名的 赵六 "
                f"zhao@example.cn；{IN_TWO_WAYS}"
            )
        ]
    assert addresses(engine) == [("赵六", "zhao@example.cn")]


@pytest.mark.usefixtures("cast")
def test_nor_where_the_directory_of_the_same_file_has_him_once(engine: Engine) -> None:
    him = DirectoryRow(unit=BUREAU, name="赵六", email="typed@example.cn")

    [said] = refusals(engine, Ledger(rows=(ROW,), directory=(him,)))

    assert said.startswith("台账 第2行 责任人邮箱：“zhao@example.cn”没有登记")


@pytest.mark.usefixtures("cast")
def test_one_file_may_bring_two_of_a_name_that_nobody_had(engine: Engine) -> None:
    second = replace(ROW, number="2", handler_email="other@example.cn", row=3)

    apply_to(engine, Ledger(rows=(ROW, second), directory=(DirectoryRow(unit=BUREAU),)))

    with reading(engine) as session:
        assert len({*session.exec(select(Task.handler_id))}) == 2
