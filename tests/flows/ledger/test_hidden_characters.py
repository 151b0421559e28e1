"""Nothing that could begin a header, hide, or turn a line round gets into the database."""

import csv
import io
from collections.abc import Callable

import pytest

from flows.ledger.headings import DIRECTORY, LEDGER, Heading
from flows.ledger.rows import Ledger

Read = Callable[..., Ledger]
GOOD = {
    "问题编号": "定巡001",
    "反馈问题": "问题",
    "责任单位": "区教育局",
    "整改时限": "2022-07-14",
    "单位": "区教育局",
    "姓名": "张伟",
}
CONTROLS = ["\x01", "\x07", "\x1b", "\x7f", "\x85", "\x9b"]
TURNING = ["\u061c", "\u200e", "\u200f", *map(chr, range(0x202A, 0x202F))]
TURNING += map(chr, range(0x2066, 0x206A))
UNSEEN = ["\u2028", "\u2029", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"]


def as_csv(table: tuple[Heading, ...], rows: list[dict[str, str]]) -> bytes:
    written = io.StringIO()
    names = [heading.chinese for heading in table]
    writer = csv.DictWriter(written, names, restval="")
    writer.writeheader()
    writer.writerows({name: row.get(name, "") for name in names} for row in rows)
    return written.getvalue().encode()


@pytest.mark.parametrize("table", [LEDGER, DIRECTORY], ids=["ledger", "directory"])
@pytest.mark.parametrize("sign", CONTROLS + TURNING + UNSEEN, ids=lambda sign: f"{ord(sign):04X}")
def test_no_column_takes_a_character_that_cannot_be_seen(
    read_bytes: Read, table: tuple[Heading, ...], sign: str
) -> None:
    rows = [
        GOOD | {"问题编号": f"定巡{n}", heading.chinese: f"甲{sign}乙"}
        for n, heading in enumerate(table)
    ]

    ledger = read_bytes(as_csv(table, rows))

    for n, heading in enumerate(table, 2):
        told = [p for p in ledger.problems if (p.row, p.column) == (n, heading.chinese)]
        assert len(told) == 1, heading
        assert f"U+{ord(sign):04X}" in told[0].message()
        assert f"U+{ord(sign):04X}" in told[0].message("en")
        assert sign not in told[0].message() + told[0].message("en")


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("Zhang@例子.中国", "zhang@xn--fsqu00a.xn--fiqs8s"),
        ("zhang@BÜRO.example", "zhang@xn--bro-hoa.example"),
        ("zhang@例子。中国", "zhang@xn--fsqu00a.xn--fiqs8s"),
    ],
)
def test_a_domain_of_any_script_is_kept_as_it_goes_over_the_wire(
    read_bytes: Read, address: str, kept: str
) -> None:
    ledger = read_bytes(as_csv(DIRECTORY, [GOOD | {"邮箱": address}]))

    assert ledger.problems == ()
    assert [row.email for row in ledger.directory] == [kept]


@pytest.mark.parametrize("address", ["张伟@dinghai.example", "ｚhang@a.example", "zhäng@a.example"])
def test_a_name_before_the_at_that_is_not_ascii_is_refused_in_one_sentence(
    read_bytes: Read, address: str
) -> None:
    ledger = read_bytes(as_csv(DIRECTORY, [GOOD | {"邮箱": address}]))

    [problem] = ledger.problems
    assert problem.message().endswith(
        f"邮箱：“{address}”不是有效的邮箱地址，请写成 name@example.cn"
    )
