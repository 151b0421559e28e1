"""Every mail renders for every duty, colour and language, and both its bodies are whole."""

import html
import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from jinja2 import UndefinedError

from models.bulletin import BulletinKind
from models.notice import Duty
from models.organisation import PostKind
from models.warning import Colour
from notifications.digest import Digest, Line, Summary, render_digest, render_summary
from notifications.links import Live, code_placeholder, fill, placeholder, sign_in_placeholder
from notifications.pending import Approvals, Pending, render_approvals
from notifications.render import render
from notifications.urgent_mail import (
    ActReceipt,
    CodeMail,
    SignInMail,
    render_act_receipt,
    render_code,
    render_sign_in,
)
from notifications.wording import LANGUAGES, colour_word, day_words

ON = date(2022, 7, 14)
NOW = datetime(2022, 7, 14, 9, 30)  # noqa: DTZ001  # it is shown as it is
ALL = placeholder("b" * 32)
LINE = Line(
    number="DH-2022-017",
    title="城东项目 <监理> 履职不到位",
    unit="区住房和城乡建设局",
    restricted=False,
    colour=Colour.RED,
    label="红色预警",
    notice_number="定督〔2022〕12号",
    due_on=date(2022, 6, 10),
    days_over=34,
    provisional=False,
    duty=Duty.ACT,
    acknowledge_by=date(2022, 7, 15),
    answer_by=date(2022, 7, 21),
    capacity=PostKind.HANDLER,
    stands_for="",
    climbed_from=None,
    link=placeholder("a" * 32),
)
REMINDER = replace(
    LINE,
    duty=None,
    colour=Colour.GREEN,
    label="",
    notice_number="",
    days_over=-3,
    due_on=date(2022, 7, 17),
    acknowledge_by=None,
    answer_by=None,
)
SUMMARY = Summary(
    on=ON,
    scanned=1240,
    escalated={Colour.BLUE: 5, Colour.RED: 1},
    relieved=3,
    notices=6,
    recipients=11,
    queued=11,
    waiting=4,
    previous_on=date(2022, 7, 13),
    previous_mail={"sent": 9, "dead": 1},
    unresolved=[("DH-021", "handler"), ("DH-022", "anybody")],
    stalled=[],
    unreachable=["李四 <li@example.cn>"],
    without_address=[("王五 <b>", "区教育局")],
    horizon=date(2022, 12, 31),
    audit_number=88,
    audit_head="9f" * 32,
    board={Colour.GREEN: 1100, Colour.RED: 10},
    pending=[
        Pending(
            BulletinKind.POSTING, 3, date(2022, 6, 1), date(2022, 6, 30), "周敏", "http://desk/p/3"
        ),
        Pending(BulletinKind.PROGRESS, 1, date(2022, 3, 1), ON, "周敏", "http://desk/r/1"),
    ],
)
APPROVALS = Approvals(ON, "张伟", SUMMARY.pending)


def _digest(*lines):
    return Digest(on=ON, to_name="张伟", lines=lines, all_link=ALL)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("duty", [*Duty, None])
@pytest.mark.parametrize("restricted", [False, True])
def test_both_bodies_carry_number_colour_dates_and_links(duty, language, restricted):
    line = replace(LINE, duty=duty, restricted=restricted)

    mail = render_digest(_digest(line), language)

    for body in (mail.text, html.unescape(mail.html)):
        for said in (
            line.number,
            line.notice_number,
            line.link,
            ALL,
            "张伟",
            day_words(line.due_on, language),
            line.tag(language),
        ):
            assert said in body
        assert (line.title in body) is (line.unit in body) is (not restricted)
    assert f'lang="{language}"' in mail.html
    assert line.title not in mail.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_the_text_a_link_stands_alone_on_its_line(language):
    mail = render_digest(_digest(LINE, REMINDER), language)

    lines = mail.text.splitlines()

    assert [line for line in lines if "@@link" in line] == [LINE.link, REMINDER.link, ALL]


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_the_html_every_link_is_a_button_and_can_be_read(language):
    mail = render_digest(_digest(LINE), language)

    for link in (LINE.link, ALL):
        assert mail.html.count(f'href="{link}"') == 2
        assert f">{link}</a>" in mail.html


