"""What a refusal means for the address that was refused, in a server's words of any language."""

import re
from typing import NamedTuple

from models.relay import BounceKind

_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")  # RFC 3463; not in an IP
_WRONG = {"5.1.1", "5.1.10", "5.2.1"}
_SAYS_NOTHING = {"5.0.0", "5.1.0", "5.5.0"}  # then it is the words that tell
_NOBODY = re.compile(
    "(用户|邮箱|信箱|地址|收件人|[账帐][号户])(已经?)?(不存在|停用|注销|被?禁用)"
    "|不存在(的|该|此)(用户|邮箱|信箱|收件人)|[无没]有?[此该这](个)?(用户|邮箱|信箱|收件人)"
    "|user unknown|unknown user|no such (user|mailbox|recipient|account)"
    "|(user|mailbox|recipient|account) (was |is )?(not found|does ?n[o']t exist|unknown|disabled)",
    re.IGNORECASE,
)
_SOMETHING_ELSE = re.compile(
    "已满|满额|额度|超限|容量|超大|过大|频率|垃圾|病毒|策略|黑名单"
    r"|spam|\bSPM\b|polic(y|ies)|quota|\bfull\b|too (many|large|big)|black ?list|block ?list"
    "|reputation|rate limit",
    re.IGNORECASE,
)


class Verdict(NamedTuple):
    """`status` is the enhanced code, where there is one."""

    kind: BounceKind
    status: str


def verdict(said: str) -> Verdict:
    """HARD only if nothing else can be meant: a wrong suppression keeps a person uninformed."""
    found = _STATUS.search(said)
    status = found[0] if found else ""
    if status in _WRONG:
        return Verdict(BounceKind.HARD, status)
    telling = status and status not in _SAYS_NOTHING
    if not telling and _NOBODY.search(said) and not _SOMETHING_ELSE.search(said):
        return Verdict(BounceKind.HARD, status)
    return Verdict(BounceKind.SOFT, status)
