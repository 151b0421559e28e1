"""预警单: it says what was so when it was issued, on the page that the standard wants."""

import io
from datetime import date, timedelta

import pytest
from docx import Document
from docx.shared import Pt

from flows.database import reading, transaction
from flows.deadline import change_deadline
from flows.find_task import find_task
from flows.papers.notice import NoNotice, NoSuchNotice, notice_facts
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.signoff.reassigning import reassign
from flows.working_days import load_calendar
from models import Official, Unit
from models.signoff import TaskState
from models.warning import Colour
from notifications.papers.notice import NoticeFacts, notice_paper
from notifications.papers.page import write_page
from notifications.papers.word import write_word
from tests.conftest import Cast, instant
from tests.kept import extend, rows
from tests.papers import CHINESE, text_of
from tests.played import wound

DUE = date(2022, 7, 13)  # a Wednesday
SECRET = ("某某", "挪用", "区教育局", "alice", "carol", "dora")


def facts(office, number: str = "甲-1", notice: str | None = None) -> NoticeFacts:
    with reading(office.engine) as session:
        return notice_facts(session, number, notice=notice, calendar=load_calendar(session))


def word(office, language: str = "zh-CN", **wanted: str) -> bytes:
    return write_word(notice_paper(facts(office, **wanted), language))


def test_a_notice_says_what_is_the_matter_since_when_and_what_is_owed(office, cast: Cast):
    cast.task("甲-1", DUE, title="“小微权力”清单未公开")
    wound(office, DUE, date(2022, 7, 14))

    said = text_of(word(office)).splitlines()

    assert said[0] == "蓝色预警"
    matter = (
        "“‘小微权力’清单未公开”（编号甲-1）于2022年5月14日交办，时限为2022年7月13日，"
        "截至2022年7月14日超期1天。根据《问题线索四色预警督办制度》，现发出蓝色预警。"
    )
    counting = (
        "计时依据：整改时限是2022年7月13日（周三），不需顺延。"
        "2022年7月14日夜间检查时，“截止日后 1 天”已到，升为蓝色。"
    )
    assert [line for line in said[1:8] if line] == [
        "定督〔2022〕1号",
        "蓝色预警单",
        "区教育局：",
        matter,
        counting,
        "责任人alice：请在2022年7月15日（含）前签收，在2022年7月19日（含）前答复进展。",
    ]
    assert "定海区委\n2022年7月14日" in "\n".join(said)


def test_whoever_supervises_is_asked_to_acknowledge_and_has_a_copy(office, cast: Cast):
    cast.task("甲-1", DUE)
    wound(office, DUE, date(2022, 7, 27))

    said = text_of(word(office))

    assert "红色预警单\n" in said
    assert "分管领导carol、单位负责人dora：请在" in said
    assert "抄送：分管领导carol，单位负责人dora，督查办公室olga。" in said
    assert "已发出黄色预警（定督〔2022〕2号）" in said


def test_a_notice_stays_what_it_was_whatever_happens_afterwards(office, cast: Cast):
    cast.task("甲-1", DUE)
    wound(office, DUE, date(2022, 7, 14))
    before = word(office)

    extend(office, "甲-1", date(2022, 9, 1), on=date(2022, 7, 15))
    with transaction(office.engine, instant(date(2022, 7, 18))) as session:
        unit = Unit(name="区财政局")
        session.add(unit)
        session.flush()
        session.add(heir := Official(name="erin", unit_id=unit.id, email="e@x.example"))
        session.flush()
        by = Unattended(COMMAND_LINE, date(2022, 7, 18), instant(date(2022, 7, 18)))
        reassign(
            session,
            find_task(session, "甲-1"),
            by,
            unit_id=unit.id,
            handler_id=heir.id,
            reason="换人",
            calendar=load_calendar(session),
        )
    wound(office, date(2022, 9, 1), date(2022, 9, 2))

    assert word(office, notice="定督〔2022〕1号") == before
    assert "区财政局：" in text_of(word(office))


def test_a_deadline_that_moved_in_the_same_night_counts(office, cast: Cast):
    cast.task("甲-1", date(2022, 7, 5), state=TaskState.IN_PROGRESS)
    on = date(2022, 7, 14)
    with transaction(office.engine, instant(on)) as session:
        change_deadline(
            session,
            find_task(session, "甲-1"),
            DUE,
            kind="suspension",
            reason="中止期满",
            on=on,
            now=instant(on),
            calendar=load_calendar(session),
        )
    wound(office, on, on)
    extend(office, "甲-1", date(2022, 9, 1), on=on)

    assert (facts(office).due_on, facts(office).days_over) == (DUE, 1)


