"""上墙晾晒: units ranked by figures that anybody can count, frozen; nothing restricted is in it."""

from datetime import date, time

from flows.database import reading, transaction
from flows.find_task import find_task
from flows.papers.bulletins import issue, issued
from flows.papers.posting import posting_facts
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.signoff.reassigning import reassign
from flows.working_days import load_calendar
from models import Bulletin, Official, Unit
from models.bulletin import BulletinKind
from models.decision import Verdict
from models.warning import Colour
from notifications.papers.posting import PostingFacts, UnitRow, posting_paper, ranks
from notifications.papers.word import write_word
from tests.conftest import SHANGHAI, Cast, instant
from tests.kept import rows
from tests.papers import CHINESE, pictures_of, table_of, text_of
from tests.played import wound
from tests.sign_offs import Bench

FIRST, LAST = date(2022, 7, 1), date(2022, 7, 31)
NONE = dict.fromkeys((Colour.BLUE, Colour.YELLOW, Colour.ORANGE, Colour.RED), 0)


def publish(office, today: date = LAST) -> PostingFacts:
    now = instant(today, time(17))
    with transaction(office.engine, now) as session:
        calendar = load_calendar(session)
        kept = issue(
            session,
            BulletinKind.POSTING,
            first=FIRST,
            last=LAST,
            today=today,
            now=now,
            said=lambda one, other: posting_facts(session, one, other, calendar=calendar),
        )
    return PostingFacts.model_validate_json(kept.content)


def printed(office, language: str = "zh-CN") -> bytes:
    with reading(office.engine) as session:
        kept = issued(session, BulletinKind.POSTING, 1)
    facts = PostingFacts.model_validate_json(kept.content)
    as_of = kept.as_of.astimezone(SHANGHAI)
    return write_word(posting_paper(facts, 1, (kept.from_on, kept.to_on), as_of, language))


def another_unit(office) -> tuple[int, int]:
    with transaction(office.engine, instant(FIRST)) as session:
        unit = Unit(name="区财政局")
        session.add(unit)
        session.flush()
        session.add(erin := Official(name="erin", unit_id=unit.id, email="erin@x.example"))
        session.flush()
        return unit.id, erin.id


def district(bench: Bench) -> tuple[int, int]:
    """One unit with a warning, one without, a matter signed off, and one that is restricted."""
    unit, erin = another_unit(bench.office)
    bench.task("教-1", date(2022, 7, 28))
    bench.task("教-2", date(2022, 9, 1))
    bench.task("教-3", date(2022, 9, 1))
    bench.task("线-1", date(2022, 7, 1), restricted=True)
    bench.task("财-1", date(2022, 9, 1), unit_id=unit, handler_id=erin)
    bench.task("财-2", date(2022, 12, 1), opened_on=date(2022, 8, 1), unit_id=unit)
    bench.apply("教-3", date(2022, 7, 15))
    for who in bench.levels:
        bench.decide("教-3", who, Verdict.APPROVE, date(2022, 7, 15))
    wound(bench.office, date(2022, 7, 28), LAST)
    return unit, erin


def test_units_are_ranked_by_the_share_of_their_matters_without_a_warning(bench: Bench):
    district(bench)
    publish(bench.office)

    word = printed(bench.office)

    assert text_of(word).startswith("2022年7月督办晾晒\n第1期\n")
    assert table_of(word, 0) == [
        ["名次", "责任单位", "事项数", "本月销号", "按期率", "蓝色", "黄色", "红色"],
        ["1", "区财政局", "1", "0", "100.0%", "0", "0", "0"],
        ["2", "区教育局", "3", "1", "66.7%", "1", "0", "0"],
    ]


def test_a_month_that_is_over_is_posted_as_it_was_when_it_ended(bench: Bench):
    unit, erin = district(bench)
    with reading(bench.office.engine) as session:
        then = posting_facts(session, FIRST, LAST, calendar=load_calendar(session))

    later = date(2022, 8, 5)
    with transaction(bench.office.engine, instant(later)) as session:
        by = Unattended(COMMAND_LINE, later, instant(later))
        reassign(
            session,
            find_task(session, "教-1"),
            by,
            unit_id=unit,
            handler_id=erin,
            reason="职能划转",
            calendar=load_calendar(session),
        )
    bench.apply("教-2", later)
    for who in bench.levels:
        bench.decide("教-2", who, Verdict.APPROVE, later)
    wound(bench.office, later, date(2022, 8, 20))

    assert publish(bench.office, today=date(2022, 8, 20)) == then


def test_nothing_restricted_is_in_it(bench: Bench):
    district(bench)
    facts = publish(bench.office)

    [kept] = rows(bench.office, Bulletin)
    assert "线-1" not in kept.content
    assert sum(row.counts[Colour.RED] for row in facts.rows) == 0
    assert sum(row.handled for row in facts.rows) == 4


def test_equal_shares_have_one_rank_and_halves_are_rounded_up():
    facts = [(8, 0), (3, 0), (3, 1), (6, 2), (8, 3)]
    found = [
        UnitRow(unit=str(n), handled=handled, closed=0, counts=NONE | {Colour.RED: red})
        for n, (handled, red) in enumerate(facts)
    ]

    assert [row.in_time for row in found] == [1000, 1000, 667, 667, 625]
    assert ranks(found) == [1, 1, 3, 3, 5]
    assert UnitRow(unit="", handled=16, closed=0, counts=NONE | {Colour.RED: 15}).in_time == 63


def test_english_is_complete(bench: Bench):
    district(bench)
    publish(bench.office)

    said = text_of(printed(bench.office, "en"))
    for known in ("区教育局", "区财政局", "定海区委"):
        said = said.replace(known, "")

    assert CHINESE.findall(said) == []
    assert said.startswith("Matters by unit, July 2022\n")


def test_a_district_without_matters_says_so(office, cast: Cast):
    publish(office)

    assert "本月没有可晾晒的事项。" in text_of(printed(office))


def test_its_charts_are_drawn_from_what_was_frozen(bench: Bench):
    district(bench)
    publish(bench.office)
    facts = PostingFacts.model_validate_json(rows(bench.office, Bulletin)[0].content)

    [*_, last] = facts.over_time
    warned = {colour: sum(row.counts[colour] for row in facts.rows) for colour in NONE}
    assert last.on == LAST
    assert {colour: last.counts[colour] for colour in NONE} == warned
    assert pictures_of(printed(bench.office))[0] == "各单位：区教育局蓝1；1 个单位没有。"
