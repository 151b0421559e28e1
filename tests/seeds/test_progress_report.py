"""The progress report of the demo district against the public notice: the same figures, counted
from records or approved, and each of them follows its records and nothing else."""

import io
import re
import zipfile
from datetime import date, time

import pytest
from sqlmodel import col, select

from flows.database import reading, trial
from flows.papers.bulletins import issue, issued
from flows.papers.progress import begins, progress_facts
from flows.papers.progress_matters import matters_of
from flows.records.counting import count
from flows.records.entries import entries
from flows.records.figures import Reported, approve, report
from flows.records.keeping import correct
from flows.records.registers import registered
from flows.rulebook import form_of
from flows.signoff.actor import COMMAND_LINE, Unattended
from models import (
    DutyOccurrence,
    Figure,
    LineVerdict,
    ListMembership,
    Official,
    Proposal,
    ProposalLine,
    RecordKind,
    ReportForm,
    ReviewedLead,
    Task,
    Transfer,
)
from models.bulletin import BulletinKind
from models.proposal import LineResult
from models.record import Family
from models.report_form import Counted
from notifications.papers.page import write_page
from notifications.papers.progress import ProgressFacts, progress_paper
from notifications.papers.word import write_word
from seeds.district import LAST_NIGHT
from seeds.notice import figures
from tests.conftest import instant
from tests.papers import text_of

EVENING = instant(LAST_NIGHT, time(18))
OFFICE = Unattended(COMMAND_LINE, LAST_NIGHT, EVENING)
NOTICE = {one.id: one for one in figures() if one.value}
COUNTABLE = """
p.meetings p.instructions p.push_meetings a.party_discipline a.party_discipline.removal
a.party_discipline.serious_warning a.party_discipline.warning a.gov_sanction a.gov_sanction.warning
a.org_handling a.org_handling.written_review a.admonition a.education_reminder a.rules_established
a.money_returned 1.1.topic_meetings 1.1.instructions 1.1.briefings 1.1.site_supervision
1.1.resettlement_research 1.1.coordination_meetings 1.2.site_inspected_units
1.3.special_inspection_problems 2.1.standing_meetings 2.1.visited_units 2.2.warning_issues
2.2.leads_warned 2.2.leads_settled_after_warning 2.3.personnel_checked_units 2.3.prereview_approved
2.3.prereview_rejected_units 2.3.prereview_rejected 3.1.inspection_batches 3.1.inspected_units
3.1.leads_transferred 3.1.leads_reviewed 3.1.ticket_money 3.2.cases 4.1.demolished_restored
4.1.land_procedures 5.2.monitored_enterprises 7.1.hearing_units 7.1.interviews
7.1.office_checked_units 7.2.risk_checked_units 7.2.fund_cases 7.2.fund_people
7.3.eight_rules_cases 7.3.eight_rules_people 7.3.eight_rules_sanctioned 7.3.joint_cases
7.3.joint_people 7.4.micro_power_checks 7.4.patrolled_villages 7.4.patrol_problems
7.4.slush_communities 7.4.slush_party_cases 7.4.slush_first_form 7.4.slush_money
7.4.overtime_money 7.4.longtan_people
""".split()
PAIRED = {"1.2.weak_villages_paired", "5.3.weak_villages_paired"}  # counted of pairings
OF_ANOTHER_DAY = {"2.2.warning_issues"}  # 截至7月底, and this report says its own day
REGISTERED = ["3.1.leads_reviewed", "3.1.leads_transferred", "5.2.monitored_enterprises"]
COUNTED = [one for one in COUNTABLE if not one.startswith("2.2.")]
RECORDS = [one for one in COUNTED if one not in REGISTERED]
OF_LINES = [one for one in RECORDS if "prereview" in one]  # handed in and decided line by line


@pytest.fixture(scope="module")
def form(played):
    with reading(played.office.engine) as session:
        return form_of(session.get_one(ReportForm, "progress"))


def told(session, form) -> ProgressFacts:
    return progress_facts(session, form, begins(session, form), LAST_NIGHT)


@pytest.fixture(scope="module")
def facts(played, form) -> ProgressFacts:
    with reading(played.office.engine) as session:
        return told(session, form)


def happened(session):
    first = date(2022, 3, 1)
    return [*entries(session, first, LAST_NIGHT), *registered(session, first, LAST_NIGHT)]


def by_id(facts):
    return {figure.id: figure for figure in facts.figures}


