"""The `sise` command as it runs: the one place where an error becomes a line on stderr."""

import sys
import traceback
from functools import cache
from typing import NoReturn

import typer
from sqlalchemy.exc import DatabaseError

from models.refusal import Refusal
from notifications.system_words import system_words
from notifications.wording import ENGLISH
from sise.commands.chinese_usage import usage_in_chinese
from sise.commands.edge import opened
from sise.parts import whole
from sise.settings import BadSetting, load_settings

NOT_UTF_8 = (
    "写下的文字不是 UTF-8，本次未作任何改动；请把终端的编码改为 UTF-8 再试",
    "what was typed is no UTF-8, and nothing was changed; set the terminal to UTF-8",
)
IMPOSSIBLE, WRONG, STOPPED = 1, 2, 130  # it could not be done; the input or usage is wrong; Ctrl-C


def run() -> None:
    try:
        with opened:
            code = _command(_language())(prog_name="sise", standalone_mode=False)
            sys.stdout.flush()
            sys.exit(code)
    except typer.TyperException as error:
        _stop(_usage(error), WRONG)
    except BadSetting as error:
        _stop(error.said(_language()), WRONG)
    except Refusal as error:
        _stop(error.said(_language()), error.exit_code)
    except DatabaseError as error:
        _stop(_database(error), IMPOSSIBLE)
    except OSError as error:
        _stop(_file(error), IMPOSSIBLE)
    except UnicodeEncodeError:  # what was typed, on its way into the database
        _stop(_either(*NOT_UTF_8), WRONG)
    except (KeyboardInterrupt, typer.Abort):
        _stop(_either("已停止", "stopped"), STOPPED)
    except Exception as error:
        _stop(_unforeseen(error), IMPOSSIBLE)


_command = cache(whole)  # built once in a process that runs many


def _usage(error: typer.TyperException) -> str:
    said = " ".join(str(getattr(error, "format_message", error.__str__)()).split())
    if not said:  # no command was named, and the help has been shown
        return ""
    command = getattr(getattr(error, "ctx", None), "command_path", "sise")
    return _either(
        f"用法有误：{usage_in_chinese(said)}；用法见 {command} --help",
        f"wrong usage: {said} See {command} --help",
    )


def _file(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return _either(
        f"文件或目录无法使用：{where}{system_words(error)}；请检查路径、权限和磁盘空间（SISE_HOME）",
        f"a file or folder cannot be used: {where}{error.strerror}; check its path, its rights "
        "and the disk (SISE_HOME)",
    )


def _database(error: DatabaseError) -> str:
    said = " ".join(str(error.orig).split())
    words = (words for part, words in _DATABASE_WORDS.items() if part in said)
    told = _either(*next(words, ("数据库无法使用", "the database cannot be used")))
    return _either(f"{told}（{said}）", f"{told} ({said})")


_DAMAGED = (
    "该文件不是数据库或已损坏，请检查 SISE_HOME 和 SISE_DATABASE_URL，或用备份恢复",
    "the file is no database or is damaged; check SISE_HOME, or put a copy back",
)
_DATABASE_WORDS = {
    "locked": (
        "数据库正被其他程序占用，本次未作任何改动，请稍后再试",
        "the database is locked by another program; nothing was changed, try again later",
    ),
    "readonly": (
        "数据库只读，请检查文件权限",
        "the database is read-only; check the file's rights",
    ),
    "unable to open": (
        "无法打开数据库文件，请检查 SISE_HOME 和 SISE_DATABASE_URL",
        "the database file cannot be opened; check SISE_HOME and SISE_DATABASE_URL",
    ),
    "not a database": _DAMAGED,
    "malformed": _DAMAGED,
    "already exists": (
        "该数据库里已有其他程序的表，请在 SISE_DATABASE_URL 中另用一个空的数据库",
        "the database holds tables of another program; give SISE_DATABASE_URL an empty one",
    ),
    "disk I/O": (
        "数据库文件读写失败，多半是磁盘已满；请检查磁盘空间",
        "the database file cannot be read or written: most likely the disk is full",
    ),
    "full": ("磁盘已满，本次未作任何改动", "the disk is full; nothing was changed"),
    "connection": (
        "无法连接数据库，请检查 SISE_DATABASE_URL",
        "the database cannot be reached; check SISE_DATABASE_URL",
    ),
}


def _unforeseen(error: Exception) -> str:
    """A mistake of ours: its traceback goes into a file, for whoever repairs it."""
    said, file = f"{type(error).__name__}: {error}", load_settings().home / "error.txt"
    try:
        file.write_text(traceback.format_exc(), "utf-8")
    except OSError:
        return _either(f"程序出错：{said}", f"this failed: {said}")
    return _either(
        f"程序出错：{said}；详情已写入 {file}，请交给维护人员",
        f"this failed: {said}; the details are in {file}, for whoever looks after Sise",
    )


def _either(chinese: str, english: str) -> str:
    return english if _language() == ENGLISH else chinese


def _language() -> str:
    try:
        return load_settings().language
    except BadSetting as error:
        return error.language


def _stop(sentence: str, code: int) -> NoReturn:
    if sentence:
        print(sentence, file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    run()
