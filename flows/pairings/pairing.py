"""The office pairs leaders with villages, enterprises, households or units, and ends that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, select

from flows.history import link_id
from flows.locks import Lock, hold
from flows.pairings.standing import leader_named, pairings
from flows.signoff.actor import OfficeActor
from flows.signoff.office_acts import require_office
from models import Official, Pairing, PairingEnd
from models.pairing import PairedWith
from models.refusal import Refusal
from models.rule_words import Fault

EARLIEST, LONGEST = date(1990, 1, 1), 200  # characters
SAID = 50  # problems that are spelt out


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`leader`: a mail address, or a name. `line`: where it stands in a file."""

    topic: str
    leader: str
    subject: str
    kind: PairedWith | None = PairedWith.VILLAGE
    from_on: date | None = None
    remarks: str = ""
    line: int | None = None


def pair(session: Session, wanted: Sequence[Wanted], actor: OfficeActor) -> list[Pairing]:
    """All or nothing. Raises a Refusal with every problem, a line each."""
    require_office(session, actor)
    hold(session, Lock.PAIRINGS)  # a leader is paired once with the same one
    made, problems = list[Pairing](), list[Fault]()
    present = {_key(one.row) for one in pairings(session) if one.end is None}
    for one in wanted:
        try:
            row = _checked(session, one, actor)
            if _key(row) in present:
                raise Fault(
                    f"“{one.leader}”与“{row.subject}”已在结对",
                    f"'{row.subject}' is paired so already",
                )
        except Fault as fault:
            problems.append(_of_line(fault, one.line))
        else:
            present.add(_key(row))
            made.append(row)
    if problems or not wanted:
        raise _refused(problems or [Fault("没有要登记的结对", "there is no pairing")])
    session.add_all(made)
    session.flush()
    return made


def end_pairing(
    session: Session, pairing: Pairing, actor: OfficeActor, *, until_on: date | None, reason: str
) -> PairingEnd:
    """`until_on`: its last day, today if None. What was opened stays. Raises a Refusal."""
    require_office(session, actor)
    hold(session, Lock.PAIRINGS)  # a leader is paired once with the same one
    last = until_on or actor.on
    known = session.exec(select(PairingEnd).where(PairingEnd.pairing_id == pairing.id)).first()
    if known is not None:
        raise Refusal(
            f"该结对已于 {known.until_on} 结束；没有记录任何操作",
            f"it ended on {known.until_on} already; nothing was recorded",
        )
    if not reason.strip():
        raise Refusal("请写明理由；没有记录任何操作", "give the reason; nothing was recorded")
    if last < pairing.from_on or last > actor.on:
        raise Refusal(
            "结束日期须在开始之后、不晚于今天；没有记录任何操作",
            "its last day lies between its first and today; nothing was recorded",
        )
    ended = PairingEnd(
        pairing_id=pairing.id,
        until_on=last,
        reason=reason.strip(),
        on=actor.on,
        at=actor.now,
        actor_id=actor.official_id,
        said_by=actor.said_by,
        link_id=link_id(session),
    )
    session.add(ended)
    session.flush()
    return ended


def _checked(session: Session, one: Wanted, actor: OfficeActor) -> Pairing:
    """Raises Fault."""
    topic, subject = one.topic.strip(), one.subject.strip()
    if not topic or not subject or max(len(topic), len(subject), len(one.remarks)) > LONGEST:
        raise Fault(
            f"请写明结对名称和对象（至多 {LONGEST} 字）",
            f"say what it is part of, and with whom (at most {LONGEST} characters)",
        )
    if one.kind is None:
        raise Fault("对象类别须为 村、企业、户 或 单位", "a village, enterprise, household or unit")
    leader = _leader(session, one.leader)
    from_on = one.from_on or actor.on
    if not EARLIEST <= from_on <= actor.on:
        raise Fault("开始日期不能晚于今天", "it cannot begin after today")
    return Pairing(
        topic=topic,
        leader_id=leader.id,
        subject=subject,
        kind=one.kind,
        from_on=from_on,
        remarks=one.remarks.strip(),
        on=actor.on,
        at=actor.now,
        actor_id=actor.official_id,
        said_by=actor.said_by,
        link_id=link_id(session),
    )


def _leader(session: Session, named: str) -> Official:
    found = leader_named(session, named)
    shown = named.strip()[:40]
    if not found:
        raise Fault(
            f"通讯录中没有在职的“{shown}”，请写姓名或邮箱",
            f"nobody in service is called '{shown}'; write a name or a mail address",
        )
    if len(found) > 1:
        raise Fault(
            f"有 {len(found)} 位“{shown}”，请写邮箱", f"there are several '{shown}': write the mail"
        )
    return found[0]


def _key(row: Pairing) -> tuple[str, int, str]:
    return row.topic, row.leader_id, row.subject


def _of_line(fault: Fault, line: int | None) -> Fault:
    if line is None:
        return fault
    return Fault(f"第 {line} 行：{fault.chinese}", f"line {line}: {fault.english}")


def _refused(problems: Sequence[Fault]) -> Refusal:
    shown = problems[:SAID]
    return Refusal(
        "\n".join(one.chinese for one in shown) + "；没有记录任何结对",
        "\n".join(one.english for one in shown) + "; nothing was recorded",
    )