@pytest.mark.parametrize("colour", Colour)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_colour_is_always_also_a_word(colour, language):
    line = replace(LINE, colour=colour, label="一级督办")

    mail = render_digest(_digest(line), language)

    word = colour_word(colour, language)
    assert word in mail.subject
    assert all(word in body.lower() and "一级督办" in body for body in (mail.text, mail.html))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_matter_without_a_deadline_or_a_link_still_renders(language):
    line = replace(REMINDER, due_on=None, days_over=None, link="")

    mail = render_digest(_digest(line), language)

    assert line.number in mail.text
    assert "None" not in mail.text + mail.html


def test_the_reader_learns_whose_deputy_he_is_and_who_could_not_be_reached():
    line = replace(
        LINE,
        capacity=PostKind.SUPERVISING_LEADER,
        stands_for="王建国",
        climbed_from=PostKind.HANDLER,
    )

    said, english = (render_digest(_digest(line), language).text for language in LANGUAGES)

    assert "您以分管领导身份收到（王建国不在岗，由您代理）；原应通知责任人" in said
    assert "as the deputy of 王建国" in english
    assert "The handler could not be reached" in english


def test_the_head_of_a_unit_above_is_not_told_that_he_himself_could_not_be_reached():
    head = PostKind.UNIT_HEAD
    line = replace(LINE, capacity=head, stands_for="", climbed_from=head)

    said, english = (render_digest(_digest(line), language).text for language in LANGUAGES)

    assert (
        "您以上级单位负责人身份收到；原应通知单位负责人，因未登记或联系不到，逐级上报至您" in said
    )
    assert "as head of the unit above. The head of the unit could not be reached" in english


@pytest.mark.parametrize(
    ("lines", "subject"),
    [
        (
            [LINE, replace(LINE, colour=Colour.BLUE)],
            "【督办】2 件事项需要办理，其中红色 1 件（2022年7月14日）",
        ),
        ([LINE, LINE, REMINDER], "【督办】2 件红色事项需要办理（2022年7月14日）"),
        ([replace(LINE, duty=Duty.COPY)], "【督办】1 件预警供知悉（2022年7月14日）"),
        ([REMINDER], "【督办】1 件事项即将到期（2022年7月14日）"),
    ],
    ids=["mixed", "one colour", "copies", "reminders"],
)
def test_the_subject_says_how_much_and_how_bad(lines, subject):
    assert render_digest(_digest(*lines), "zh-CN").subject == subject


