"""The friendly pages for what cannot be done, in Chinese and English."""

import errno

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from psycopg.errors import DiskFull
from sqlalchemy.exc import OperationalError

from web.pages import said

API = "/api/v1"
Failure = tuple[tuple[str, str], tuple[str, str]]  # its title, and what to do

FAILURES: dict[int, Failure] = {
    403: (
        ("请求未被接受", "This was not accepted"),
        (
            "表单不是从本系统的页面提交的。请从邮件中的链接重新打开页面，再提交一次。",
            (
                "The form was not sent from a page of this system. Please open the page again "
                "from the link in your mail and send it once more."
            ),
        ),
    ),
    404: (
        ("没有这个页面", "There is no such page"),
        (
            "地址可能有误，或您无权查看。请从邮件中的链接或督办台重新进入。",
            (
                "The address may be wrong, or the page is not yours to see. Please start again "
                "from the link in your mail or from the desk."
            ),
        ),
    ),
    405: (
        ("不能这样操作", "This cannot be done here"),
        ("请返回上一页，使用页面上的按钮。", "Please go back and use the buttons of the page."),
    ),
    413: (
        ("内容过长", "This is too long"),
        (
            "请返回上一页，缩短内容后重新提交。",
            "Please go back, shorten the text and send it again.",
        ),
    ),
    422: (
        ("表单内容无法识别", "The form could not be read"),
        ("请返回上一页，重新填写后提交。", "Please go back, fill it in again and send it."),
    ),
    429: (
        ("操作过于频繁", "This was too often"),
        (
            "请过几分钟返回上一页再试；已经记录的操作不受影响。",
            "Please go back and try again in a few minutes; what was recorded stays recorded.",
        ),
    ),
    500: (
        ("系统出错了", "Something went wrong"),
        (
            ("请稍后重新打开链接，页面会写明您的操作是否已经记录；仍不成功时，请联系督查办公室。"),
            (
                "Please open the link again later: the page tells whether what you did was "
                "recorded. If it still fails, ask the supervision office."
            ),
        ),
    ),
    503: (
        ("系统正忙", "The system is busy"),
        (
            "请过一两分钟返回上一页，再提交一次；重复提交只记录一次。",
            (
                "Please go back in a minute or two and send it once more; what is sent twice is "
                "recorded once."
            ),
        ),
    ),
}


FULL = (
    ("服务器磁盘已满", "The server's disk is full"),
    (
        "没有记录任何操作。请告知督查办公室或系统管理员；腾出空间后，请返回上一页再提交一次。",
        (
            "Nothing was recorded. Please tell the supervision office or whoever looks after the "
            "machine; once there is room, go back and send it once more."
        ),
    ),
)
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_SAYS = ("SQLITE_FULL", "SQLITE_IOERR_WRITE")


def failure(request: Request, status: int, said_of: Failure | None = None) -> Response:
    """A page for a person, a line of JSON for a program."""
    title, words = said_of or FAILURES.get(status) or FAILURES[422 if status < 500 else 500]
    if request.url.path.startswith(API):
        return JSONResponse({"detail": " / ".join(title)}, status)
    return said(request, status, title, words)


def busy(request: Request, error: Exception) -> Response:
    """The database is locked, cannot be reached, or finds no room on its disk; SQLite calls any
    failure operational."""
    assert isinstance(error, OperationalError)
    reason = getattr(error.orig, "sqlite_errorname", "SQLITE_BUSY")
    if reason.startswith(_FULL_SAYS) or isinstance(error.orig, DiskFull):
        return _wait(failure(request, 503, FULL))
    if not reason.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        raise error
    return _wait(failure(request, 503))


def disk_full(request: Request, error: Exception) -> Response:
    """A file that is sent finds no room."""
    assert isinstance(error, OSError)
    if error.errno not in _DISK_FULL:
        raise error
    return _wait(failure(request, 503, FULL))


def _wait(response: Response) -> Response:
    response.headers["Retry-After"] = "60"
    return response
