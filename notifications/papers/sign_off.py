"""销号申请表, with the record of what each level decided."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.application import ApplicationState, SixVisible
from models.decision import Verdict
from models.organisation import PostKind
from notifications.papers.paper import Block, Form, Grid, Heading, NewPage, Paper, Paragraph, Title
from notifications.wording import ENGLISH, assurance_word, day_words, post_word, word

ORDINALS = "一二三四五六七八九十"
ROOM = "\n" * 2  # for a hand to write in


@dataclass(frozen=True)
class Opinion:
    """What one person decided, on what (`packet`). Of a restricted matter `name`, `reason` and
    `requirement` are empty. `void`: the material was changed afterwards. `rejected`: the lines
    (positions) that were turned down, and why."""

    name: str
    capacity: PostKind
    stands_for: str
    verdict: Verdict
    on: date
    reason: str
    requirement: str
    assurance: str
    paper_signed_on: date | None
    recorded_by: str
    packet: str
    void: bool
    rejected: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LevelFacts:
    title: str
    opinions: Sequence[Opinion]


@dataclass(frozen=True)
class SignOffFacts:
    """`shown` is the packet: all that was submitted, as it is kept; empty for a restricted matter.
    `intact`: it has the hash that it is kept by."""

    number: str
    office: str
    state: ApplicationState
    applied_on: date
    packet: str
    intact: bool
    shown: Mapping[str, Any]
    levels: Sequence[LevelFacts]


def sign_off_paper(facts: SignOffFacts, language: str) -> Paper:
    english = language == ENGLISH
    title = "Application for sign-off" if english else "销号申请表"
    return Paper(
        name=f"{title} {facts.number}",
        author=facts.office,
        language=language,
        on=facts.applied_on,
        blocks=[
            Title(title),
            *(_application(facts, language) if facts.shown else _hidden(facts, language)),
            NewPage(),
            Title("Record of the sign-off" if english else "销号审核记录"),
            Form(_outcome(facts, language)),
            *_levels(facts, language),
        ],
    )


def _pair(chinese: str, english: str, value: str, language: str) -> tuple[str, str]:
    return (english if language == ENGLISH else chinese), value


def _hidden(facts: SignOffFacts, language: str) -> Iterator[Block]:
    """Number and dates only."""
    english = language == ENGLISH
    yield Form(
        [
            _pair("编号", "Number", facts.number, language),
            _pair("申请日期", "Applied on", day_words(facts.applied_on, language), language),
            _pair("办理结果", "Outcome", word(f"application.{facts.state}", language), language),
        ]
    )
    yield Paragraph(
        "The matter is restricted; please ask the office about it."
        if english
        else "本件限知，申请内容请到督查办公室查阅。"
    )


def _application(facts: SignOffFacts, language: str) -> Iterator[Block]:
    shown, task = facts.shown, facts.shown["task"]
    applicant = shown["applicant"]
    if shown["said_by"] not in ("", applicant):
        said = shown["said_by"]
        applicant += f" ({said} on behalf)" if language == ENGLISH else f"（由{said}代办）"
    yield Form(
        [
            (*_pair("编号", "Number", task["number"], language),
             *_pair("责任单位", "Unit", task["unit"], language)),
            (*_pair("交办日期", "Assigned", _day(task["opened_on"], language), language),
             *_pair("整改时限", "Deadline", _day(task["due_on"], language), language)),
            (*_pair("申请人", "Applied for by", applicant, language),
             *_pair("申请日期", "Applied on", day_words(facts.applied_on, language), language)),
            _pair("反馈问题", "Finding", task["title"], language),
            _pair("整改目标", "Goal", task["goal"] or "—", language),
            _pair("整改完成情况", "What was done", shown["summary"], language),
        ]
    )  # fmt: skip
    yield from _lines(shown, language)
    yield from _measures(shown["measures"], language)
    yield from _visibles(shown["visibles"], language)
    yield Form(
        [
            _pair("建章立制", "Rules made", shown["rules"] or "—", language),
            _pair("追责问责", "Accountability", shown["accountability"] or "—", language),
            _pair(
                "清退金额", "Money returned", _money(shown["money_returned"], language), language
            ),
            _pair("责任单位签字", "Signed by the unit", _signed(shown, language), language),
        ]
    )
    yield from _evidence(shown["evidence"], language)


def _day(written: str | None, language: str) -> str:
    if written:
        return day_words(date.fromisoformat(written), language)
    return "long-term" if language == ENGLISH else "长期坚持"


def _money(fen: int, language: str) -> str:
    said = f"{fen // 100:,}.{fen % 100:02}"
    return f"¥{said}" if language == ENGLISH else f"{said}元"


def _signed(shown: Mapping[str, Any], language: str) -> str:
    """On paper, as it was recorded; else room for it."""
    if not shown["paper_signed_by"]:
        return ROOM
    on = _day(shown["paper_signed_on"], language)
    return f"{shown['paper_signed_by']}, {on}" if language == ENGLISH else (
        f"{shown['paper_signed_by']}，{on}"
    )  # fmt: skip


def _lines(shown: Mapping[str, Any], language: str) -> Iterator[Block]:
    """What was handed in line by line, if it was."""
    if lines := shown.get("lines"):
        parts: Sequence[str] = shown["parts"]
        yield Grid(
            headings=("No." if language == ENGLISH else "序号", *parts),
            rows=[
                (str(one["position"]), *one["said"], *[""] * (len(parts) - len(one["said"])))
                for one in lines
            ],
            widths=(11, *[145 // len(parts)] * len(parts)),
            numeric=(0,),
        )


def _measures(measures: Sequence[Mapping[str, str]], language: str) -> Iterator[Block]:
    if measures:
        yield Grid(
            headings=("", "Measure", "What was done")
            if language == ENGLISH
            else ("序号", "整改措施", "完成情况"),
            rows=[(str(n), one["measure"], one["done"]) for n, one in enumerate(measures, 1)],
            widths=(11, 65, 80),
            numeric=(0,),
        )


def _visibles(visibles: Mapping[str, Mapping[str, str]], language: str) -> Iterator[Block]:
    english = language == ENGLISH
    because = "not applicable: " if english else "不适用："
    rows = [
        (word(f"visible.{one}", language), said["shown"] or f"{because}{said['because']}")
        for one in SixVisible
        if (said := visibles.get(one))
    ]
    if rows:
        headings = ("The six visibles", "Where it is seen") if english else ("六见", "对照情况")
        yield Grid(headings, rows, widths=(34, 122))


def _evidence(files: Sequence[Mapping[str, Any]], language: str) -> Iterator[Block]:
    english = language == ENGLISH
    if not files:
        yield Paragraph("No files were handed in." if english else "没有上传佐证材料。")
        return
    yield Grid(
        headings=("", "Evidence", "Kind", "Hash (SHA-256)")
        if english
        else ("序号", "佐证材料", "种类", "校验值（SHA-256）"),
        rows=[
            (str(n), file["name"], word(f"evidence.{file['kind']}", language), file["sha256"])
            for n, file in enumerate(files, 1)
        ],
        widths=(11, 45, 24, 76),
        numeric=(0,),
    )


def _outcome(facts: SignOffFacts, language: str) -> list[tuple[str, ...]]:
    state = word(f"application.{facts.state}", language)
    if language == ENGLISH:
        kept = "agrees with what is kept" if facts.intact else "DOES NOT agree with what is kept"
    else:
        kept = "与留存材料一致" if facts.intact else "与留存材料不一致，请核查"
    return [
        (
            *_pair("编号", "Number", facts.number, language),
            *_pair("办理结果", "Outcome", state, language),
        ),
        _pair("申请材料校验值", "Hash of the material", facts.packet, language),
        _pair("核对", "Checked", kept, language),
    ]


def _levels(facts: SignOffFacts, language: str) -> Iterator[Block]:
    for n, level in enumerate(facts.levels):
        ordinal = f"{n + 1}. " if language == ENGLISH else f"{ORDINALS[n : n + 1] or n + 1}、"
        yield Heading(f"{ordinal}{level.title}")
        if not level.opinions:
            yield Form(_blank(language))
        for one in level.opinions:
            yield Form(_opinion(one, language))


def _blank(language: str) -> list[tuple[str, ...]]:
    """For whoever signs on paper; the office records it."""
    if language == ENGLISH:
        return [("Opinion", ROOM), ("Signature", "", "Date", "")]
    return [("审核意见", ROOM), ("签字（盖章）", "", "日期", "")]


def _opinion(one: Opinion, language: str) -> list[tuple[str, ...]]:
    english = language == ENGLISH
    verdict = word(f"verdict.{one.verdict}", language)
    if one.void:
        verdict += " (void: the material was changed)" if english else "（材料变动后失效）"
    said = f"{verdict}{': ' if english else '：'}{one.reason}" if one.reason else verdict
    rows: list[tuple[str, ...]] = [
        (*_pair("审核人", "Decided by", _who(one, language), language),
         *_pair("日期", "On", day_words(one.on, language), language)),
        _pair("审核意见", "Opinion", said, language),
    ]  # fmt: skip
    if one.requirement:
        rows.append(_pair("整改要求", "Required", one.requirement, language))
    if one.rejected:
        lines = [f"{n}. {why}" for n, why in one.rejected.items()]
        rows.append(_pair("不同意的各条", "Turned down", "\n".join(lines), language))
    if sure := _how_sure(one, language):
        rows.append(_pair("身份核实", "Identity", sure, language))
    return [*rows, _pair("所审材料校验值", "Decided on (hash)", one.packet, language)]


def _who(one: Opinion, language: str) -> str:
    post = post_word(one.capacity, language)
    if not one.name:
        return post
    if language == ENGLISH:
        return f"{one.name}, {post}{f', for {one.stands_for}' if one.stands_for else ''}"
    return f"{one.name}（{post}{f'，代{one.stands_for}' if one.stands_for else ''}）"


def _how_sure(one: Opinion, language: str) -> str:
    if one.paper_signed_on is None:
        return assurance_word(one.assurance, language)
    on = day_words(one.paper_signed_on, language)
    if language == ENGLISH:
        by = f", recorded by {one.recorded_by}" if one.recorded_by else ""
        return f"signed on paper on {on}{by}"
    by = f"，由{one.recorded_by}登记" if one.recorded_by else ""
    return f"{on}书面签署{by}"
