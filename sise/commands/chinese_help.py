"""What `--help` says, in Chinese: the commands carry the English, the table beside this file the
translation."""

import tomllib
from pathlib import Path
from typing import Any

HELP: dict[str, str] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)


def in_chinese(command: Any) -> None:
    """Put the Chinese in place of the English, in a command and everything below it."""
    command.help = HELP.get(" ".join((command.help or "").split()), command.help)
    for parameter in command.params:
        if written := getattr(parameter, "help", None):
            parameter.help = HELP.get(written, written)
    for below in getattr(command, "commands", {}).values():
        in_chinese(below)
