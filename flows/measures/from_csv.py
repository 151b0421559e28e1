"""A CSV of reported values: 对象, 时期, 数值, and 更正理由 where one corrects."""

from flows.ledger.textfile import read_named
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
    """Raises Refusal."""
    found, lines = read_named(data, HEADINGS)
    if lacking := sorted(HEADINGS[field] for field in HEADINGS.keys() - OPTIONAL - found):
        chinese = "、".join(names[0] for names in lacking)
        english = ", ".join(names[1] for names in lacking)
        raise Refusal(
            f"第 1 行缺少列 {chinese}；请写 对象,时期,数值，更正时加 更正理由。没有记录任何数值",
            f"line 1 lacks {english}: write subject,period,value, and reason to correct. Nothing "
            "was recorded",
        )
    return [
        Reading(**({"subject": "", "period": "", "value": ""} | said), line=n) for n, said in lines
    ]
