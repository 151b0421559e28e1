"""A CSV of reported values: 对象, 时期, 数值, and 更正理由 where one corrects."""

from collections.abc import Sequence

from flows.ledger.textfile import read_csv
from flows.measures.reporting import Reading
from models.refusal import Refusal

HEADINGS = {
    "subject": ("对象", "subject"),
    "period": ("时期", "period"),
    "value": ("数值", "value"),
    "reason": ("更正理由", "reason"),
}
OPTIONAL = {"reason"}


def readings(data: bytes) -> list[Reading]:
    """Lines count as the file has them. Empty lines are passed over. Raises Refusal."""
    lines = [[str(cell).strip() for cell in line] for line in read_csv(data).rows]
    places = _places(lines[0] if lines else [])
    found = []
    for n, line in enumerate(lines[1:], 2):
        if any(line):
            said = {field: line[at] for field, at in places.items() if at < len(line)}
            found.append(Reading(**({"subject": "", "period": "", "value": ""} | said), line=n))
    return found


def _places(headings: Sequence[str]) -> dict[str, int]:
    found = {
        field: n
        for n, heading in enumerate(headings)
        for field, names in HEADINGS.items()
        if heading.lower() in names
    }
    if lacking := [HEADINGS[field] for field in HEADINGS.keys() - OPTIONAL - found.keys()]:
        chinese = "、".join(names[0] for names in sorted(lacking))
        english = ", ".join(names[1] for names in sorted(lacking))
        raise Refusal(
            f"第 1 行缺少列 {chinese}；请写 对象,时期,数值，更正时加 更正理由。没有记录任何数值",
            f"line 1 lacks {english}: write subject,period,value, and reason to correct. Nothing "
            "was recorded",
        )
    return found
