"""The mails about the sign-off render for every kind of decision, in both languages, whole."""

import html
import re
from dataclasses import replace
from datetime import date

import pytest
from jinja2 import UndefinedError

from models.decision import Verdict
from models.organisation import PostKind
from models.request_machine import RequestKind
from models.warning import Colour
from notifications.digest import Digest, render_digest
from notifications.links import placeholder
from notifications.outcome import Outcome, OutcomeMail, Part, render_outcome
from notifications.referral import Asked, Chased, ReferralMail, render_referral
from notifications.render import render
from notifications.unreferred import Undecided, UndecidedMail, render_undecided
from notifications.wording import LANGUAGES, day_words

ON, BY = date(2022, 7, 15), date(2022, 7, 20)
LINK, ALL = placeholder("a" * 32), placeholder("b" * 32)
ASKED = Asked(
    number="DH-2022-017",
    title="城东项目 <监理> 履职不到位",
    unit="区住房和城乡建设局",
    restricted=False,
    colour=Colour.YELLOW,
    level=2,
    levels=4,
    level_title="牵头单位复核",
    request=None,
    nth=None,
    asked_by="张伟",
    asked_on=ON,
    words="一、已更换监理单位。\n二、已建立 <台账>。",
    legal_basis="",
    until_on=None,
    evidence=3,
    due_on=date(2022, 7, 31),
    original_due_on=date(2022, 6, 30),
    given_on=ON,
    decide_by=BY,
    capacity=PostKind.UNIT_HEAD,
    stands_for="",
    climbed_from=None,
    named_by="",
    again=False,
    link=LINK,
)
REQUEST = replace(
    ASKED,
    level=None,
    levels=0,
    level_title="",
    request=RequestKind.EXTENSION,
    until_on=date(2022, 8, 30),
    legal_basis="《信访工作条例》第三十四条",
    evidence=0,
)
LOOK_BACK = replace(ASKED, level=None, nth=1, asked_by="", asked_on=None, words="")
HIDDEN = replace(ASKED, restricted=True, title="", unit="", words="", asked_by="")
OUTCOME = Outcome(
    number="DH-2022-017",
    title="城东项目 <监理> 履职不到位",
    unit="区住房和城乡建设局",
    restricted=False,
    colour=Colour.GREEN,
    event="return",
    part=Part.RESPONSIBLE,
    on=ON,
    by="李娜",
    reason="第二条 <未> 落实\n照片不清",
    requirement="补充台账",
    due_on=date(2022, 7, 31),
    moved_from=date(2022, 7, 10),
    original_due_on=date(2022, 6, 30),
    relieved_from=Colour.YELLOW,
)
EVENTS = (
    *("return", "ask", "sign_off", "uphold", "reject", "suspend", "resume", "make_long_term"),
    *("end_long_term", "reassign", "withdraw", "reopen"),
)


def asking(*lines: Asked, language: str = "zh-CN"):
    return render_referral(ReferralMail(ON, "王<强>", lines, ALL), language)


def decided(*lines: Outcome, language: str = "zh-CN"):
    return render_outcome(OutcomeMail(ON, "王<强>", lines, ALL), language)


def undecided(language: str, *, restricted: bool = False):
    matter = Undecided(
        number="DH-2022-017",
        title="" if restricted else "城东项目",
        unit="" if restricted else "区住建局",
        restricted=restricted,
        colour=Colour.RED,
        what="look_back",
    )
    mail = UndecidedMail(ON, "王<强>", [matter], "https://duban.example.cn/")
    return render_undecided(mail, language)


def bodies(mail) -> tuple[str, str]:
    return mail.text, html.unescape(mail.html.replace("<br>", ""))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("line", [ASKED, REQUEST, LOOK_BACK, HIDDEN])
def test_a_referral_says_what_by_when_and_gives_its_links(language: str, line: Asked):
    mail = asking(line, language=language)

    for body in bodies(mail):
        for said in (
            *(line.number, line.tag(language), line.link, ALL, day_words(BY, language)),
            *(line.deadline(language), line.why(language), line.matter(language)),
        ):
            assert said in body
        for said in (line.title, line.unit, line.asked_by, line.legal_basis):
            assert said in body
        assert (line.material(language) in body) or not line.material(language)
    assert "None" not in mail.text + mail.html
    assert "title" not in mail.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_the_text_each_link_stands_alone_on_its_line(language: str):
    mail = asking(ASKED, replace(REQUEST, link=placeholder("c" * 32)), language=language)

    links = [line for line in mail.text.splitlines() if "@@" in line]
    assert links == [LINK, placeholder("c" * 32), ALL]
    for link in links:
        assert mail.html.count(f'href="{link}"') == 2


