"""What the history says is turned into points by the rules, and each point opens to its row."""

from datetime import date, time
from decimal import Decimal
from functools import partial

import pytest

from flows.database import transaction
from flows.papers.bulletins import bulletin_facts, issue
from flows.replies import acknowledge, answer
from flows.signoff.reassigning import reassign
from flows.working_days import load_calendar
from models import ScoreScheme, Unit
from models.bulletin import BulletinKind
from models.decision import Verdict
from models.ladder import RuleError
from models.score_file import parse_scores
from tests.conftest import instant
from tests.flows.duties.files import duty
from tests.flows.duties.files import load as load_duty
from tests.flows.measures.files import load as load_series
from tests.flows.measures.files import say
from tests.flows.scores.files import HEAD, RED, counted, load, rule
from tests.flows.scores.files import said as told
from tests.kept import add, extend, play, reply, rows
from tests.look_backs import ALL_MET, another_reviewer, check, put_down, sign_off
from tests.played import wound
from tests.records import kept, said, with_kinds
from tests.responsibility import act
from tests.sign_offs import gather_bench

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def d(month: int, day: int) -> date:
    return date(2022, month, day)


def test_a_warning_that_nobody_answers_loses_points_at_every_step(office, cast):
    """Also a restricted one, of which number, colour and dates are kept, and in no unit's sum."""
    cast.task("甲-1", d(7, 1))
    cast.task("密-1", d(7, 1), restricted=True, title="某人的线索")
    late = (rule("unacknowledged", "-0.5"), rule("unanswered", "-1", colours='["blue"]'))
    load(office, RED, *late, rule("overdue", "-1"))
    wound(office, d(7, 1), d(7, 31))

    found = counted(office)

    each = [
        ("red", "07-13", "-2"),
        ("unacknowledged", "07-05", "-0.5"),
        ("unacknowledged", "07-09", "-0.5"),
        ("unacknowledged", "07-15", "-0.5"),
        ("unanswered", "07-07", "-1"),
        ("overdue", "07-02", "-1"),
    ]
    for number in ("甲-1", "密-1"):
        mine = [(name, on, n) for name, on, task, n in told(found) if task == number]
        assert mine == each
    assert found.points("区教育局") == Decimal("94.5")
    assert {line.title for line in found.lines if line.restricted} == {""}
    assert found.units == ["区教育局"]
    assert counted(office) == found, "the same rows give the same points"


@on_sqlite
def test_whoever_answers_in_time_loses_nothing(office, cast):
    cast.task("甲-1", d(7, 1))
    load(office, rule("unacknowledged", "-1"), rule("unanswered", "-1"))
    play(office, d(7, 2))
    reply(office, acknowledge, cast.alice, "甲-1", on=d(7, 4))  # 2 July is a Saturday
    reply(office, answer, cast.alice, "甲-1", on=d(7, 6))
    assert told(counted(office, last=d(7, 8))) == []


@on_sqlite
def test_what_happened_stays_with_whoever_had_the_matter_then(office, cast):
    cast.task("甲-1", d(7, 1))
    load(office, rule("overdue", "-1"), rule("unacknowledged", "-1"))
    play(office, d(7, 2))
    add(office, Unit(name="区卫健局"))
    [other] = rows(office, Unit, Unit.name == "区卫健局")

    def pass_on(session, task, actor, calendar):
        said = {"unit_id": other.id, "handler_id": cast.bob, "reason": "职责调整"}
        reassign(session, task, actor, calendar=calendar, **said)

    act(office, "甲-1", cast.olga, d(7, 4), pass_on)

    found = counted(office)

    assert [(one.rule, one.unit) for one in found.lines] == [
        ("overdue", "区教育局"),
        ("unacknowledged", "区卫健局"),
    ]


@on_sqlite
def test_a_deadline_that_was_moved_in_time_is_not_missed(office, cast):
    cast.task("甲-1", d(7, 1))
    cast.task("甲-2", d(7, 1))
    cast.task("甲-3", d(7, 2))  # a Saturday: it counts on Monday
    load(office, rule("overdue", "-1"))
    extend(office, "甲-1", d(7, 8), on=d(6, 30))
    extend(office, "甲-2", d(8, 15), on=d(7, 5))
    assert [(one[1], one[2]) for one in told(counted(office))] == [
        ("07-02", "甲-2"),
        ("07-05", "甲-3"),
        ("07-09", "甲-1"),
    ]


