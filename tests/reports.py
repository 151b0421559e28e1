"""What comes back for a mail, in the forms that servers write it."""

from email.header import Header

DSN = """Return-Path: <>
Received: by mx.unit.example (Postfix) id 4WX1; Thu, 14 Jul 2022 12:00:01 +0800 (CST)
Date: Thu, 14 Jul 2022 12:00:01 +0800 (CST)
From: MAILER-DAEMON@mx.unit.example (Mail Delivery System)
Subject: {subject}
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4WX1.165/mx.unit.example"
Message-Id: <{report}@mx.unit.example>

This is a MIME-encapsulated message.

--4WX1.165/mx.unit.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.unit.example.

I'm sorry to have to inform you that your message could not be delivered.

<{address}>: host mail.dinghai.example[192.0.2.5] said: {said} (in reply to RCPT TO command)

--4WX1.165/mx.unit.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.unit.example
X-Postfix-Queue-ID: 4WX1
X-Postfix-Sender: rfc822; {to}
Arrival-Date: Thu, 14 Jul 2022 12:00:00 +0800 (CST)

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Remote-MTA: dns; mail.dinghai.example
Diagnostic-Code: smtp; {said}

--4WX1.165/mx.unit.example
Content-Description: Undelivered Message
Content-Type: message/rfc822

{original}

--4WX1.165/mx.unit.example--
"""
ORIGINAL = """Return-Path: <sise@office.example>
From: sise@office.example
To: {address}
Subject: =?utf-8?b?552j5Yqe?=
Message-ID: {message_id}
Content-Type: text/plain

The matter."""


def dsn(
    mail,
    said: str = "550 5.1.1 <alice@dinghai.example>: Recipient address rejected: User unknown",
    *,
    status: str = "5.1.1",
    action: str = "failed",
    to: str = "sise@office.example",
    report: str = "20220714040001.4WX1",
    original: str = ORIGINAL,
) -> bytes:
    """As Postfix writes it, about this message of ours."""
    facts = {"address": mail.to_address, "message_id": mail.message_id}
    return DSN.format(
        subject="Undelivered Mail Returned to Sender",
        to=to,
        report=report,
        action=action,
        status=status,
        said=said,
        address=mail.to_address,
        original=original.format(**facts),
    ).encode()


def chinese_report(mail, why: str, *, to: str = "sise@office.example", charset="gb18030") -> bytes:
    """In plain words, as the large Chinese providers write it."""
    subject = Header("系统退信", charset).encode()
    body = f"抱歉，您的邮件被退回来了……\n\n原邮件信息：\n收件人：{mail.to_address}\n"
    text = (
        f"您发往 {mail.to_address} 的邮件无法投递。\n\n退信原因：{why}\n\n{body}{mail.message_id}\n"
    )
    head = (
        f"From: =?{charset}?B?08q8/s+1zbM=?= <PostMaster@qq.example>\nTo: {to}\n"
        f"Subject: {subject}\nDate: Thu, 14 Jul 2022 12:00:05 +0800\n"
        f"Message-ID: <tencent_{len(why)}@qq.example>\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    )
    return head.encode() + text.encode(charset)


def out_of_office(mail, **headers: str) -> bytes:
    said = {"Subject": "自动回复: 督办提醒", "From": mail.to_address, "To": "sise@office.example"}
    said |= {"In-Reply-To": mail.message_id, "Message-ID": "<away@dinghai.example>", **headers}
    head = "".join(f"{name}: {Header(value, 'utf-8').encode() if not value.isascii() else value}\n"
                   for name, value in said.items())  # fmt: skip
    body = "我外出学习，邮箱不存在的事项请联系他人。"
    return f"{head}Content-Type: text/plain; charset=utf-8\n\n{body}\n".encode()