def test_the_parts_of_a_table_stand_in_the_order_that_word_wants(office, cast: Cast):
    cast.task("甲-1", DUE)
    wound(office, DUE, date(2022, 7, 27))
    wanted = {
        "tblPr": "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook".split(),
        "tcPr": "tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar vAlign".split(),
    }

    for part in Document(io.BytesIO(word(office))).element.body.iter():
        tag = part.tag.rpartition("}")[2]
        if tag in wanted:
            found = [wanted[tag].index(child.tag.rpartition("}")[2]) for child in part]
            assert found == sorted(set(found)), tag


def test_a_restricted_matter_has_number_colour_and_dates_only(office, cast: Cast):
    cast.task("线-1", DUE, title="某某挪用资金问题", restricted=True)
    wound(office, DUE, date(2022, 7, 27))

    found = facts(office, "线-1")
    for language in ("zh-CN", "en"):
        paper = notice_paper(found, language)
        for said in (text_of(write_word(paper)), write_page(paper).decode()):
            assert [secret for secret in SECRET if secret in said] == []
            assert "线-1" in said
            assert found.number in said
    assert found.told == []


def test_the_page_is_that_of_the_standard(office, cast: Cast):
    cast.task("甲-1", DUE)
    wound(office, DUE, date(2022, 7, 14))

    document = Document(io.BytesIO(word(office)))
    page, normal = document.sections[0], document.styles["Normal"]

    assert [round(side.mm) for side in (page.page_width, page.page_height)] == [210, 297]
    margins = (page.top_margin, page.bottom_margin, page.left_margin, page.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    assert (normal.font.size, normal.paragraph_format.line_spacing) == (Pt(16), Pt(28))
    assert "仿宋" in normal.element.xml
    [title] = [line for line in document.paragraphs if line.text == "蓝色预警单"]
    assert title.runs[0].font.size == Pt(22)
    assert "方正小标宋简体" in title.runs[0]._element.xml


def test_the_colour_stands_there_as_a_word_and_as_a_bar(office, cast: Cast):
    cast.task("甲-1", DUE)
    wound(office, DUE, date(2022, 7, 14))

    bar = Document(io.BytesIO(word(office))).tables[0].rows[0].cells[0]

    assert bar.text == "蓝色预警"
    assert 'w:fill="1F5FA8"' in bar._tc.xml


def test_the_same_notice_is_the_same_file(office, cast: Cast):
    cast.task("甲-1", DUE)
    wound(office, DUE, date(2022, 7, 14))

    assert word(office) == word(office)


def test_english_is_complete(office, cast: Cast):
    cast.task("A-1", DUE, title="School buses")
    wound(office, DUE, date(2022, 7, 27))

    said = text_of(word(office, "en", number="A-1"))

    data = (
        "定督〔2022〕3号",
        "定督〔2022〕2号",
        "《问题线索四色预警督办制度》",
        "区教育局",
        "定海区委",
    )
    for known in data:
        said = said.replace(known, "")
    assert CHINESE.findall(said) == []
    assert "Red warning notice" in said


def test_words_that_look_like_markup_are_only_words(office, cast: Cast):
    cast.task("甲-1", DUE, title="<b>校车</b> & {{ office }}")
    wound(office, DUE, date(2022, 7, 14))

    paper = notice_paper(facts(office), "zh-CN")

    assert "“<b>校车</b> & {{ office }}”" in text_of(write_word(paper))
    assert "&lt;b&gt;校车&lt;/b&gt; &amp; {{ office }}" in write_page(paper).decode()


def test_what_is_not_there_is_said(office, cast: Cast):
    cast.task("甲-1", DUE + timedelta(days=90))
    cast.task("甲-2", DUE)
    wound(office, DUE, date(2022, 7, 14))

    with pytest.raises(NoNotice, match="never had a notice"):
        facts(office)
    with pytest.raises(NoSuchNotice, match="has no notice"):
        facts(office, "甲-1", "定督〔2022〕1号")
    assert facts(office, "甲-2").colour == Colour.BLUE
    assert len(rows(office, Unit)) == 2