def paper(facts, language="zh-CN"):
    desk = "http://sise.example/reports/1"
    return progress_paper(facts, 1, LAST_NIGHT, LAST_NIGHT, language, desk)


def test_every_figure_that_the_notice_prints_is_printed_as_there(facts):
    found = {figure.id: (figure.shown, figure.unit) for figure in facts.figures}

    assert found == {one.id: (one.value, one.unit) for one in NOTICE.values()}
    assert facts.missing == []


def test_what_can_be_counted_is_counted_from_records_and_the_rest_was_approved(facts):
    bases = {figure.id: figure.basis for figure in facts.figures}

    assert len(COUNTABLE) == 61
    assert {one for one, basis in bases.items() if basis == "counted"} == {*COUNTABLE, *PAIRED}
    for figure in facts.figures:
        assert figure.records, figure.id
        if figure.basis == "reported":
            assert figure.approved_by
            assert figure.approved_by != figure.reported_by


@pytest.mark.parametrize(
    "write", [lambda p: text_of(write_word(p)), lambda p: write_page(p).decode()]
)
def test_every_figure_stands_in_the_notices_own_words(facts, write):
    said = re.sub(r"<[^>]*>|\s", "", write(paper(facts)))

    for one in NOTICE.values():
        if one.id not in OF_ANOTHER_DAY:
            assert one.words.replace("1-2", one.value) in said.replace("1-2", one.value), one.id
    assert "截至2022年8月5日，已更新预警单3期" in said


def test_every_figure_leads_to_its_source_and_on_a_page_to_its_records(facts):
    page = write_page(paper(facts)).decode()
    with zipfile.ZipFile(io.BytesIO(write_word(paper(facts)))) as zipped:
        word = zipped.read("word/document.xml").decode()
    places = [f"f{n}" for n in range(1, len(NOTICE) + 1)]

    for led, there in (
        (re.findall(r'href="#(\w+)"', page), re.findall(r'<tr id="(\w+)"', page)),
        (
            re.findall(r'w:anchor="(\w+)"', word),
            re.findall(r'<w:bookmarkStart w:id="\d+" w:name="(\w+)"', word),
        ),
    ):
        assert there == places
        assert set(led) == set(places)
    for figure in facts.figures:
        assert f'href="http://sise.example/reports/1/{figure.id}"' in page


def test_the_report_has_the_eight_sections_and_the_items_of_the_notice(facts):
    assert len(facts.sections) == 8
    assert sum(len(section.items) for section in facts.sections) == 25


def test_units_and_visits_people_and_occasions_are_told_apart(played, form, facts):
    with reading(played.office.engine) as session:
        found = happened(session)
    asked = {one.id: one for one in form.figure}

    def otherwise(figure, how):
        return count(asked[figure].model_copy(update={"count": how}), found, {}).value

    assert (
        by_id(facts)["1.2.site_inspected_units"].shown,
        otherwise("1.2.site_inspected_units", "unit_times"),
    ) == ("6", 7)
    assert (
        by_id(facts)["3.1.inspected_units"].shown,
        otherwise("3.1.inspected_units", "units"),
    ) == ("243", 160)
    assert (by_id(facts)["7.1.interviews"].shown, otherwise("7.1.interviews", "people")) == (
        "33",
        24,
    )
    assert (
        by_id(facts)["5.2.monitored_enterprises"].shown,
        otherwise("5.2.monitored_enterprises", "unit_times"),
    ) == ("22", 6 * 22 - 1)


def test_the_money_that_the_parts_do_not_make_up_is_marked_as_balancing(facts):
    total = by_id(facts)["a.money_returned"]

    assert (total.shown, total.exact, total.balancing) == ("4.49", "", "455.00")
    assert "其中平衡记录455.00元" in text_of(write_word(paper(facts)))


def test_a_record_that_is_missing_changes_its_figures_and_no_other(played, form):
    with reading(played.office.engine) as session:
        found = happened(session)
        parents = dict(session.exec(select(RecordKind.name, RecordKind.parent)).all())
    families = {
        one: {kid for kid, above in parents.items() if one in (kid, above)} for one in parents
    }
    asked = [one for one in form.figure if one.count not in ("issues", "warned", "settled")]
    before = {one.id: count(one, found, families) for one in asked}
    touched = set()
    for missing in found:
        others = [one for one in found if one is not missing]
        for one in asked:
            now = count(one, others, families)
            if missing.key in before[one.id].keys:
                assert missing.key not in now.keys
                touched.add(one.id)
            else:
                assert now == before[one.id], (missing, one.id)

    assert touched == set(COUNTED)


