"""通讯录: units, people, posts and absences, in any order, as often as it is imported."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from flows.database import reading, transaction
from flows.establishment.holding import NoKeeper
from flows.ledger.rows import DirectoryRow, Ledger
from models import Absence, Official, Post, Unit
from models.organisation import PostKind
from notifications.wording import post_word
from tests.conftest import instant
from tests.flows.ledger.conftest import apply_to, refusals, sentences

BUREAU = "区教育局"
JUNE, JULY = date(2022, 6, 30), date(2022, 7, 1)


def directory(*rows: DirectoryRow) -> Ledger:
    return Ledger(directory=rows)


def row(name: str = "", email: str = "", unit: str = BUREAU, **said: object) -> DirectoryRow:
    return DirectoryRow(unit=unit, name=name, email=email, **said)  # type: ignore[arg-type]  # any of its fields


FULL = directory(
    row(unit="小学", parent=BUREAU),
    row("张三", "zhang@example.cn", post=PostKind.UNIT_HEAD, until_on=JUNE),
    row("李四", post=PostKind.UNIT_HEAD, from_on=JULY, parent="区政府"),
    row("李四", deputy="王五", from_on=JULY, until_on=date(2022, 7, 20)),
    row("王五", "wang@example.cn", unit="小学"),
    row("张三", "zhang@example.cn", unit="小学", post=PostKind.SUPERVISING_LEADER),
)


def test_a_directory_is_entered_whatever_its_order(engine: Engine) -> None:
    applied = apply_to(engine, FULL)

    assert (applied.units, applied.officials, applied.posts, applied.absences) == (3, 3, 3, 1)
    with reading(engine) as session:
        units = {unit.id: unit for unit in session.exec(select(Unit))}
        parents = {u.name: units[u.parent_id].name for u in units.values() if u.parent_id}
        people = {o.name: o for o in session.exec(select(Official))}
        (absence,) = session.exec(select(Absence))
    assert parents == {"小学": BUREAU, BUREAU: "区政府"}
    assert units[people["张三"].unit_id].name == BUREAU
    assert (absence.official_id, absence.deputy_id) == (people["李四"].id, people["王五"].id)


def test_the_same_directory_twice_changes_nothing(engine: Engine) -> None:
    apply_to(engine, FULL)

    again = apply_to(engine, FULL)

    assert (again.units, again.officials, again.posts, again.absences) == (0, 0, 0, 0)


def test_a_new_name_at_a_known_address_renames(engine: Engine) -> None:
    apply_to(engine, FULL)

    assert apply_to(engine, directory(row("张三丰", "zhang@example.cn"))).officials == 1

    with reading(engine) as session:
        names = session.exec(select(Official.name)).all()
    assert sorted(names) == ["张三丰", "李四", "王五"]


def test_a_person_without_address_receives_the_one_that_comes(engine: Engine) -> None:
    apply_to(engine, FULL)

    apply_to(engine, directory(row("李四", "li@example.cn")))

    with reading(engine) as session:
        assert session.exec(select(Official.email).where(Official.name == "李四")).all() == [
            "li@example.cn"
        ]


def test_a_language_stays_until_another_is_written(engine: Engine) -> None:
    def spoken() -> str | None:
        with reading(engine) as session:
            return session.exec(select(Official.language)).one()

    apply_to(engine, directory(row("张三", "zhang@example.cn")))
    assert spoken() is None
    assert apply_to(engine, directory(row("张三", language="en"))).officials == 1
    assert apply_to(engine, directory(row("张三", post=PostKind.HANDLER))).officials == 0
    assert spoken() == "en"


@pytest.mark.parametrize(
    ("written", "read"),
    [("中文", "zh-CN"), ("zh-cn", "zh-CN"), ("English", "en"), ("EN", "en"), ("", "")],
)
def test_the_language_of_a_persons_mails_is_written_in_either(
    read_sheets: Callable[..., Ledger], written: str, read: str
) -> None:
    ledger = read_sheets({"通讯录": [["单位", "姓名", "语言"], ["甲", "张三", written]]})

    assert sentences(ledger) == []
    assert ledger.directory[0].language == read


def test_a_language_that_no_mail_has_is_refused(read_sheets: Callable[..., Ledger]) -> None:
    ledger = read_sheets({"通讯录": [["单位", "姓名", "语言"], ["甲", "张三", "方言"]]})

    assert sentences(ledger) == ["通讯录 第2行 语言：“方言”不是可用的语言，请写 中文 或 English"]


@pytest.mark.parametrize("kind", PostKind)
def test_a_post_is_read_by_the_word_that_mails_and_pages_use(
    read_sheets: Callable[..., Ledger], kind: PostKind
) -> None:
    ledger = read_sheets(
        {"通讯录": [["单位", "姓名", "职务类别"], ["甲", "张三", post_word(kind)]]}
    )

    assert ledger.directory[0].post is kind


def test_a_post_that_is_none_is_told_with_the_words_for_all(
    read_sheets: Callable[..., Ledger],
) -> None:
    ledger = read_sheets({"通讯录": [["单位", "姓名", "职务类别"], ["甲", "张三", "队长"]]})

    [said] = sentences(ledger)
    assert all(post_word(kind) in said for kind in PostKind)


def test_the_end_of_a_post_is_entered_into_the_post_that_is_known(engine: Engine) -> None:
    apply_to(engine, directory(row("张三", post=PostKind.UNIT_HEAD)))

    applied = apply_to(
        engine,
        directory(
            row("张三", post=PostKind.UNIT_HEAD, until_on=JUNE),
            row("李四", post=PostKind.UNIT_HEAD, from_on=JULY),
        ),
    )

    assert applied.posts == 2
    with reading(engine) as session:
        posts = session.exec(select(Post)).all()
    assert {(post.from_on, post.until_on) for post in posts} == {(None, JUNE), (JULY, None)}


def test_dates_beside_a_deputy_do_not_end_the_post(engine: Engine) -> None:
    apply_to(
        engine,
        directory(
            row("王五", "wang@example.cn"),
            row(
                "张三", post=PostKind.HANDLER, deputy="wang@example.cn", from_on=JUNE, until_on=JULY
            ),
        ),
    )

    with reading(engine) as session:
        (post,), (absence,) = session.exec(select(Post)), session.exec(select(Absence))
    assert (post.from_on, post.until_on) == (None, None)
    assert (absence.from_on, absence.until_on) == (JUNE, JULY)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            (row(unit="甲", parent="乙", row=2), row(unit="乙", parent="甲", row=3)),
            "通讯录 第2行 上级单位：“甲”成了自己的上级（甲 → 乙 → 甲），请改正上级单位",
        ),
        (
            (row(parent="甲", row=2), row(parent="乙", row=3)),
            "通讯录 第3行 上级单位：“乙”与第2行写的上级单位不同，请写成一致",
        ),
        (
            (row("张三", "a@example.cn", row=2), row("李四", "a@example.cn", row=3)),
            "通讯录 第3行 邮箱：“a@example.cn”这个邮箱已写给“张三”，一个邮箱只能属于一个人",
        ),
        (
            (
                row("张三", "a@example.cn"),
                row("张三", "b@example.cn"),
                row("张三", post=PostKind.HANDLER, row=4),
            ),
            "通讯录 第4行 姓名：“张三”有2人同名，请用邮箱写明是哪一位",
        ),
        (
            (row("张三", deputy="赵六", row=2),),
            "通讯录 第2行 代理人：找不到“赵六”（区教育局），请填写邮箱，或先在通讯录里登记",
        ),
        (
            (
                row("张三", "a@example.cn", language="en", row=2),
                row("张三", "a@example.cn", language="zh-CN", unit="小学", row=3),
            ),
            "通讯录 第3行 语言：“zh-CN”与同一人第2行的语言不同，请写成一致",
        ),
        ((row("张三", deputy="张三", row=2),), "通讯录 第2行 代理人：“张三”不能代理自己"),
        (
            (
                row("张三", post=PostKind.HANDLER, row=2),
                row("张三", post=PostKind.HANDLER, from_on=JULY, row=3),
            ),
            "通讯录 第3行 起：“张三”的同一职务与第2行时间重叠，请只留一行或改正起止",
        ),
        (
            (row("李四"), row("张三", deputy="李四", row=3), row("张三", deputy="李四", row=4)),
            "通讯录 第4行 起：“张三”的代理与第3行时间重叠，请只留一行或改正起止",
        ),
    ],
)
def test_a_directory_that_contradicts_itself_is_refused(
    engine: Engine, rows: tuple[DirectoryRow, ...], sentence: str
) -> None:
    assert refusals(engine, directory(*rows)) == [sentence]


def test_a_cycle_through_what_the_database_knows_is_found(engine: Engine) -> None:
    apply_to(engine, directory(row(unit="甲", parent="乙")))

    (sentence,) = refusals(engine, directory(row(unit="乙", parent="甲", row=2)))

    assert "成了自己的上级" in sentence


def test_an_import_does_not_end_the_last_post_of_the_office(engine: Engine) -> None:
    keeper = row("张三", "zhang@example.cn", post=PostKind.OFFICE)
    apply_to(engine, directory(keeper))

    with pytest.raises(NoKeeper):
        apply_to(engine, directory(replace(keeper, until_on=date(2022, 6, 1))))

    with reading(engine) as session:
        (post,) = session.exec(select(Post))
    assert post.until_on is None


def test_a_name_that_was_set_wide_is_the_same_name(read_sheets: Callable[..., Ledger]) -> None:
    ledger = read_sheets(
        {
            "台账": [
                ["问题编号", "反馈问题", "责任单位", "责任人", "分管领导", "整改时限"],
                ["1", "题 目", BUREAU, "李　四", "欧阳 修", "2022-12-31"],
                ["2", "题", BUREAU, "John Smith", "", "2022-12-31"],
            ],
            "通讯录": [["单位", "姓名", "代理人"], [BUREAU, "李  四", "王 五"]],
        }
    )

    assert [(r.title, r.handler, r.supervising_leader) for r in ledger.rows] == [
        ("题 目", "李四", "欧阳修"),
        ("题", "John Smith", ""),
    ]
    assert [(r.name, r.deputy) for r in ledger.directory] == [("李四", "王五")]


def test_whoever_is_kept_with_a_wide_name_is_found_by_it(engine: Engine) -> None:
    apply_to(engine, directory(row("李四", "li@example.cn")))
    with transaction(engine, instant(JULY)) as session:
        session.exec(select(Official).where(Official.name == "李四")).one().name = "李　四"

    apply_to(engine, directory(row("李四", post=PostKind.UNIT_HEAD)))

    with reading(engine) as session:
        assert session.exec(select(Official.name)).all() == ["李四"]


def test_two_who_stand_in_for_each_other_are_refused(engine: Engine) -> None:
    both = (row("李四", deputy="王五", row=2), row("王五", deputy="李四", row=3))

    assert refusals(engine, directory(*both)) == [
        f"通讯录 第{n}行 代理人：“{deputy}”在这段时间也由“{name}”代理，两人不能互为代理；"
        "只写不在岗的一人，或改成不重叠的起止"
        for n, name, deputy in ((2, "李四", "王五"), (3, "王五", "李四"))
    ]
    apply_to(engine, directory(replace(both[0], until_on=JUNE), replace(both[1], from_on=JULY)))


def test_what_is_kept_as_mutual_is_no_problem_of_its_own_export(engine: Engine) -> None:
    first, second = row("李四", deputy="王五", until_on=JUNE), row("王五", deputy="李四")
    apply_to(engine, directory(first, replace(second, from_on=JULY)))
    with transaction(engine, instant(JULY)) as session:
        session.exec(select(Absence).where(Absence.from_on == JULY)).one().from_on = None

    assert apply_to(engine, directory(first, second)).absences == 0


def test_a_deputy_without_dates_is_kept_and_told(engine: Engine) -> None:
    applied = apply_to(
        engine,
        directory(
            row("王五"), row("李四", deputy="王五", row=3), row("张三", deputy="王五", from_on=JULY)
        ),
    )

    assert [problem.message() for problem in applied.undated] == [
        (
            "通讯录 第3行 代理人：“李四”写了代理人“王五”而没有起止，按一直不在岗办理，"
            "给他的信都发给代理人；平时在岗的（如 AB 岗）请删去代理人，不在岗时再写代理人和起止"
        )
    ]
    assert applied.absences == 2
