"""Settings as they are found on real machines: left empty, in a file, with odd paths."""

import stat
from pathlib import Path

import pytest

from notifications.mailbox import Mailbox
from sise.settings import Settings
from tests.sise.conftest import Sise

WRONG = 2


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_a_setting_that_is_left_empty_has_its_default(sise: Sise, name: str) -> None:
    for said in ("SISE_HOME", "SISE_TIMEZONE"):
        sise.monkeypatch.delenv(said, raising=False)
    default = getattr(Settings(), name)

    sise.monkeypatch.setenv(f"SISE_{name.upper()}", "")

    assert getattr(Settings(), name) == default


def test_the_database_is_in_sise_home_whatever_the_folder_is_called(
    sise: Sise, tmp_path: Path
) -> None:
    folder = "四 色 100%41 it's a&b=c a#b what?"
    sise.monkeypatch.setenv("SISE_HOME", folder)  # relative, too

    told = sise.done("init").out

    assert (tmp_path / folder / "sise.db").is_file()
    assert f"：{tmp_path / folder / 'sise.db'}\n" in told
    assert sise.done("tasks", "--json").json == []


def test_a_home_in_a_file_of_settings_may_begin_at_that_of_the_user(
    sise: Sise, tmp_path: Path
) -> None:
    sise.monkeypatch.delenv("SISE_HOME")
    sise.monkeypatch.setenv("HOME", str(tmp_path / "user"))
    Path(".env").write_bytes("SISE_HOME=~/四色\r\nSISE_LANGUAGE=en\r\n".encode("utf-8-sig"))

    assert "The database was set up" in sise.done("init").out
    assert (tmp_path / "user" / "四色" / "sise.db").is_file()


def test_a_file_of_settings_that_is_not_utf_8_is_told_in_one_line(sise: Sise) -> None:
    Path(".env").write_bytes("SISE_HOME=四色".encode("gb18030"))

    assert sise.refused("tasks", code=WRONG) == ".env：无法读取；请检查权限，并另存为 UTF-8 编码"


def test_what_is_in_a_home_is_not_for_everybody_on_the_machine(sise: Sise) -> None:
    sise.done("init")

    assert stat.S_IMODE(sise.home.stat().st_mode) == 0o700


def test_an_address_of_pages_may_end_with_a_slash(kept: Sise, relay: Mailbox) -> None:
    kept.monkeypatch.setenv("SISE_BASE_URL", "http://duban.example/")

    kept.done("night", "--inline")

    said = "\n".join(f"{mail.text}\n{mail.html}" for mail in relay.messages())
    assert "http://duban.example/r/" in said
    assert "duban.example//" not in said
    assert (
        kept.done("login", "office@dinghai.example", "--json")
        .json["url"]
        .startswith("http://duban.example/login/")
    )


@pytest.mark.parametrize("port", [0, 65536, 99999])
def test_a_relay_has_a_port_that_exists(sise: Sise, port: int) -> None:
    sise.monkeypatch.setenv("SISE_SMTP_URL", f"smtp://mail.example:{port}")

    assert "SISE_SMTP_URL：不是邮件服务器地址" in sise.refused("tasks", code=WRONG)
