"""What was decided in a form, of one referral or of many, and what is missing from it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Request
from starlette.datastructures import UploadFile

from flows.signoff.referred import APPLICATION, LOOK_BACK
from models.decision import Verdict
from models.request_machine import RequestKind
from web.reply_form import clean
from web.whom import unit_and_person

SHORTEST, LONGEST, LONGEST_OF_MANY = 5, 4000, 500  # characters of a reason
REASSIGN, WITHDRAW = "reassign", "withdraw"
_FIELD = re.compile(
    r"(verdict|packet|reason|requirement|to|point|remark|lined|turned|why)"
    r"-([0-9]{1,9})(?:-([0-9]{1,3}))?"
)
_BY_POINT = {"point": "points", "remark": "remarks", "turned": "turned", "why": "whys"}
_TICK = re.compile(r"tick-([0-9]{1,9})")
Fault = tuple[str, str]

_OF_REQUEST = {"grant": Verdict.GRANT, "refuse": Verdict.REFUSE}
CHOICES: Mapping[str, Mapping[str, Verdict]] = {
    APPLICATION: {"approve": Verdict.APPROVE, "return": Verdict.RETURN, "ask": Verdict.ASK},
    LOOK_BACK: {
        str(v): v for v in (Verdict.SOLID, Verdict.RECURRED, Verdict.SHAM, Verdict.FALLS_SHORT)
    },
    RequestKind.OBJECTION: {
        REASSIGN: Verdict.GRANT,
        WITHDRAW: Verdict.GRANT,
        "refuse": Verdict.REFUSE,
    },
    **{kind: _OF_REQUEST for kind in RequestKind if kind != RequestKind.OBJECTION},
}
NEEDS_NO_REASON = {"approve", "grant", "solid"}


@dataclass(frozen=True)
class RulingForm:
    """One line. `to`: whom an objection's matter passes to, as unit:handler. `lined`: the form had
    lines to be decided one by one; `turned`: which are turned down, `whys`: why."""

    choice: str = ""
    packet: str = ""
    reason: str = ""
    requirement: str = ""
    to: str = ""
    points: Mapping[int, bool] = field(default_factory=dict)
    remarks: Mapping[int, str] = field(default_factory=dict)
    lined: str = ""
    turned: Mapping[int, bool] = field(default_factory=dict)
    whys: Mapping[int, str] = field(default_factory=dict)

    def verdict(self, kind: str) -> Verdict | None:
        return CHOICES[kind].get(self.choice)

    def destination(self) -> tuple[int | None, int | None]:
        """Unit and handler; the handler may be left to the unit."""
        return unit_and_person(self.to) if self.choice == REASSIGN else (None, None)

    def answered(self) -> dict[int, tuple[bool, str]]:
        """The checklist: whether each point is met, and the remark."""
        return {n: (met, self.remarks.get(n, "")) for n, met in self.points.items()}

    def rejected(self) -> dict[int, str] | None:
        """The lines that are turned down, and why; None: there are none, or nothing is approved."""
        if not self.lined or self.choice != "approve":
            return None
        return {n: self.whys.get(n, "") for n in sorted(self.turned) if self.turned[n]}

    def faults(self, kind: str, asked: int = 0) -> list[Fault]:
        """`asked`: how many points a look-back has."""
        if self.verdict(kind) is None:
            return [("请选择一项决定。", "Please choose a decision.")]
        found = [*self._reason_faults()]
        if self.choice == REASSIGN and self.destination()[0] is None:
            found.append(("请选择改派到哪个单位。", "Please choose the unit that it passes to."))
        if missing := [n for n in range(1, asked + 1) if n not in self.points]:
            said = "、".join(map(str, missing))
            found.append(
                (
                    f"请逐条填写检查情况，还缺第 {said} 条。",
                    f"Please answer every point of the checklist; missing: {said}.",
                )
            )
        return [*found, *self._line_faults()]

    def _line_faults(self) -> list[Fault]:
        unsaid = [n for n, why in (self.rejected() or {}).items() if len(why) < SHORTEST]
        if self.lined and self.choice == "approve":
            unsaid += [n for n, why in self.whys.items() if why and not self.turned.get(n)]
        if not unsaid:
            return []
        said = "、".join(map(str, sorted(unsaid)))
        return [
            (
                f"第 {said} 条：不同意的请勾选并写明理由，至少 {SHORTEST} 个字；同意的请清空理由。",
                (
                    f"Line {said}: tick what is turned down and say why, in {SHORTEST} "
                    "characters; a line that is approved has no reason."
                ),
            )
        ]

    def _reason_faults(self) -> list[Fault]:
        written = len(self.reason)
        if max(written, len(self.requirement), *map(len, self.whys.values())) > LONGEST:
            return [(f"每栏不能超过 {LONGEST} 个字。", f"At most {LONGEST} characters in a field.")]
        if self.choice in NEEDS_NO_REASON or written >= SHORTEST:
            return []
        return [
            (
                f"请写明理由，至少 {SHORTEST} 个字，现有 {written} 个字。",
                f"Please give the reason, at least {SHORTEST} characters; there are {written}.",
            )
        ]


@dataclass(frozen=True)
class Submitted:
    """Everything that one form of decisions sent. `written`: to be given back as it came."""

    rulings: Mapping[int, RulingForm] = field(default_factory=dict)
    ticks: tuple[int, ...] = ()
    sure: bool = False
    on_behalf: bool = False
    many: bool = False
    written: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.written)

    def of(self, *referral_ids: int) -> RulingForm:
        """What was written about the first of these that anything was written about."""
        found = [self.rulings[key] for key in referral_ids if key in self.rulings]
        return found[0] if found else RulingForm()

    def reasons(self) -> str:
        """All that was written in words."""
        said = [
            (one.reason, one.requirement, *one.remarks.values(), *one.whys.values())
            for one in self.rulings.values()
        ]
        return "\n".join(words for of_one in said for words in of_one if words)

    def chosen(self) -> dict[int, RulingForm]:
        """What is not left for later."""
        return {key: one for key, one in self.rulings.items() if one.choice not in ("", "later")}


async def submitted(request: Request) -> Submitted:
    form = await request.form()
    found: dict[int, dict[str, object]] = {}
    ticks, written = [], {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            continue
        if tick := _TICK.fullmatch(name):
            ticks.append(int(tick[1]))
            written[name] = value
        elif place := _FIELD.fullmatch(name):
            written[name] = said = clean(value).strip()
            _put(found.setdefault(int(place[2]), {}), place[1], place[3], said)
    rulings = {key: RulingForm(**fields) for key, fields in found.items()}  # type: ignore[arg-type]  # by the names of _FIELD
    return Submitted(
        rulings,
        tuple(ticks),
        sure=form.get("sure") == "yes",
        on_behalf=form.get("who") == "proxy",
        many=form.get("many") == "yes",
        written=written,
    )


def _put(fields: dict[str, object], name: str, n: str | None, said: str) -> None:
    if name in _BY_POINT:
        kept = fields.setdefault(_BY_POINT[name], {})
        assert isinstance(kept, dict)  # for the types: put there by the line above
        words = name in ("remark", "why")
        if words or said in ("yes", "no"):
            kept[int(n or 0)] = said if words else said == "yes"
    else:
        fields["choice" if name == "verdict" else name] = said
