"""`sise explain` says of every date where it came from: who approved it, why, on what basis."""

from datetime import date

from flows.database import reading
from flows.explain import explain
from flows.working_days import load_calendar
from models.request_machine import RequestKind
from tests.conftest import SHANGHAI
from tests.kept import play
from tests.requests import Asking

K = RequestKind
DUE, DAY = date(2022, 7, 13), date(2022, 7, 14)


def said(asking: Asking, on: date, language: str) -> list[str]:
    with reading(asking.office.engine) as session:
        calendar = load_calendar(session)
        return explain(session, "甲-1", on=on, calendar=calendar, timezone=SHANGHAI).sentences(
            language
        )


def test_an_extension_with_its_basis_and_its_approver(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", K.EXTENSION, DAY, until_on=date(2022, 8, 12), legal_basis="《条例》")
    asking.grant("甲-1", DAY)

    assert said(asking, DAY, "zh-CN")[0] == (
        "2022年7月14日，时限由2022年7月13日改为2022年8月12日（批准延期，依据：《条例》，"
        "批准人：hugo），理由：情况复杂，需再核实。"
    )
    assert said(asking, DAY, "en")[0] == (
        "On 14 July 2022 the deadline moved from 13 July 2022 to 12 August 2022 (extended, on the "
        "basis of 《条例》, approved by hugo): 情况复杂，需再核实."
    )


def test_a_suspension_while_it_lasts_and_after_it(asking: Asking):
    asking.bench.task("甲-1", DUE)
    play(asking.office, DAY)
    asking.ask("甲-1", K.SUSPENSION, DAY, until_on=date(2022, 7, 31))
    asking.grant("甲-1", DAY)

    assert said(asking, DAY, "en")[:3] == [
        "The deadline is Wednesday 13 July 2022.",
        "The clock is not running: the task is suspended.",
        "It is green.",
    ]
    for on in (date(2022, 8, 1), date(2022, 8, 2)):
        play(asking.office, on)
    after = said(asking, date(2022, 8, 2), "en")
    assert after[0] == (
        "On 1 August 2022 the deadline moved from 13 July 2022 to 31 July 2022 (moved by a "
        "suspension, on the basis of 《行政诉讼法》第八十七条, approved by hugo): 等待法院判决."
    )
    assert "On 14 July 2022 it was suspended, and came down to green." in after
    assert "2022年7月14日中止，降为绿色。" in said(asking, date(2022, 8, 2), "zh-CN")


def test_a_long_term_task_is_told_of_its_next_review_and_of_its_deadline_again(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", K.LONG_TERM, DAY)
    asking.grant("甲-1", DAY)

    assert said(asking, DAY, "zh-CN")[:2] == [
        (
            "2022年7月14日，时限由2022年7月13日改为2022年10月14日（下次复核日期，批准人：hugo），"
            "理由：需常态长效推进。"
        ),
        "下次复核日期是2022年10月14日（周五），不需顺延。",
    ]
    asking.ask("甲-1", K.END_LONG_TERM, DAY, until_on=date(2022, 8, 31))
    asking.grant("甲-1", DAY)
    assert said(asking, DAY, "en")[1:3] == [
        (
            "On 14 July 2022 the deadline moved from 14 October 2022 to 31 August 2022 (set when "
            "it got a deadline again, approved by hugo): 可以限期完成."
        ),
        "The deadline is Wednesday 31 August 2022.",
    ]