def test_a_reviewer_reads_the_level_and_that_earlier_approvals_are_void():
    said, english = (asking(replace(ASKED, again=True), language=n).text for n in LANGUAGES)

    assert "销号申请，第 2 级（共 4 级）：牵头单位复核" in said
    assert "此前各级的审核意见已失效" in said
    assert "佐证材料 3 份" in said
    assert "sign-off, level 2 of 4" in english
    assert "What was approved before is void" in english


def test_a_reviewer_reads_why_it_is_he_who_decides():
    line = replace(
        ASKED,
        capacity=PostKind.OFFICE,
        stands_for="王建国",
        climbed_from=PostKind.UNIT_HEAD,
        named_by="",
    )

    said, english = (asking(line, language=language).text for language in LANGUAGES)

    assert "由您以督查办公室身份决定（王建国不在岗，由您代理）；原应由单位负责人决定" in said
    assert "as the deputy of 王建国" in english
    assert "督查办公室（周敏）指定由您决定" in asking(replace(ASKED, named_by="周敏")).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", Part)
@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("restricted", [False, True])
def test_every_outcome_renders_for_everybody(
    language: str, part: Part, event: str, restricted: bool
):
    hidden = {"restricted": True, "title": "", "unit": "", "by": "", "reason": ""}
    line = replace(OUTCOME, part=part, event=event, **(hidden if restricted else {}))

    mail = decided(line, language=language)

    for body in bodies(mail):
        assert line.number in body
        assert line.todo(language) in body
        assert ALL in body
        assert (OUTCOME.title in body) is not restricted
    assert "{" not in line.todo(language)
    assert "None" not in mail.text + mail.html
    assert "<未>" not in mail.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", RequestKind)
@pytest.mark.parametrize("event", ["grant", "refuse"])
def test_every_request_s_outcome_has_words_of_its_own(language: str, kind: RequestKind, event: str):
    line = replace(OUTCOME, event=event, request=kind)

    mail = decided(line, language=language)

    assert line.heading(language) in mail.subject
    assert "{" not in line.todo(language)
    assert event not in mail.text.split()


def test_an_outcome_says_the_deadlines_and_why_the_colour_came_down():
    line = replace(OUTCOME, event="grant", request=RequestKind.EXTENSION)

    said, english = (decided(line, language=language).text for language in LANGUAGES)

    assert "批准延期" in said
    assert "2022年7月31日（原为2022年7月10日，最初2022年6月30日）" in said
    assert "由黄色降为绿色，因时限已顺延。" in said
    assert "From yellow to green: the deadline was moved." in english


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reopened_matter_says_the_verdict(language: str):
    line = replace(OUTCOME, event="reopen", verdict=Verdict.SHAM)

    text = decided(line, language=language).text

    assert ("虚假整改" if language == "zh-CN" else "sham") in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("superior", [False, True])
@pytest.mark.parametrize("days_over", [-2, 0, 3])
def test_a_digest_may_hold_chases_alone(language: str, superior: bool, days_over: int):
    chase = Chased(replace(ASKED, link="" if superior else LINK), superior, "李娜", days_over)
    mail = render_digest(Digest(ON, "王强", [], ALL, chased=[chase]), language)

    for body in bodies(mail):
        assert chase.said(language) in body
        assert ASKED.title in body
        assert (LINK in body) is not superior
    assert "1" in mail.subject
    assert "None" not in mail.text + mail.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("restricted", [False, True])
def test_the_office_reads_what_nobody_may_decide(language: str, restricted: bool):
    mail = undecided(language, restricted=restricted)

    for body in bodies(mail):
        assert "DH-2022-017" in body
        assert ("城东项目" in body) is not restricted
        assert "https://duban.example.cn/" in body


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_look_asks_nothing_of_outlook_or_of_the_network(language: str):
    for mail in (
        asking(ASKED, REQUEST, language=language),
        decided(OUTCOME, language=language),
        undecided(language),
    ):
        assert not re.search(r"position:|float:|background-image|<script|<img|<link", mail.html)
        assert not re.search(r"font-size:(?:[2-9]|1[0-3])px", mail.html)
        assert "王<强>" not in mail.html
        assert f'lang="{language}"' in mail.html
        assert all(len(line.encode()) < 998 for line in mail.html.splitlines())


@pytest.mark.parametrize("template", ["referral", "outcome", "unreferred"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_value_that_is_missing_stops_the_mail(template: str, language: str):
    with pytest.raises(UndefinedError):
        render(template, language)
