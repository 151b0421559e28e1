"""The one source of words for what the code calls by identifiers, in Chinese and English."""

from datetime import date, datetime
from typing import Final

from models.notice import Duty
from models.notice_machine import NoticeState
from models.organisation import PostKind
from models.signoff import TaskState
from models.task import Track
from models.warning import Colour
from notifications.desk_words import DESK_WORDS

CHINESE: Final = "zh-CN"
ENGLISH: Final = "en"
LANGUAGES: Final = (CHINESE, ENGLISH)

_WORDS: dict[str, tuple[str, str]] = {
    **DESK_WORDS,
    "colour.green": ("绿色", "green"),
    "colour.blue": ("蓝色", "blue"),
    "colour.yellow": ("黄色", "yellow"),
    "colour.orange": ("橙色", "orange"),
    "colour.red": ("红色", "red"),
    "post.handler": ("责任人", "handler"),
    "post.unit_head": ("单位负责人", "head of the unit"),
    "post.supervising_leader": ("分管领导", "supervising leader"),
    "post.reviewer": ("审核人", "reviewer"),
    "post.office": ("督查办公室", "supervision office"),
    "post.commission_head": ("领导小组组长", "head of the leading group"),
    "post.administrator": ("系统管理员", "administrator"),
    "state.assigned": ("已交办", "assigned"),
    "state.objected": ("异议审核中", "objected"),
    "state.in_progress": ("办理中", "in progress"),
    "state.under_review": ("销号审核中", "under review"),
    "state.suspended": ("已中止", "suspended"),
    "state.long_term": ("长期坚持", "long-term"),
    "state.signed_off": ("已销号", "signed off"),
    "state.confirmed": ("回头看已确认", "confirmed"),
    "state.withdrawn": ("已撤回", "withdrawn"),
    "notice.issued": ("待签收", "not yet acknowledged"),
    "notice.acknowledged": ("已签收，待答复", "acknowledged, not yet answered"),
    "notice.answered": ("已答复", "answered"),
    "notice.lifted": ("已解除", "lifted"),
    "notice.superseded": ("已被更高级预警取代", "superseded by a higher colour"),
    "duty.act": ("签收并答复", "acknowledge and answer"),
    "duty.acknowledge": ("签收（可附批示要求）", "acknowledge, with or without an instruction"),
    "duty.copy": ("知悉", "for information"),
    "mail.queued": ("待发送", "queued"),
    "mail.sent": ("已发送", "sent"),
    "mail.dead": ("无法送达", "refused for good"),
    "mail.superseded": ("已并入后一封", "taken over by a later mail"),
    "mail.skipped": ("无需再发", "no longer needed"),
    "mail_kind.digest": ("督办邮件", "digest"),
    "mail_kind.referral": ("送审邮件", "mail that asks for a decision"),
    "mail_kind.outcome": ("办理结果邮件", "mail on what was decided"),
    "mail_kind.alarm": ("致督查办公室的提醒", "alarm to the office"),
    "mail_kind.summary": ("晨报", "morning summary"),
    "mail_kind.receipt": ("代办告知", "receipt for what another did"),
    "mail_kind.code": ("验证码", "code"),
    "reach.told": ("已告知", "told"),
    "reach.waiting": ("待发送", "not told yet (the mail waits to be sent)"),
    "reach.refused": ("未送达（邮箱拒收）", "not told (the mailbox refused the mail)"),
    "reach.needless": ("未发送", "never told (the mail was no longer needed)"),
    "dropped.closed": ("事项已办结", "the task is closed"),
    "dropped.withdrawn": ("事项已撤回", "the task was withdrawn"),
    "dropped.superseded": ("已被更高级预警取代", "superseded by a higher colour"),
    "dropped.lifted": ("预警已解除", "the notice was lifted"),
    "dropped.answered": ("已答复", "answered meanwhile"),
    "dropped.acknowledged": ("已签收", "acknowledged meanwhile"),
    "dropped.reassigned": ("已改由他人负责", "somebody else handles it now"),
    "dropped.not_due": ("提醒已不适用", "the reminder no longer applies"),
    "post.anybody": ("人", "one"),
    "assurance.link": ("经邮件链接，未验证身份", "by the link in a mail, identity not verified"),
    "assurance.code": ("经邮件验证码证明是本人", "proved by a code mailed at that moment"),
    "assurance.session": ("登录后办理", "signed in"),
    "assurance.command": ("由命令行指明", "named on the command line"),
    "track.immediate": ("立行立改", "at once"),
    "track.deadline": ("限期整改", "by a deadline"),
    "track.long_term": ("长期坚持", "long-term"),
    "change.opened": ("交办时确定", "set when assigned"),
    "change.imported": ("台账导入调整", "changed by the ledger"),
    "change.extension": ("批准延期", "extended"),
    "change.suspension": ("中止顺延", "moved by a suspension"),
    "change.return": ("退回后顺延", "moved by a return"),
    "change.review": ("下次复核日期", "next review date"),
    "event.escalate": ("预警升级", "escalated"),
    "event.relieve": ("预警降级", "relieved"),
    "event.lift": ("预警解除", "lifted"),
    "event.supersede": ("预警单被取代", "notice superseded"),
    "event.acknowledge": ("签收", "acknowledged"),
    "event.answer": ("答复进展", "answered"),
    "event.start": ("开始办理", "work started"),
    "event.object": ("提出异议", "objected"),
    "event.uphold": ("异议成立", "objection upheld"),
    "event.reject": ("异议不成立", "objection rejected"),
    "event.apply": ("申请销号", "sign-off applied for"),
    "event.approve": ("审核通过", "approved"),
    "event.sign_off": ("同意销号", "signed off"),
    "event.return": ("退回整改", "returned"),
    "event.suspend": ("中止", "suspended"),
    "event.resume": ("恢复", "resumed"),
    "event.make_long_term": ("转为长期坚持", "made long-term"),
    "event.confirm": ("回头看确认", "confirmed by the look-back"),
    "event.look_back": ("回头看", "looked back at"),
    "event.reopen": ("重新启动", "reopened"),
    "event.withdraw": ("撤回", "withdrawn"),
    "event.amend": ("补充材料", "amended"),
    "event.recall": ("撤回申请", "application recalled"),
    "event.ask": ("要求补充说明", "more was asked for"),
    "event.end_long_term": ("转回限期整改", "given a deadline again"),
    "event.reassign": ("改派", "reassigned"),
    "event.grant": ("批准申请", "request granted"),
    "event.refuse": ("不批准申请", "request refused"),
    "event.take_back": ("撤回申请", "request taken back"),
    "event.lapse": ("申请失效", "request lapsed"),
    "change.end_long_term": ("转回限期整改时确定", "set when it got a deadline again"),
    "change.reopened": ("回头看后重新整改", "set when reopened"),
    "channel.web": ("网页", "web page"),
    "channel.telephone": ("电话", "telephone"),
    "channel.post": ("来信", "post"),
    "feedback.in_hand": ("正在办理", "being dealt with"),
    "feedback.answered": ("已答复", "answered"),
    "feedback.passed_on": ("已转有关单位办理", "passed on to the office in charge"),
    "feedback.discipline": ("已转有关机关处理", "passed on to the organ in charge"),
    "feedback.ended": ("已结束", "ended"),
    "lead_verdict.upheld": ("处置恰当", "handled properly"),
    "lead_verdict.check_more": ("补充核查", "to be checked further"),
    "lead_verdict.handle_anew": ("重新处置", "to be handled anew"),
    "change.stage": ("进入新环节", "set when it entered a stage"),
    "event.advance": ("进入环节", "entered a stage"),
    "change.reassigned": ("改派时调整", "set when reassigned"),
    "visible.persons": ("见人", "the persons"),
    "visible.facts": ("见事", "the facts"),
    "visible.list": ("见单", "the list"),
    "visible.result": ("见处理结果", "the result"),
    "visible.accountability": ("见责任追究", "accountability"),
    "visible.rules": ("见规章制度", "the rules"),
    "request.extension": ("延期申请", "request for an extension"),
    "request.suspension": ("中止申请", "request for a suspension"),
    "request.long_term": ("转为长期坚持的申请", "request to make it long-term"),
    "request.end_long_term": ("转回限期整改的申请", "request for a deadline again"),
    "request.review": ("阶段复核申请", "request for a review"),
    "request.objection": ("异议", "objection"),
    "request_state.asked": ("待审批", "waiting for a decision"),
    "request_state.granted": ("已批准", "granted"),
    "request_state.refused": ("未批准", "refused"),
    "request_state.withdrawn": ("已撤回", "taken back"),
    "request_state.lapsed": ("已失效", "lapsed"),
    "application.draft": ("草稿", "draft"),
    "application.open": ("审核中", "under review"),
    "application.returned": ("已退回", "returned"),
    "application.recalled": ("已撤回", "recalled"),
    "application.granted": ("已销号", "signed off"),
    "application.lapsed": ("已失效", "lapsed"),
    "verdict.approve": ("同意", "approved"),
    "verdict.return": ("退回", "returned"),
    "verdict.ask": ("要求补充", "asked for more"),
    "verdict.grant": ("批准", "granted"),
    "verdict.refuse": ("不批准", "refused"),
    "verdict.solid": ("稳固", "solid"),
    "verdict.recurred": ("反弹", "recurred"),
    "verdict.sham": ("虚假整改", "sham"),
    "verdict.falls_short": ("不到位", "falls short"),
    "asked.application": ("请审核销号申请", "please decide on this application"),
    "asked.look_back": ("请回头看检查", "please look at this matter again"),
    "asked.extension": ("请审批延期", "please decide on this extension"),
    "asked.suspension": ("请审批中止", "please decide on this suspension"),
    "asked.long_term": ("请审批转为长期坚持", "please decide whether it becomes long-term"),
    "asked.end_long_term": ("请审批转回限期整改", "please decide whether it gets a deadline again"),
    "asked.review": ("请审核阶段复核", "please decide on this review"),
    "asked.objection": ("请审核异议", "please decide on this objection"),
    "until.extension": ("申请延至", "To be due on"),
    "until.suspension": ("预计恢复", "Expected to end"),
    "until.long_term": ("首次复核", "First review"),
    "until.end_long_term": ("新的时限", "New deadline"),
    "until.review": ("下次复核", "Next review"),
    "until.objection": ("申请日期", "Date asked for"),
    "evidence.evidence": ("佐证材料", "evidence"),
    "evidence.signature": ("签字扫描件", "scan of the signature"),
    "evidence.decision": ("书面决定扫描件", "scan of a decision"),
    "of.application": ("销号申请", "application for sign-off"),
    "of.look_back": ("回头看", "look-back"),
    "outcome.not_asked": ("无需再审核", "nothing to decide any more"),
    "outcome.because_moved": ("时限已顺延", "the deadline was moved"),
    "outcome.because_closed": ("事项已办结，预警解除", "the matter is closed"),
    "outcome.grant.extension": ("批准延期", "extension granted"),
    "outcome.grant.suspension": ("批准中止", "suspension granted"),
    "outcome.grant.long_term": ("批准转为长期坚持", "made long-term"),
    "outcome.grant.end_long_term": ("批准转回限期整改", "given a deadline again"),
    "outcome.grant.review": ("阶段复核通过", "review passed"),
    "outcome.grant.objection": ("异议成立", "objection upheld"),
    "outcome.refuse.extension": ("不批准延期", "extension refused"),
    "outcome.refuse.suspension": ("不批准中止", "suspension refused"),
    "outcome.refuse.long_term": ("不批准转为长期坚持", "not made long-term"),
    "outcome.refuse.end_long_term": ("不批准转回限期整改", "no new deadline"),
    "outcome.refuse.review": ("阶段复核未通过", "review not passed"),
    "outcome.refuse.objection": ("异议不成立", "objection rejected"),
    "stalled.application": (
        "销号申请无人可以审核（缺岗、回避或参与办理），请指定审核人",
        "nobody may decide on the application for sign-off; please name somebody",
    ),
    "stalled.request": (
        "申请无人可以审批（缺岗、回避或参与办理），请指定审批人",
        "nobody may decide on what was asked for; please name somebody",
    ),
    "stalled.look_back": (
        "回头看无人可以检查（缺岗、回避或参与办理），请指定检查人",
        "nobody may carry out the look-back; please name somebody",
    ),
    "stalled.refused": (
        "送审邮件被拒收，审核人可能尚不知情，请转告并核对邮箱",
        "the mail that asks for a decision was refused; tell the reviewer, check the address",
    ),
    "dropped.excluded": ("已登记回避", "this person stands aside from the task"),
    "dropped.decided": ("已无需决定", "there is nothing to decide any more"),
}


