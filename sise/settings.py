"""The settings, read from the environment and `.env`; design and README list them all."""

import os
import re
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

PORTS = range(1, 65536)


class BadSetting(Exception):
    """Settings that cannot be used: one line for each, in Chinese | in English."""

    def __init__(self, lines: str, language: str = "zh-CN") -> None:
        super().__init__(lines)
        self.language = language

    def said(self, language: str) -> str:
        return "\n".join(_part(line, language) for line in str(self).splitlines())


def _part(line: str, language: str) -> str:
    name, _, said = line.partition(": ")
    chinese, bar, english = said.partition(" | ")
    return (
        f"{name}: {english}" if bar and language == "en" else f"{name}：{chinese}" if bar else line
    )


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="SISE_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Path("var")
    database_url: str = ""
    smtp_url: str | None = None
    mail_from: str = "sise@localhost"
    bounce_address: str | None = None
    imap_url: str | None = None
    base_url: str = "http://127.0.0.1:8000"
    timezone: str = "Asia/Shanghai"
    language: str = "zh-CN"
    night_at: str = "02:00"
    mail_hours: str = "08:30-17:30"
    mail_limits: str = ""

    @field_validator("home")
    @classmethod
    def _a_folder(cls, value: Path) -> Path:
        return value.expanduser()  # no shell has read what stands in .env

    @field_validator("database_url")
    @classmethod
    def _a_database(cls, value: str) -> str:
        try:
            kind = make_url(value).drivername if value else "sqlite"
        except ArgumentError:
            kind = ""
        in_memory = (
            kind == "sqlite" and value and make_url(value).database in (None, "", ":memory:")
        )
        if kind not in ("sqlite", "postgresql+psycopg") or in_memory:
            raise ValueError(
                "不是可用的数据库地址；请写成 postgresql+psycopg://用户:密码@主机/库名，"
                "或留空使用 SISE_HOME 中的 SQLite"
                " | is no database of ours; write postgresql+psycopg://user:pass@host/name, or "
                "leave it empty for SQLite in SISE_HOME"
            )
        return value

    @field_validator("timezone")
    @classmethod
    def _a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(
                f"“{value}”不是时区；请写成 Asia/Shanghai"
                f" | '{value}' is no time zone; write one as Asia/Shanghai"
            ) from error
        return value

    @field_validator("language")
    @classmethod
    def _a_language(cls, value: str) -> str:
        if value not in ("zh-CN", "en"):
            raise ValueError(
                f"不支持“{value}”；请写 zh-CN 或 en"
                f" | '{value}' is not spoken here; write zh-CN or en"
            )
        return value

    @field_validator("night_at")
    @classmethod
    def _an_hour(cls, value: str) -> str:
        if value != "off" and not _is_hour(value):
            raise ValueError(
                f"“{value}”不是时刻；请写成 02:00，或 off"
                f" | '{value}' is no hour of the day; write it as 02:00, or off"
            )
        return value

    @field_validator("mail_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        start, _, end = value.partition("-")
        if value != "always" and not (_is_hour(start) and _is_hour(end) and start < end):
            raise ValueError(
                f"“{value}”不是起止时刻；请写成 08:30-17:30，或 always"
                f" | '{value}' are no hours from early to late; write 08:30-17:30, or always"
            )
        return value

    @field_validator("mail_limits")
    @classmethod
    def _limits(cls, value: str) -> str:
        scopes = [part.partition("=")[0].strip().lower() for part in value.split(",")]
        one = r"\s*(\*|[^\s=,@*]+)\s*=\s*[1-9]\d{0,5}\s*"
        if value and not (
            re.fullmatch(f"{one}(,{one})*", value) and len(set(scopes)) == len(scopes)
        ):
            raise ValueError(
                f"“{value}”不是每分钟发信上限；"
                "请写成 *=300,qq.com=20（* 为全部邮件，其余为收件域名）"
                f" | '{value}' are no limits a minute; write *=300,qq.com=20 (* is all mail "
                "together, the others are recipients' domains)"
            )
        return value

    @field_validator("smtp_url")
    @classmethod
    def _a_relay(cls, value: str | None) -> str | None:
        # The value is not repeated: it may hold a password.
        found = re.fullmatch(r"smtp(\+starttls|s)?://(\S+@)?[^\s:/@]+(:(\d{1,5}))?/?", value or "")
        if value and (not found or int(found[4] or 1) not in PORTS):
            raise ValueError(
                "不是邮件服务器地址；请写成 smtp://主机:端口、smtp+starttls://用户:密码@主机:端口 "
                "或 smtps://用户:密码@主机:端口"
                " | is no relay; write smtp://host:port, smtp+starttls://user:pass@host:port or "
                "smtps://user:pass@host:port"
            )
        return value or None

    @field_validator("mail_from")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9._+=-]{1,64}@[^\s@<>,;\"']{1,255}", value):
            raise ValueError(
                f"“{value}”不是邮箱地址；请写成 duban@单位域名"
                f" | '{value}' is no mail address; write one as duban@unit.example"
            )
        return value

    @field_validator("bounce_address")
    @classmethod
    def _a_return_path(cls, value: str | None) -> str | None:
        # 40: with the tag of a message it must stay below the 64 octets of RFC 5321.
        if value and not re.fullmatch(r"[A-Za-z0-9._=-]{1,40}@[^\s@<>,;\"']{1,255}", value):
            raise ValueError(
                f"“{value}”不能用来收退信；请写成 duban-bounce@单位域名，@ 前至多 40 个字符，不含 +"
                f" | '{value}' cannot take bounces; write it as duban-bounce@unit.example, with at "
                "most 40 characters and no + before the @"
            )
        return value or None

    @field_validator("imap_url")
    @classmethod
    def _a_mailbox(cls, value: str | None) -> str | None:
        # The value is not repeated: it holds a password.
        if value and not re.fullmatch(r"imaps://\S+@[^\s:/@]+(:\d{1,5})?(/\S*)?", value):
            raise ValueError(
                "不是邮箱地址；请写成 imaps://用户:密码@主机/INBOX"
                " | is no mailbox; write it as imaps://user:pass@host/INBOX"
            )
        return value or None

    @field_validator("base_url")
    @classmethod
    def _an_address_of_pages(cls, value: str) -> str:
        if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
            raise ValueError(
                f"“{value}”不是网址；请写成 http://主机:端口"
                f" | '{value}' is no address of a site; write it as http://host:port"
            )
        return value.rstrip("/")  # what follows it begins with one

    @property
    def url(self) -> str:
        """Where the database is: SQLite in SISE_HOME unless it is said."""
        # A path may hold signs that an address has to escape.
        return self.database_url or URL.create("sqlite", database=str(self.file)).render_as_string()

    @property
    def file(self) -> Path:
        """SQLite's own, where no database is named."""
        return (self.home / "sise.db").absolute()

    @property
    def night_time(self) -> time | None:
        """None: another scheduler plays the nights."""
        return None if self.night_at == "off" else time.fromisoformat(self.night_at)


def _is_hour(written: str) -> bool:
    return bool(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", written))


def load_settings() -> Settings:
    """Raises BadSetting with one sentence for each setting that cannot be used."""
    try:
        return Settings()
    except (UnicodeError, OSError) as error:
        raise BadSetting(
            ".env: 无法读取；请检查权限，并另存为 UTF-8 编码"
            " | it cannot be read; check its rights, and save it as UTF-8",
            os.environ.get("SISE_LANGUAGE", "zh-CN"),
        ) from error
    except ValidationError as error:
        faults = [
            f"SISE_{str(fault['loc'][0]).upper()}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        ]
        raise BadSetting("\n".join(faults), os.environ.get("SISE_LANGUAGE", "zh-CN")) from error