def test_leads_and_codes_are_counted_from_their_own_registers(facts):
    whence = [{k.partition("/")[0] for k in by_id(facts)[one].records} for one in REGISTERED]

    assert whence == [{"review"}, {"transfer"}, {"measured"}]


@pytest.mark.parametrize(
    ("of", "figure"),
    [(ReviewedLead, REGISTERED[0]), (Transfer, REGISTERED[1])],
)
def test_a_lead_more_or_less_changes_its_figure_and_no_other(played, form, facts, of, figure):
    with trial(played.office.engine) as session:
        key = int(by_id(facts)[figure].records[0].partition("/")[2])
        session.delete(session.get_one(of, key))
        session.flush()
        now = told(session, form)

    assert int(by_id(now)[figure].shown) == int(by_id(facts)[figure].shown) - 1
    assert [one.id for one in facts.figures if by_id(now)[one.id] != one] == [figure]
    assert without(now, [figure]) == without(facts, [figure])


@pytest.mark.parametrize("figure", [one for one in RECORDS if one not in OF_LINES][::4])
def test_a_record_that_is_withdrawn_leaves_the_rest_of_the_report_as_it_was(
    played, form, facts, figure
):
    key = by_id(facts)[figure].records[0]
    with trial(played.office.engine) as session:
        correct(session, int(key.removeprefix("record/")), None, OFFICE, reason="误录")
        now = told(session, form)

    ours = {one.id for one in facts.figures if key in one.records}
    assert figure in ours
    for one in facts.figures:
        assert (by_id(now).get(one.id) == one) is (one.id not in ours), one.id
    assert without(now, ours) == without(facts, ours)


@pytest.mark.parametrize(
    ("asked", "values", "of"),
    [
        ({"count": "petitions", "set": "became_a_lead"}, (1, 0), Transfer),
        ({"count": "petitions", "set": "not_a_lead"}, (4, 5), Transfer),
        ({"count": "duties", "duty": "farmland_patrol"}, (6, 5), DutyOccurrence),
        ({"count": "duties", "duty": "farmland_patrol", "result": "done"}, (2, 1), DutyOccurrence),
        ({"count": "duties", "duty": "farmland_patrol", "result": "missed"}, (1, 1), Transfer),
        ({"count": "listed", "list": "small_treasury"}, (1, 0), ListMembership),
        ({"count": "listed", "list": "small_treasury", "result": "done"}, (0, 0), ListMembership),
    ],
)
def test_petitions_duties_and_campaigns_are_counted_as_they_stand(played, form, asked, values, of):
    """One row less of the first task that counts."""
    figure = Counted(id="x", name="x", unit="件", **asked)
    with trial(played.office.engine) as session:
        before = matters_of(session, figure, date(2022, 3, 1), LAST_NIGHT)
        there = before.keys[0] if before.keys else "task/巡改-7.4"
        number = "信访-2022-003" if of is Transfer else there.removeprefix("task/")
        task = session.exec(select(Task).where(Task.number == number)).one()
        for row in session.exec(select(of).where(of.task_id == task.id)):
            session.delete(row)
        session.flush()
        after = matters_of(session, figure, date(2022, 3, 1), LAST_NIGHT)

    assert (before.value, after.value) == values


def test_a_line_that_is_decided_otherwise_changes_its_figures_alone(played, form, facts):
    """Of the three units whose plans were turned down in part, the one with a single line."""
    [*_, single] = by_id(facts)["2.3.prereview_rejected_units"].records
    with trial(played.office.engine) as session:
        said = session.exec(
            select(LineVerdict)
            .join(ProposalLine)
            .join(Proposal)
            .join(Task)
            .where(Task.number == single.removeprefix("proposal/"), LineVerdict.reason != "")
        ).all()
        for verdict in said:  # of each level
            verdict.result, verdict.reason = LineResult.APPROVED, ""
        session.flush()
        now = told(session, form)

    changed = [one.id for one in facts.figures if by_id(now)[one.id] != one]
    assert len(said) == 2
    assert changed == OF_LINES
    assert [by_id(now)[one].shown for one in OF_LINES] == ["251", "2", "5"]
    assert without(now, OF_LINES) == without(facts, OF_LINES)
    assert "拟任人选" not in facts.model_dump_json() + now.model_dump_json()