def word(key: str, language: str = CHINESE) -> str:
    """A word by its key, as "colour.red". An unknown key is a mistake of ours: KeyError."""
    return _WORDS[key][language == ENGLISH]


def colour_word(colour: Colour, language: str = CHINESE) -> str:
    return word(f"colour.{colour}", language)


def post_word(kind: PostKind, language: str = CHINESE) -> str:
    return word(f"post.{kind}", language)


def assurance_word(assurance: str, language: str = CHINESE) -> str:
    """How sure it is who acted; nothing for what was not done by a link or at the desk."""
    return word(f"assurance.{assurance}", language) if assurance else ""


def state_word(state: TaskState, language: str = CHINESE) -> str:
    return word(f"state.{state}", language)


def notice_word(state: NoticeState, language: str = CHINESE) -> str:
    return word(f"notice.{state}", language)


def duty_word(duty: Duty, language: str = CHINESE) -> str:
    return word(f"duty.{duty}", language)


def mail_word(state: str, language: str = CHINESE) -> str:
    return word(f"mail.{state}", language)


def track_word(track: Track, language: str = CHINESE) -> str:
    return word(f"track.{track}", language)


def event_word(event: str, language: str = CHINESE) -> str:
    """What a transition is called; an event without words of its own keeps its name."""
    return _WORDS.get(f"event.{event}", (event, event))[language == ENGLISH]


def day_words(on: date, language: str = CHINESE) -> str:
    """2022年7月14日, or 14 July 2022."""
    if language == ENGLISH:
        return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"
    return f"{on.year}年{on.month}月{on.day}日"


def moment_words(at: datetime, language: str = CHINESE) -> str:
    """2022年7月14日 09:05, or 14 July 2022, 09:05; in the zone that it has."""
    comma = "," if language == ENGLISH else ""
    return f"{day_words(at, language)}{comma} {at:%H:%M}"


def over_words(days_over: int, language: str = CHINESE) -> str:
    """How far past its deadline a task is: 超期 10 天, 今日到期, 剩余 3 天."""
    if days_over == 0:
        return "due today" if language == ENGLISH else "今日到期"
    n = abs(days_over)
    if language == ENGLISH:
        return f"{n} day{'s' if n > 1 else ''} {'overdue' if days_over > 0 else 'left'}"
    return f"超期 {n} 天" if days_over > 0 else f"剩余 {n} 天"


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