@on_sqlite
def test_a_rule_may_count_from_the_second_time_and_no_more_than_so_much(office, cast):
    for n, due in enumerate((d(5, 30), d(7, 1), d(7, 1), d(7, 1)), 1):
        cast.task(f"甲-{n}", due)
    again = rule("overdue", "-1", from_nth="2", name='"again"')
    load(office, again, rule("overdue", "-2", most="5"))
    extend(office, "甲-1", d(7, 1), on=d(6, 6))

    found = counted(office)

    assert told(found) == [
        ("again", "07-02", "甲-1", "-1"),
        ("overdue", "07-02", "甲-1", "-2"),
        ("overdue", "07-02", "甲-2", "-2"),
        ("overdue", "07-02", "甲-3", "-1"),
        ("overdue", "07-02", "甲-4", "0"),
    ]
    assert [one.capped for one in found.lines] == [False, False, False, True, True]
    assert found.points("区教育局") == 94


def test_sign_offs_returns_and_what_comes_back(office, cast):
    bench = gather_bench(office, cast)
    signed = (rule("signed_off_in_time", "1"), rule("signed_off_late", "-1"))
    load(office, *signed, rule("returned", "-0.5"), rule("reopened", "-5"), on=d(1, 3))
    bench.task("甲-1", d(1, 11))
    bench.task("甲-2", d(1, 7))
    bench.apply("甲-1", d(1, 6))
    back = {"reason": "材料不全", "requirement": "补充材料"}
    bench.decide("甲-1", cast.dora, Verdict.RETURN, d(1, 7), **back)
    for number in ("甲-1", "甲-2"):
        sign_off(bench, number, d(1, 10), open_it=False)
    ruth = another_reviewer(bench)
    put_down(bench, "甲-1", d(1, 20))
    missed = ALL_MET | {1: (False, "又停工")}
    check(bench, "甲-1", ruth, Verdict.RECURRED, d(1, 21), reason="又停工", points=missed)

    assert told(counted(office, d(1, 1), d(1, 31))) == [
        ("signed_off_in_time", "01-10", "甲-1", "1"),
        ("signed_off_late", "01-10", "甲-2", "-1"),
        ("returned", "01-07", "甲-1", "-0.5"),
        ("reopened", "01-21", "甲-1", "-5"),
    ]


@on_sqlite
def test_duties_codes_records_and_bulletins(office, cast):
    load_duty(office, duty(), d(6, 1))
    load_series(office)
    with_kinds(office)
    kinds = rule("recorded", "-1", kinds='["interview"]')
    code = rule("code", "-1", colours='["red"]', series='["growth"]')
    bulletin = rule("bulletin", "-1", colours='["red"]')
    load(office, rule("duty_missed", "-1", duties='["summary"]'), code, kinds, bulletin)
    cast.task("甲-1", d(6, 1))
    wound(office, d(6, 29), d(7, 14))
    say(office, "2022-05", "7", on=d(6, 8))
    say(office, "2022-06", "-3", on=d(7, 8))
    kept(office, said("interview", "区教育局|局长"))
    kept(office, said("interview", "某单位|局长"))  # it is not in the directory
    kept(office, said("visit", "区教育局"))
    _bulletin(office, d(7, 14))

    found = counted(office)

    assert [(one.rule, f"{one.on:%m-%d}", one.detail) for one in found.lines] == [
        ("duty_missed", "07-08", ""),
        ("code", "07-08", "red"),
        ("recorded", "07-14", "约谈"),
        ("bulletin", "07-14", "1"),
    ]
    assert {one.unit for one in found.lines} == {"区教育局"}
    say(office, "2022-06", "6", on=d(7, 20), reason="漏计")
    assert "code" not in {one.rule for one in counted(office).lines}, "it was corrected in time"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("points", rule("overdue", "0")),
        ("colours", rule("warned", "-1")),
        ("colours", rule("overdue", "-1", colours='["red"]')),
        ("kinds", rule("recorded", "1")),
        ("from_nth", rule("bulletin", "-1", from_nth="2")),
        ("most", rule("overdue", "-1", most="-2")),
        ("event", rule("smiled", "1")),
        ("rule", rule("overdue", "-1") * 2),
    ],
)
def test_a_scheme_that_cannot_be_used_says_where(key, text):
    with pytest.raises(RuleError) as refused:
        parse_scores(HEAD + text, file="scores.toml")
    assert key in refused.value.chinese
    assert refused.value.chinese.startswith("scores.toml")


@on_sqlite
def test_a_scheme_names_only_what_is_loaded_and_keeps_its_versions(office, cast):
    with pytest.raises(RuleError, match="'nothing' is not loaded"):
        load(office, rule("duty_missed", "-1", duties='["nothing"]'))
    load(office, RED)
    load(office, RED)
    load(office, RED, rule("overdue", "-1"))
    assert [one.version for one in rows(office, ScoreScheme)] == [1, 2]


def _bulletin(office, on: date) -> None:
    now = instant(on, time(17))
    with transaction(office.engine, now) as session:
        facts = partial(bulletin_facts, session, calendar=load_calendar(session))
        issue(session, BulletinKind.BULLETIN, first=None, last=on, today=on, now=now, said=facts)