def without(facts: ProgressFacts, ids):
    """All that is said but for these figures."""
    said = facts.model_dump(exclude={"figures"})
    text = repr(said)
    for one in ids:
        text = re.sub(r"\{'words': '[^']*', 'figure': '" + re.escape(one) + r"'\}", "…", text)
    return text


def test_a_figure_that_is_reported_anew_changes_once_it_is_approved_and_alone(played, form, facts):
    with trial(played.office.engine) as session:
        had = session.exec(select(Figure).where(Figure.code == "5.2.industrial_output")).one()
        people = {one.name: one for one in session.exec(select(Official))}
        said = Reported(
            code=had.code,
            name=had.name,
            value="310",
            unit=had.unit,
            as_of=had.as_of,
            source="统计局更正",
        )
        kept = report(session, said, people[had.reported_by], on=LAST_NIGHT, now=EVENING)
        waiting = told(session, form)
        approve(session, kept.id, people["区委督查室值班员"], on=LAST_NIGHT, now=EVENING)
        now = told(session, form)

    assert waiting == facts
    changed = [one.id for one in facts.figures if by_id(now)[one.id] != one]
    assert changed == ["5.2.industrial_output"]
    assert without(now, changed) == without(facts, changed)
    assert "310亿元" in text_of(write_word(paper(now)))


def test_of_case_leads_there_are_numbers_only(played, form, facts):
    with reading(played.office.engine) as session:
        noticed = col(Task.number).startswith("线索-2022-")  # the desk entered others since
        leads = session.exec(select(Task).where(col(Task.restricted), noticed)).all()
        people = [session.get_one(Official, lead.handler_id).name for lead in leads]
    said = text_of(write_word(paper(facts))) + write_page(paper(facts)).decode()
    kept = facts.model_dump_json()

    assert len(leads) == 16
    for lead, handler in zip(leads, people, strict=True):
        assert lead.number not in said
        assert lead.title not in kept + said
        assert handler not in kept.replace("第一纪检监察室承办人", "") + said
    assert kept.count('"task/线索-') == 16 + 12
    forbidden = form.model_copy(
        update={
            "section": (
                form.section[0].model_copy(
                    update={
                        "item": (
                            form.section[0].item[0].model_copy(update={"task": leads[0].number}),
                            form.section[0].item[1],
                        )
                    }
                ),
            )
        }
    )
    with reading(played.office.engine) as session:
        other = told(session, forbidden)
    assert [item.number for item in other.sections[0].items] == ["巡改-1.2"]
    assert leads[0].number in other.missing


def test_a_sentence_without_an_approved_figure_is_left_out_and_told(played, form):
    asked = form.model_copy(update={"opening": ("有{没有.核准的}件", "有{p.meetings}次")})
    with reading(played.office.engine) as session:
        facts = told(session, asked)

    assert ["".join(t.words for t in said) for said in facts.opening] == ["有4次"]
    assert facts.missing == ["没有.核准的"]


def test_what_was_published_is_printed_as_it_was_whatever_is_corrected_since(played, form, facts):
    with trial(played.office.engine) as session:
        before = issued(session, BulletinKind.PROGRESS, 1)
        kept = issue(
            session,
            BulletinKind.PROGRESS,
            first=begins(session, form),
            last=LAST_NIGHT,
            today=LAST_NIGHT,
            now=EVENING,
            said=lambda one, other: progress_facts(session, form, one, other),
        )
        key = int(by_id(facts)["p.meetings"].records[0].removeprefix("record/"))
        correct(session, key, None, OFFICE, reason="误录")
        again = issued(session, BulletinKind.PROGRESS, kept.number)
        frozen = ProgressFacts.model_validate_json(again.content)
        assert by_id(told(session, form))["p.meetings"].shown == "3"
        assert (before.to_on, kept.number) == (date(2022, 8, 4), 2), "the demo published one"

    assert frozen == facts
    assert write_word(paper(frozen)) == write_word(paper(facts))


def test_in_english_the_sources_are_english(facts):
    said = text_of(write_word(paper(facts, "en")))

    assert "63 figures were counted from records, 79 were reported and approved" in said
    assert "counted from 84 records" in said


def test_nobody_is_named(played):
    with reading(played.office.engine) as session:
        kinds = {k.name for k in session.exec(select(RecordKind)) if k.family is Family.OUTCOME}
        found = [one for one in entries(session, date(2022, 3, 1), LAST_NIGHT) if one.kind in kinds]
    people = {line.person for one in found for line in one.lines if line.person}

    assert all(re.search(r"（第\d+号）$|^原书记$|^党总支书记$", one) for one in people)