def test_a_title_cannot_bring_markup_into_the_mail():
    mail = render_digest(_digest(replace(LINE, title="<script>x</script>&")), "zh-CN")

    assert "<script>" not in mail.html
    assert "&lt;script&gt;x&lt;/script&gt;&amp;" in mail.html
    assert "<script>x</script>&" in mail.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_in_a_mail_is_fetched_from_anywhere(language):
    for mail in (
        render_digest(_digest(LINE), language),
        render_summary(SUMMARY, language),
        render_approvals(APPROVALS, language),
    ):
        assert not re.search(r"<img|<link|@import|url\(|src=", mail.html)
        assert not re.search(r"font-size:(?:[2-9]|1[0-3])px", mail.html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_says_what_moved_what_needs_a_person_and_the_chain_head(language):
    mail = render_summary(SUMMARY, language)

    for body in (mail.text, html.unescape(mail.html)):
        for said in (
            "1240",
            "DH-021",
            "DH-022",
            "李四 <li@example.cn>",
            SUMMARY.audit_head,
            "88",
            day_words(SUMMARY.horizon, language),
            day_words(ON, language),
        ):
            assert said in body
    assert day_words(ON, language) in mail.subject
    assert "6" in mail.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_waits_for_approval_is_said_to_the_office_and_to_whoever_gives_it(language):
    told = (render_summary(SUMMARY, language), render_approvals(APPROVALS, language))
    for one in SUMMARY.pending:
        for mail in told:
            assert one.words(language) in mail.text
            assert one.words(language) in html.unescape(mail.html)
        assert one.href in told[1].text
        assert one.href in told[1].html
    if language == "en":
        assert not re.findall(
            "[\u4e00-\u9fff]", told[1].text.replace("张伟", "").replace("周敏", "")
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_quiet_night_has_a_summary_too(language):
    quiet = replace(
        SUMMARY,
        escalated={},
        relieved=0,
        previous_on=None,
        previous_mail={},
        unresolved=[],
        unreachable=[],
        horizon=None,
        board={},
        pending=[],
    )

    mail = render_summary(quiet, language)

    assert quiet.audit_head in mail.text
    assert "None" not in mail.text + mail.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_summary_of_very_many_faults_names_thirty_and_counts_the_rest(language):
    many = replace(SUMMARY, unresolved=[(f"DH-{n:04}", "handler") for n in range(1000)])

    mail = render_summary(many, language)

    assert mail.text.count("DH-0") == mail.html.count("DH-0") == 30
    assert "970" in mail.text
    assert "970" in mail.html


def test_links_are_filled_in_both_bodies_when_the_mail_is_sent():
    mail = render_digest(_digest(LINE), "zh-CN")

    for body in (mail.text, mail.html):
        sent = fill(body.encode(), Live(b"s", "https://duban.example.cn/")).decode()
        assert "@@" not in sent
        assert re.search(r"https://duban\.example\.cn/r/[0-9a-f]{32}", sent)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_look_asks_nothing_of_outlook_or_of_the_network(language):
    mails = [
        render_digest(_digest(LINE, REMINDER), language),
        render_summary(SUMMARY, language),
        render_approvals(APPROVALS, language),
    ]

    for mail in mails:
        assert not re.search(
            r"position:|float:|background-image|<script|<img|<link|@import", mail.html
        )
        for name in ("color-scheme", "supported-color-schemes"):
            assert f'<meta name="{name}" content="light dark">' in mail.html
        assert "prefers-color-scheme: dark" in mail.html
        assert all(len(line.encode()) < 998 for line in mail.html.splitlines())


def test_a_value_that_is_missing_stops_the_mail():
    with pytest.raises(UndefinedError):
        render("digest", "zh-CN")


CODE = CodeMail("张伟", code_placeholder("c" * 32), NOW, NOW + timedelta(minutes=10))
RECEIPT = ActReceipt(
    to_name="张伟",
    said_by="李<娜>",
    act="answer",
    at=NOW,
    notice_number="定督〔2022〕12号",
    task_number="DH-2022-017",
    title="城东项目 <监理> 履职不到位",
    words="已完成 & 验收",
    restricted=False,
    office=["周敏 <office@dinghai.example>"],
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_stands_alone_on_its_line_and_not_in_the_subject(language):
    mail = render_code(CODE, language)

    assert [line for line in mail.text.splitlines() if "@@" in line] == [CODE.code]
    assert f">{CODE.code}<" in mail.html
    assert "@@" not in mail.subject
    for body in (mail.text, mail.html):
        assert "09:40" in body
        sent = fill(body.encode(), Live(b"s", "https://duban.example.cn/")).decode()
        assert re.search(r"(?<!\d)\d{6}(?!\d)", sent.replace("#", ""))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("act", ["acknowledge", "answer", "instruct"])
@pytest.mark.parametrize("restricted", [False, True])
def test_a_receipt_says_who_did_what_and_whom_to_tell(language, act, restricted):
    mail = render_act_receipt(replace(RECEIPT, act=act, restricted=restricted), language)

    for body in (mail.text, html.unescape(mail.html)):
        for said in (RECEIPT.said_by, RECEIPT.notice_number, RECEIPT.task_number, "09:30"):
            assert said in body
        assert RECEIPT.office[0] in body
        assert (RECEIPT.title in body) is (RECEIPT.words in body) is (not restricted)
    assert "<娜>" not in mail.html


def test_without_anybody_in_the_office_a_receipt_still_renders():
    for language in LANGUAGES:
        assert "None" not in render_act_receipt(replace(RECEIPT, office=[]), language).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sign_in_link_stands_alone_on_its_line(language):
    link = sign_in_placeholder("d" * 32)
    mail = render_sign_in(SignInMail("张伟", link, NOW, NOW + timedelta(minutes=30)), language)

    assert [line for line in mail.text.splitlines() if "@@" in line] == [link]
    assert f'href="{link}"' in mail.html
    assert "@@" not in mail.subject
    for body in (mail.text, mail.html):
        sent = fill(body.encode(), Live(b"s", "https://duban.example.cn/")).decode()
        assert re.search(r"https://duban\.example\.cn/login/[0-9a-f]{32}", sent)
