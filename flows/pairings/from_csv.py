"""A CSV of pairings: 结对名称, 领导, 对象, 对象类别, 起, 备注."""

from flows.ledger.cells import BadCell, day
from flows.ledger.textfile import read_named
from flows.pairings.pairing import Wanted
from models.pairing import PairedWith
from models.refusal import Refusal
from notifications.wording import CHINESE, ENGLISH, word

HEADINGS = {
    "topic": ("结对名称", "topic"),
    "leader": ("领导", "leader"),
    "subject": ("对象", "subject"),
    "kind": ("对象类别", "kind"),
    "from_on": ("起", "from"),
    "remarks": ("备注", "remarks"),
}
NEEDED = ("topic", "leader", "subject")


def rows(data: bytes) -> list[Wanted]:
    """Raises Refusal."""
    found, lines = read_named(data, HEADINGS)
    if lacking := [HEADINGS[field] for field in NEEDED if field not in found]:
        chinese = "、".join(names[0] for names in lacking)
        english = ", ".join(names[1] for names in lacking)
        raise Refusal(
            f"第 1 行缺少列 {chinese}；请写 结对名称,领导,对象，另可写 对象类别,起,备注。"
            "没有记录任何结对",
            f"line 1 lacks {english}: write topic,leader,subject, and kind,from,remarks if you "
            "like. Nothing was recorded",
        )
    return [_wanted(said, n) for n, said in lines]


def kind_named(written: str) -> PairedWith | None:
    """By its word in either language; a village if nothing is written."""
    if not written:
        return PairedWith.VILLAGE
    for kind in PairedWith:
        names = {kind.value, *(word(f"paired.{kind}", language) for language in (CHINESE, ENGLISH))}
        if written.lower() in names:
            return kind
    return None


def _wanted(said: dict[str, str], n: int) -> Wanted:
    try:
        from_on = day(said["from_on"]) if said.get("from_on") else None
    except BadCell as bad:
        told = [bad.need.say(bad.found, bad.other, language) for language in (CHINESE, ENGLISH)]
        raise Refusal(
            f"第 {n} 行：{told[0]}；没有记录任何结对", f"line {n}: {told[1]}; nothing was recorded"
        ) from bad
    return Wanted(
        topic=said.get("topic", ""),
        leader=said.get("leader", ""),
        subject=said.get("subject", ""),
        kind=kind_named(said.get("kind", "")),
        from_on=from_on,
        remarks=said.get("remarks", ""),
        line=n,
    )
