"""Promise: each month's summary says of every petition in which of the four sets it stood at the
month's end, whatever happened since; and of one that became a lead no word."""

from datetime import date
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from flows.database import reading
from flows.papers.paper_file import TABLES, write_file
from flows.papers.petitions import petition_facts
from flows.signoff.request_bounds import NotAllowed
from notifications.papers.paper import Grid, Heading, Paper, Paragraph, Title
from notifications.papers.petitions import SETS, petitions_paper
from notifications.papers.petitions import PetitionSet as S
from notifications.papers.workbook import write_workbook
from tests.petitions import load_kind, move, receive, turn_into
from tests.requests import Asking
from tests.sign_offs import gather_bench


def d(month: int, day: int) -> date:
    return date(2022, month, day)


@pytest.fixture
def kept(office, cast):
    """One that was open for long, one that became a lead, one that is registered only, and one
    that the office withdraws in August."""
    load_kind(office, "case_lead")
    cast.procedure_id = load_kind(office, "petition")
    receive(office, d(4, 29), "信-老")
    receive(office, d(5, 31), "信-线")
    receive(office, d(7, 20), "信-新")
    receive(office, d(7, 4), "信-撤")
    receive(office, d(6, 30), "密-1", "问题线索")
    move(office, cast, "forwarded", d(5, 6), number="信-老")
    move(office, cast, "in_hand", d(6, 1), number="信-线")
    move(office, cast, "forwarded", d(7, 5), number="信-撤")
    turn_into(office, cast, "信-线", "密-1", d(7, 15))
    Asking(gather_bench(office, cast)).withdraw("信-撤", d(8, 2))
    return office


def facts(office, first: date, last: date, today: date = d(9, 30)):
    with reading(office.engine) as session:
        return petition_facts(session, first, last, today=today)


def sets(found) -> dict[S, list[str]]:
    return {one: [row.number for row in rows] for one, rows in found.sets.items()}


def test_each_stands_in_its_sets_at_the_end_of_the_month(kept):
    july = facts(kept, d(7, 1), d(7, 31))
    august = facts(kept, d(8, 1), d(8, 31))

    assert sets(july) == {
        S.FORWARDED: ["信-老", "信-线", "信-撤"],
        S.NOT_A_LEAD: ["信-老", "信-撤", "信-新"],
        S.OVER_THREE_MONTHS: ["信-老"],
        S.BECAME_A_LEAD: ["信-线"],
    }
    assert (july.received, july.closed) == (2, 0)
    assert sets(august)[S.FORWARDED] == ["信-老", "信-线"]
    assert (august.received, august.closed) == (0, 1)


@pytest.mark.parametrize(
    ("on", "over"),
    [
        (d(7, 29), []),  # three months to the day
        (d(7, 30), ["信-老"]),
        (d(8, 31), ["信-老"]),  # 31 May to 31 August
        (d(9, 1), ["信-老", "信-线"]),
    ],
)
def test_over_three_months_is_the_day_after_the_same_day(kept, on, over):
    found = facts(kept, on.replace(day=1), on, today=on)
    assert sets(found)[S.OVER_THREE_MONTHS] == over


def test_a_past_month_has_the_stage_of_then(kept, cast):
    before = facts(kept, d(7, 1), d(7, 31))
    move(kept, cast, "in_hand", d(8, 5), number="信-老")

    assert facts(kept, d(7, 1), d(7, 31)) == before
    assert facts(kept, d(8, 1), d(8, 31)).sets[S.FORWARDED][0].stage == "受理办理"


def test_a_month_that_goes_on_is_told_up_to_today(kept):
    found = facts(kept, d(7, 1), d(7, 31), today=d(7, 10))
    assert found.as_of == d(7, 10)
    assert sets(found)[S.BECAME_A_LEAD] == []


def test_no_word_of_one_that_became_a_lead_is_printed(kept, tmp_path):
    found = facts(kept, d(7, 1), d(7, 31))
    for row in found.sets[S.BECAME_A_LEAD]:
        assert (row.title, row.unit) == ("", "")
    for language in ("zh-CN", "en"):
        paper = petitions_paper(found, language)
        write_file(tmp_path / "信访.docx", paper)
        write_file(tmp_path / "信访.html", paper)
        with ZipFile(tmp_path / "信访.docx") as word:
            said = word.read("word/document.xml").decode()
        for text in (said, (tmp_path / "信访.html").read_text("utf-8")):
            assert "信-线" in text
            assert "密-1" not in text


def test_a_petition_becomes_a_lead_of_the_register_and_nothing_else(kept, cast):
    with pytest.raises(NotAllowed, match="no restricted case lead"):
        turn_into(kept, cast, "信-老", "信-新", d(8, 1))
    with pytest.raises(NotAllowed, match="already"):
        turn_into(kept, cast, "信-线", "密-1", d(8, 1))


def test_the_month_is_a_workbook_too_with_a_sheet_for_each_set(kept, tmp_path):
    july = facts(kept, d(7, 1), d(7, 31))
    file = tmp_path / "信访.xlsx"
    write_file(file, petitions_paper(july, "zh-CN"), TABLES)
    book = CalamineWorkbook.from_path(file)
    sheets = [book.get_sheet_by_index(n).to_python() for n in range(5)]

    assert book.sheet_names == ["说明", *(f"{SETS[one][0]}（{len(july.sets[one])}）" for one in S)]
    assert sheets[1][0] == ["编号", "事项", "承办单位", "环节", "收到日期", "天数"]
    assert [row[0] for row in sheets[1][1:]] == ["信-老", "信-线", "信-撤"]
    assert sheets[1][1][5] == 93, "a number, not words"
    assert sheets[4][1][:4] == ["信-线", "限知", "—", "—"]
    again = write_workbook(petitions_paper(july, "zh-CN"))
    assert again == file.read_bytes()


def test_words_that_one_cell_cannot_hold_go_on_in_the_next_row(tmp_path):
    words = ["长" * 40_000, "𠮷" * 20_000, f"<r>{'短' * 32_759}</r>", "=1"]
    grid = Grid(["事项", "单位"], [[said, "区教育局"] for said in words], [20, 20])
    blocks = [Title("文书"), Paragraph("说" * 70_000), Heading("表"), grid]
    file = tmp_path / "表.xlsx"
    file.write_bytes(write_workbook(Paper("文书", "督查室", "zh-CN", d(7, 31), blocks)))
    book = CalamineWorkbook.from_path(file)
    front, table = (book.get_sheet_by_index(n).to_python() for n in range(2))
    assert "".join(row[0] for row in front[1:]) == "说" * 70_000
    assert "".join(row[0].strip() for row in table[1:]) == "".join(words)
    assert [row[1] for row in table[1:] if row[1]] == ["区教育局"] * 4
    assert max(len(row[0].encode("utf-16-le")) for row in (*front, *table)) <= 2 * 32_767


def test_words_that_look_like_a_workbook_s_own_marks_stay_words(tmp_path):
    words = ["<r>甲 & 乙</r>", "<r><t>丙</t></r>", "=1+1", "@丁"]
    grid = Grid(["事项"], [[said] for said in words], [20])
    blocks = [Title("<r>文书 & 表</r>"), Heading("表"), grid]
    file = tmp_path / "表.xlsx"
    file.write_bytes(write_workbook(Paper("文书", "督查室", "zh-CN", d(7, 31), blocks)))
    book = CalamineWorkbook.from_path(file)
    front, table = (book.get_sheet_by_index(n).to_python() for n in range(2))
    assert front[0][0].strip() == "<r>文书 & 表</r>"
    assert [row[0].strip() for row in table[1:]] == words
