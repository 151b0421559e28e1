"""Words that the desk alone uses: attempts, bounces, a night's steps, the history's tables."""

DESK_WORDS: dict[str, tuple[str, str]] = {
    "attempt.sent": ("邮件服务器已收", "taken by the relay"),
    "attempt.retry": ("暂未送出，会再试", "not now; tried again"),
    "attempt.unknown": ("结果不明", "outcome unknown"),
    "attempt.reject": ("被拒收", "refused"),
    "attempt.config": ("邮件服务器不接受本系统", "the relay would not have us"),
    "bounce.hard": ("退信：邮箱无效", "came back: no such address"),
    "bounce.soft": ("退信：暂时无法投递", "came back: not delivered for now"),
    "bounce.away": ("自动回复", "automatic answer"),
    "history.transition": ("状态变动", "moves"),
    "history.deadline_change": ("时限", "deadlines"),
    "history.decision": ("决定", "decisions"),
    "history.reassignment": ("改派", "reassignments"),
    "history.look_back_round": ("抽样", "samples"),
    "history.resending": ("再次发送", "mails sent again"),
    "night_step.claimed": ("开始检查", "claimed"),
    "night_step.swept": ("检查时限、升级颜色", "clocks looked at, colours raised"),
    "night_step.issued": ("签发预警单", "notices issued"),
    "night_step.composed": ("编写督办邮件", "mails composed"),
    "night_step.reported": ("发送邮件、编写晨报", "mails sent, summary composed"),
    "night_step.closed": ("归档本次检查", "closed"),
}
